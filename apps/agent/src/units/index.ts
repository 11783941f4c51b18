export { UnitHost, type StepOutcome } from './host.ts';
export { processLog, UnitRuntime, type UnitServices } from './runtime.ts';
export type { StepTools } from './steps/index.ts';
export { adoptUnits, startDue, stopForPowerOff } from './boot.ts';
export { Permits, type Contact } from './permits.ts';
