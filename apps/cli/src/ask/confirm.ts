import { createInterface } from 'node:readline/promises';
import { CliError, exitCodes } from '../exit.ts';

/**
 * Asks on the terminal; `--yes` answers for the person. Without a terminal there is nobody to ask: exit 2. Throws where the
 * answer is no.
 */
export const confirm = async (question: string, { yes }: { readonly yes?: boolean | undefined }): Promise<void> => {
  if (yes === true) return;
  if (process.stdin.isTTY !== true) {
    throw new CliError(exitCodes.usage, `${question}\n  there is no terminal to ask on: add --yes`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new CliError(exitCodes.refused, 'nothing was done');
  } finally {
    terminal.close();
  }
};
