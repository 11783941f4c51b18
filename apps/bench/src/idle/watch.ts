import { processTree } from '@yiqiu/processes';
import { delay } from '@yiqiu/testing';
import { z } from 'zod';
import { memoryOf } from '../memory/proc.ts';
import { parts, pidOf, type RunningPlatform } from '../platform/start.ts';
import { cpuSecondsOf } from './cpu.ts';

/** What the platform used over a while. */
export interface Use {
  /** By process, % of one CPU. */
  readonly cpuPercent: ReadonlyMap<string, number>;
  /** By process at the end, those it started included, MiB. */
  readonly rssMiB: ReadonlyMap<string, number>;
  /** What NATS got from and gave to its clients, each second. */
  readonly messagesIn: number;
  readonly messagesOut: number;
}

const varz = z.object({ in_msgs: z.int(), out_msgs: z.int() });

/** Watches the platform for `ms`. `more`: other processes to be watched with it, by name. */
export const watch = async (
  platform: RunningPlatform,
  natsMonitorPort: number,
  ms: number,
  more: ReadonlyMap<string, number> = new Map(),
): Promise<Use> => {
  const pids = new Map([...parts.map((name) => [name, pidOf(platform, name)] as const), ...more]);
  const cpuNow = () => new Map([...pids].map(([name, pid]) => [name, cpuSecondsOf(pid)]));
  const before = { cpu: cpuNow(), nats: await counters(natsMonitorPort), at: performance.now() };
  await delay(ms);
  const after = { cpu: cpuNow(), nats: await counters(natsMonitorPort) };
  const seconds = (performance.now() - before.at) / 1_000;
  return {
    cpuPercent: new Map(
      [...after.cpu].map(([name, used]) => [name, percentOf(used - (before.cpu.get(name) ?? 0), seconds)]),
    ),
    rssMiB: new Map([...pids].map(([name, pid]) => [name, rssOf(pid)])),
    messagesIn: (after.nats.in_msgs - before.nats.in_msgs) / seconds,
    messagesOut: (after.nats.out_msgs - before.nats.out_msgs) / seconds,
  };
};

const percentOf = (used: number, seconds: number): number => (100 * used) / seconds;

const rssOf = (pid: number): number => processTree(pid).reduce((sum, one) => sum + (memoryOf(one)?.rssMiB ?? 0), 0);

const counters = async (port: number): Promise<z.infer<typeof varz>> =>
  varz.parse(await (await fetch(`http://127.0.0.1:${port}/varz`)).json());
