import type { InitStrategyView } from '@yiqiu/contracts';
import type { MachineContextState } from '../state.ts';
import type { StrategyRevision } from './state.ts';

const units = [
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1_000, 's'],
] as const;

/** ms as a request writes a duration: `90s`, `5m`, `1500ms`. */
export const durationText = (ms: number): string => {
  const unit = units.find(([size]) => ms % size === 0);
  return unit === undefined ? `${ms}ms` : `${ms / unit[0]}${unit[1]}`;
};

export const initStrategyView = (strategy: StrategyRevision): InitStrategyView => ({
  name: strategy.name,
  revision: strategy.revision,
  os: strategy.os,
  kernel: strategy.kernel,
  steps: strategy.steps.map(({ timeoutMs, ...step }) => ({ ...step, timeout: durationText(timeoutMs) })),
  checks: strategy.checks,
});

export type InitStrategyFilters = { readonly name?: string | undefined };

/** The newest revision of each. */
export const initStrategiesWhere = (
  state: MachineContextState,
  { name }: InitStrategyFilters,
): readonly StrategyRevision[] =>
  [...state.strategies.values()].flatMap((revisions) => {
    const newest = revisions.at(-1);
    return newest !== undefined && (name === undefined || newest.name === name) ? [newest] : [];
  });
