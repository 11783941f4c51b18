import type { FieldProblem } from '@yiqiu/kernel';

/** A value as it is shown in a problem; strings are cut to 200 characters. */
export type ProblemValue = string | number | boolean | null;

/** One reason why a package is refused. `file:line` is the place as people and the REST error's `field` name it. */
export interface Problem {
  /** Path inside the package, e.g. `yiqiu.yaml`; `package` for the archive as a whole. */
  file: string;
  /** From 1. Files that have no lines (an archive entry, a hook without a run bit) say 1. */
  line: number;
  /** From 1. */
  column?: number;
  /** Where in the document, e.g. `health.ready.tcp`; empty outside a manifest. */
  path: string;
  /** What was wrong, as a sentence without a full stop. */
  reason: string;
  /** What it was. */
  value?: ProblemValue;
  /** What is allowed. */
  allowed?: string;
}

/** More problems than this are not collected: the first hundred are enough to work on. */
export const problemsMax = 100;

const valueCharactersMax = 200;

/** The `field` of the REST error and the prefix of a CLI line: `yiqiu.yaml:12`. */
export function fieldOf(problem: Pick<Problem, 'file' | 'line'>): string {
  return `${problem.file}:${problem.line}`;
}

/** The problem as an entry of a DomainError's `errors`, and so of the REST error's. */
export function toFieldProblem(problem: Problem): FieldProblem {
  return {
    field: fieldOf(problem),
    value: problem.value ?? null,
    allowed: problem.allowed ?? null,
    message: problem.path === '' ? problem.reason : `${problem.path}: ${problem.reason}`,
  };
}

/** A value in a form short enough for a message: scalars as they are, lists and objects as JSON, cut to 200 characters. */
export function describeValue(value: unknown): ProblemValue {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > valueCharactersMax ? `${text.slice(0, valueCharactersMax)}…` : text;
}
