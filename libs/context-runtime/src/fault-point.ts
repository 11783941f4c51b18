/**
 * Places where a crash test may end the process. The last two are between the outbox and the agents: there the test wraps
 * the channel (crash/outbox-child.fixture.ts).
 */
export type FaultPointName =
  | 'before-append'
  | 'after-append'
  | 'before-publish'
  | 'after-publish'
  | 'event-consumed'
  | 'snapshot-written'
  | 'outbox-sent'
  | 'report-received';

/**
 * Called by the runtime as it passes a named place. Only test programs give one; theirs kills its own process there. It must
 * not be asynchronous: nothing may run between the call and what follows.
 */
export type FaultPoint = (name: FaultPointName) => void;

export const noFaultPoint: FaultPoint = () => undefined;
