import { readFileSync } from 'node:fs';
import { ConfigError } from './settings.ts';

/** Characters of the shared secret: enough that guessing is out of the question. */
export const secretLength = { min: 32, max: 512 } as const;

/** Reads the secret that the platform's processes share. Throws ConfigError where it cannot be read or is too short. */
export const readSecret = (file: string): string => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw problem(file, error instanceof Error ? error.message : String(error));
  }
  if (text.length < secretLength.min || text.length > secretLength.max || !/^[\x21-\x7e]+$/.test(text)) {
    throw problem(file, `its content has ${text.length} characters or holds blanks`);
  }
  return text;
};

const problem = (file: string, message: string): ConfigError =>
  new ConfigError([
    {
      variable: 'YIQIU_SECRET_FILE (--secret-file)',
      value: file,
      allowed: `a readable file with ${secretLength.min} to ${secretLength.max} printable ASCII characters`,
      message,
    },
  ]);
