import { log, machine } from '@yiqiu/contracts/grpc';
import { GrpcPeer } from '@yiqiu/platform-kit';
import { randomUUID } from 'node:crypto';
import type { Bench } from '../bench.ts';
import { startPlatform, type RunningPlatform } from '../platform/start.ts';
import { latencyFigures } from '../report/percentile.ts';
import { latenciesOf } from '../report/repeated.ts';

const fields = [1, 32] as const;
const warmCalls = 30;
const idempotent = { idempotent: true } as const;

/** A command of machine-manager over gRPC, by the client that the gateway uses, against a call that appends nothing. */
export const grpcBench: Bench = async ({ effort, say }) => {
  const platform = await startPlatform({ machines: 1 });
  const peer = peerOf(platform, 'machine-manager');
  try {
    const figures = [];
    for (const clients of fields) {
      const rounds: number[][] = [];
      const floor: number[][] = [];
      for (let round = 0; round < effort.rounds; round += 1) {
        const sides = [
          async () => rounds.push(await byClients(clients, effort.latencyCommands, () => label(peer))),
          async () => floor.push(await byClients(clients, effort.latencyCommands, () => head(peer))),
        ];
        // Who goes first changes with each round.
        for (const side of round % 2 === 0 ? sides : sides.reverse()) await side();
      }
      say(`grpc: ${clients} ${clients === 1 ? 'client' : 'clients'}, ${effort.rounds} rounds`);
      const name = `label a machine, ${clients} ${clients === 1 ? 'client' : 'clients'}`;
      const against = { name: 'ask for the head of the log', rounds: floor };
      figures.push(...latencyFigures({ bench: 'grpc', name, rounds, against }));
    }
    return figures;
  } finally {
    peer.close();
    await platform.stop();
  }
};

const peerOf = (platform: RunningPlatform, service: string): GrpcPeer =>
  new GrpcPeer({ address: { host: '127.0.0.1', port: platform.port(`${service}-grpc`) }, secret: platform.secret });

/** `count` calls of each client, one outstanding per client. */
const byClients = async (clients: number, count: number, call: () => Promise<void>): Promise<number[]> =>
  (await Promise.all(Array.from({ length: clients }, () => latenciesOf(count, warmCalls, call)))).flat();

const label = async (peer: GrpcPeer): Promise<void> => {
  const id = randomUUID();
  const meta = {
    ...{ commandId: `bench:${id}`, actor: 'user:bench' },
    ...{ reason: undefined, correlationId: undefined, expectedRevision: undefined },
  };
  const request = { meta, name: 'm1', labels: { bench: id }, rack: undefined, zone: undefined };
  await peer.call(machine.MachineServiceService.labelMachine, request, idempotent);
};

const head = async (peer: GrpcPeer): Promise<void> => {
  await peer.call(log.EventLogServiceService.head, { moveClosed: false }, idempotent);
};
