import type { InitCheck, InitStep, MachineContextEvent } from '@yiqiu/contracts';
import { accept, bytesToHex, canonicalJson, refuse, sha256, utf8ToBytes } from '@yiqiu/kernel';
import type { Command, Ctx, Decision, FieldProblem, Json } from '@yiqiu/kernel';
import { changed, unchanged } from '../answers.ts';
import type { MachineContextState } from '../state.ts';
import { strategyInvalid } from './errors.ts';
import { newestRevision } from './state.ts';

export type CreateInitStrategy = Command<
  'CreateInitStrategy',
  {
    readonly name: string;
    readonly os: string;
    readonly kernel: string | null;
    readonly steps: readonly InitStep[];
    readonly checks: readonly InitCheck[];
  }
>;

/** ms. */
export const stepTimeout = { min: 1_000, max: 86_400_000 } as const;

const hashOf = (value: Json): string => bytesToHex(sha256(utf8ToBytes(canonicalJson(value))));

/**
 * The next revision of that name, or the first; the newest one's content again changes nothing. Rolls out nothing: machines
 * get it with their next initialisation. Refuses: init-strategy-invalid.
 */
export const createInitStrategy = (
  state: MachineContextState,
  { data }: CreateInitStrategy,
  ctx: Ctx,
): Decision<MachineContextEvent> => {
  const problems = [
    ...timeoutProblems(data.steps),
    ...checkProblems(data.checks),
    ...nameProblems(data.steps, data.checks),
  ];
  if (problems.length > 0) return refuse(strategyInvalid(problems));
  const { name, os, kernel } = data;
  const [steps, checks] = [[...data.steps], [...data.checks]];
  const hash = hashOf({ os, kernel, steps, checks });
  const newest = newestRevision(state, name);
  if (newest?.hash === hash) return accept([], unchanged(newest.uid));
  const uid = newest?.uid ?? ctx.uuid();
  const stepHashes = [...steps, ...checks].map((item) => hashOf(item));
  const revision = (newest?.revision ?? 0) + 1;
  const revised = { uid, name, revision, os, kernel, steps, checks, hash, stepHashes, message: ctx.reason };
  return accept(
    [{ stream: `init-strategy/${uid}`, type: 'InitStrategyRevised', version: 1, data: revised }],
    changed(uid),
  );
};

const timeoutProblems = (steps: readonly InitStep[]): readonly FieldProblem[] =>
  steps.flatMap(({ timeoutMs }, i) =>
    timeoutMs >= stepTimeout.min && timeoutMs <= stepTimeout.max
      ? []
      : [
          {
            field: `steps[${i}].timeout`,
            value: `${timeoutMs}ms`,
            allowed: '1s to 24h',
            message: `is ${timeoutMs} ms, allowed is 1 s to 24 h`,
          },
        ],
  );

const checkProblems = (checks: readonly InitCheck[]): readonly FieldProblem[] =>
  checks.flatMap(({ run, kernel }, i) =>
    (run === null) !== (kernel === null)
      ? []
      : [
          {
            field: `checks[${i}]`,
            value: run === null ? 'neither' : 'both',
            allowed: 'run or kernel',
            message: 'a check has either run or kernel',
          },
        ],
  );

const nameProblems = (steps: readonly InitStep[], checks: readonly InitCheck[]): readonly FieldProblem[] => {
  const seen = new Set<string>();
  const problems: FieldProblem[] = [];
  const look = (name: string, field: string): void => {
    if (seen.has(name))
      problems.push({
        field,
        value: name,
        allowed: 'a name once',
        message: `${name} is the name of two steps or checks`,
      });
    seen.add(name);
  };
  steps.forEach(({ name }, i) => look(name, `steps[${i}].name`));
  checks.forEach(({ name }, i) => look(name, `checks[${i}].name`));
  return problems;
};
