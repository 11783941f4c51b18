import type { Command } from 'commander';
import { formatOf, type Format } from '../../output/print.ts';
import { dataDirOf, platformOf } from '../../platform/find.ts';
import { Rest } from '../../platform/rest.ts';

export interface GlobalOptions {
  readonly data?: string;
  readonly server?: string;
  readonly token?: string;
  readonly output: string;
}

/** What every verb needs: the platform, the format asked for, and a voice beside the data. */
export class Session {
  #rest: Rest | null = null;

  constructor(private readonly program: Command) {}

  get options(): GlobalOptions {
    return this.program.opts<GlobalOptions>();
  }

  get format(): Format {
    return formatOf(this.options.output);
  }

  /** For people: table or wide. */
  get isForPeople(): boolean {
    return this.format === 'table' || this.format === 'wide';
  }

  get rest(): Rest {
    return (this.#rest ??= new Rest(platformOf(this.options, process.env)));
  }

  get dataDir(): string {
    return dataDirOf(this.options, process.env);
  }

  /** A line for the person at the terminal; stdout is data only. */
  say(line: string): void {
    process.stderr.write(`${line}\n`);
  }
}
