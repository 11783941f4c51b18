/** npm passes Ctrl-C on beside the terminal's own: within this time a second signal is the same one. */
export const sameSignalMs = 500;

export type StopSignal = 'SIGINT' | 'SIGTERM';

/**
 * Calls `stop` once, at the first SIGINT or SIGTERM. A second one within {@link sameSignalMs} is the same; a later one calls
 * `again`, where a person insists. Gives back how to stop listening.
 */
export const onStopSignal = (
  stop: (signal: StopSignal) => void,
  again: (signal: StopSignal) => void = () => undefined,
): (() => void) => {
  let firstAt: number | null = null;
  const listener = (signal: NodeJS.Signals): void => {
    if (signal !== 'SIGINT' && signal !== 'SIGTERM') return;
    const now = performance.now();
    if (firstAt === null) {
      firstAt = now;
      stop(signal);
    } else if (now - firstAt > sameSignalMs) {
      again(signal);
    }
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return () => {
    process.off('SIGINT', listener);
    process.off('SIGTERM', listener);
  };
};
