import { queueOwners } from '@yiqiu/contracts';
import { errorMessage, pause } from '../proc/index.ts';
import type { Link } from './link.ts';

/** A heartbeat that comes so much too late was held up by a pause of the agent, and a failed probe says nothing, ms. */
const pauseMsVoid = 1_000;

/** Sends a heartbeat with a real probe in the rhythm of the last hello, and asks for commands, until the signal aborts. */
export const heartbeats = async (link: Link, stop: AbortSignal): Promise<void> => {
  const { transport, probe, log, machineUid, bootId } = link.options;
  let number = 0;
  let dueAt = performance.now() + link.timing.heartbeatMs;
  while (await pause(Math.max(0, dueAt - performance.now()), stop)) {
    const pauseMs = Math.max(0, Math.round(performance.now() - dueAt));
    dueAt = performance.now() + link.timing.heartbeatMs;
    if (!link.greeted) continue;
    try {
      const waitMs = link.timing.heartbeatMs;
      const first = await probe.run(waitMs);
      const result = !first.ok && pauseMs > pauseMsVoid ? await probe.run(waitMs) : first;
      number += 1;
      transport.heartbeat({ machineUid, bootId, number, sentAt: Date.now(), probe: result, pauseMs });
      for (const owner of queueOwners) void link.sync(owner);
    } catch (error) {
      log.warn('heartbeat failed', { error: errorMessage(error) });
    }
    // The probe's own time is no pause.
    dueAt = Math.max(dueAt, performance.now());
  }
};
