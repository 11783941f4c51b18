import { fieldOf, type Problem } from '../problem/index.ts';

/** An archive or directory that is refused, with every reason that was found. */
export class PackageRefused extends Error {
  override readonly name = 'PackageRefused';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => `${fieldOf(problem)}: ${problem.reason}`).join('\n'));
    this.problems = problems;
  }
}

/** A problem of the archive as a whole. */
export function packageProblem(reason: string, more: { value?: number | string; allowed?: string } = {}): Problem {
  return { file: 'package', line: 1, path: '', reason, ...more };
}
