export { HealthMonitor, type HealthState, type MonitorOptions } from './monitor.ts';
export { execCheck, type ExecResult, type ExecSpec } from './exec.ts';
export { httpCheck, tcpCheck, type CheckResult } from './network.ts';
export { EligibilityWatch, answerOf, type Eligibility } from './eligibility.ts';
