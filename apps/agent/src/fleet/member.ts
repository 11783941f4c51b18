import { connectAgent } from '@yiqiu/messaging/agent-side';
import type { Resources } from '@yiqiu/contracts';
import { join as joinPath } from 'node:path';
import { Agent } from '../app/agent.ts';
import { openRoot } from '../cli/options.ts';
import { readIdentity } from '../identity/index.ts';
import type { Probe } from '../inventory/index.ts';
import { join } from '../join/index.ts';
import type { Log } from '../log/index.ts';
import { errorMessage } from '../proc/index.ts';

/** What each machine of a fleet declares. */
const capacity: Resources = { cpuMilli: 4_000, memoryMiB: 8_192, diskMiB: 51_200 };

const soundMachine: Probe = { run: () => Promise.resolve({ ok: true, message: '', ms: 0 }) };

export interface MemberOptions {
  /** Its root is made in here. */
  readonly dir: string;
  /** `http://host:port` */
  readonly server: string;
  readonly name: string;
  /** One-time; not used where it has joined before. */
  readonly token: string;
  readonly log: Log;
}

/** One machine's agent: joined, connected, started. Rejects where the platform does not let it in. */
export const startMember = async ({ dir, server, name, token, log }: MemberOptions): Promise<Agent> => {
  const paths = openRoot(joinPath(dir, name), true);
  const identity = readIdentity(paths) ?? (await join({ paths, server, token, name, log }));
  const transport = await connectAgent({
    servers: identity.natsUrl,
    machineUid: identity.machineUid,
    jwt: identity.jwt,
    seed: identity.seed,
    onProblem: (error) => log.warn('link', { machine: name, error: errorMessage(error) }),
  });
  const { machineUid, address } = identity;
  const agent = new Agent({ paths, machineUid, address, capacity, transport, log, probe: soundMachine });
  await agent.start();
  return agent;
};
