import type { TestPostgres } from '@yiqiu/testing';
import type { Effort } from './options.ts';
import type { Figure } from './report/figure.ts';

export interface BenchInput {
  /** The one server that everybody is measured against. */
  readonly postgres: TestPostgres;
  readonly effort: Effort;
  /** Told what is going on. */
  readonly say: (line: string) => void;
}

export type Bench = (input: BenchInput) => Promise<readonly Figure[]>;
