import { logCatchUp, openContext } from '@yiqiu/context-runtime';
import { openPostgresLog } from '@yiqiu/event-log';
import { MemoryEventBus } from '@yiqiu/messaging';
import { streamsCount, type Contestant } from './contestant.ts';
import { countersDomain } from './counters.ts';

/** The runtime as the services use it: command ids looked up and kept, decided, appended, published (to a bus in memory). */
export const openOwn = async (databaseUrl: string): Promise<Contestant> => {
  const log = await openPostgresLog({ connection: databaseUrl, context: 'service' });
  const runtime = await openContext({
    domain: countersDomain(),
    log,
    bus: new MemoryEventBus(),
    catchUp: logCatchUp({}),
    holder: 'bench',
  });
  await runtime.start();
  let sent = 0;
  return {
    send: async (client) => {
      sent += 1;
      const command = { type: 'Add' as const, data: { counter: `c${client % streamsCount}`, by: 1 } };
      await runtime.submit(command, { commandId: `bench:${sent}`, actor: 'user:bench' });
    },
    close: async () => {
      await runtime.stop();
      await log.close();
    },
  };
};
