import { fmtCreds, parseCreds } from '@nats-io/jwt';
import { fromSeed } from '@nats-io/nkeys';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { NatsCredentials } from '../connection/index.ts';

/** Writes the usual `.creds` file, mode 0600, as every NATS tool reads it. */
export const writeCredentials = (file: string, { jwt, seed }: NatsCredentials): void => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, fmtCreds(jwt, fromSeed(new TextEncoder().encode(seed))), { mode: 0o600 });
};

/** Rejects where the file is missing or is no `.creds` file. */
export const readCredentials = async (file: string): Promise<NatsCredentials> => {
  const bytes = readFileSync(file);
  try {
    const { jwt, key } = await parseCreds(bytes);
    return { jwt, seed: key };
  } catch (error) {
    throw new Error(`${file} is not a NATS credentials file`, { cause: error });
  }
};
