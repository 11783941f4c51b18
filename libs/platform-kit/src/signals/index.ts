export { onStopSignal, sameSignalMs } from './stop.ts';
export type { StopSignal } from './stop.ts';
