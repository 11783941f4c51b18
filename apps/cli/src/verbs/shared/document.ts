import { readFileSync } from 'node:fs';
import { isMap, LineCounter, parseDocument } from 'yaml';
import { CliError, exitCodes } from '../../exit.ts';

export interface GroupFile {
  /** As a person knows it: the path, or `stdin`. */
  readonly file: string;
  readonly text: string;
  /** The group that it is of. */
  readonly name: string;
}

/** Reads a group document, YAML or JSON; `-` is stdin. Throws CliError that names the file and line. */
export const readGroupFile = (file: string): GroupFile => {
  const shown = file === '-' ? 'stdin' : file;
  const text = readText(file);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const line = problem.linePos?.[0].line ?? 1;
    throw new CliError(exitCodes.refused, `${shown}:${line}: ${problem.message.split('\n')[0] ?? ''}`);
  }
  const name = isMap(document.contents) ? document.get('name') : undefined;
  if (typeof name !== 'string' || name === '') {
    throw new CliError(exitCodes.refused, `${shown}:1: a group document has a name, as name: cache`);
  }
  return { file: shown, text, name };
};

export const readText = (file: string): string => {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new CliError(
      exitCodes.refused,
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
};

/** The platform says `line 9`: a person wants `cache.yaml:9`. */
export const withFile = async <T>(file: string, work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    throw new CliError(
      error.exitCode,
      error.message.replace(/^( *)(.*?)line (\d+): /gm, `$1${file}:$3: $2`),
      error.next,
    );
  }
};
