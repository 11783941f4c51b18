import { initCheck, initStep } from '@yiqiu/contracts';
import type { InitCheck } from '@yiqiu/contracts';
import { z } from 'zod';
import { must } from '../state.ts';
import type { MachineContextState } from '../state.ts';

/** One immutable revision. */
export const strategyRevisionRow = z.strictObject({
  uid: z.string(),
  name: z.string(),
  revision: z.int().min(1),
  os: z.string(),
  kernel: z.string().nullable(),
  steps: z.array(initStep),
  checks: z.array(initCheck),
  hash: z.string(),
  stepHashes: z.array(z.string()),
});
export type StrategyRevision = z.infer<typeof strategyRevisionRow>;

/** A step or a check as the agent gets it, in the order of the attempt: first all steps, then all checks. */
export type InitItem = {
  readonly name: string;
  readonly check: boolean;
  readonly run: string | null;
  readonly kernel: string | null;
  readonly user: string;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly mayReboot: boolean;
};

/** How a check runs: nothing else is said about it in a strategy. */
export const checkRuns = { user: 'root', timeoutMs: 60_000, retries: 0, mayReboot: false } as const;

/** The newest revision, or undefined where there is no such strategy. */
export const newestRevision = (state: MachineContextState, name: string): StrategyRevision | undefined =>
  state.strategies.get(name)?.at(-1);

/** A revision that an event or a row names. Throws where it is not there. */
export const revisionOf = (state: MachineContextState, name: string, revision: number): StrategyRevision =>
  must(state.strategies.get(name)?.[revision - 1], `init strategy ${name} revision ${revision}`);

/** The strategy's kernel version is a check like the others, unless one of them is it already. */
const checksOf = ({ kernel, checks }: StrategyRevision): readonly InitCheck[] =>
  kernel === null || checks.some((check) => check.kernel === kernel)
    ? checks
    : [...checks, { name: 'kernel-version', run: null, kernel }];

export const itemCount = (revision: StrategyRevision): number => revision.steps.length + checksOf(revision).length;

/** The step or check at `index`, or null past the last one. */
export const itemAt = (revision: StrategyRevision, index: number): InitItem | null => {
  const step = revision.steps[index];
  if (step !== undefined) {
    const { name, run, user, timeoutMs, retries, mayReboot } = step;
    return { name, check: false, run, kernel: null, user, timeoutMs, retries, mayReboot };
  }
  const check = checksOf(revision)[index - revision.steps.length];
  return check === undefined
    ? null
    : { name: check.name, check: true, run: check.run, kernel: check.kernel, ...checkRuns };
};
