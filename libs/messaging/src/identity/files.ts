import { fromSeed, type KeyPair } from '@nats-io/nkeys';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AuthorityKeys } from './claims.ts';

/** One file per seed (`.nk`) and per claim (`.jwt`). Only `agents.nk` and `account.pub` are needed to mint agents. */
export const authorityFiles = {
  operatorJwt: 'operator.jwt',
  systemJwt: 'system.jwt',
  accountJwt: 'account.jwt',
  accountPublicKey: 'account.pub',
  systemPublicKey: 'system.pub',
  operatorSeed: 'operator.nk',
  systemSeed: 'system.nk',
  accountSeed: 'account.nk',
  serviceSeed: 'services.nk',
  agentSeed: 'agents.nk',
} as const;

export interface AuthorityClaims {
  readonly operatorJwt: string;
  readonly systemJwt: string;
  readonly accountJwt: string;
}

/**
 * Writes all files (mode 0600) beside `dir` and moves them there in one step, so that `dir` is never half an authority.
 * Throws where `dir` holds anything.
 */
export const writeAuthority = (dir: string, keys: AuthorityKeys, claims: AuthorityClaims): void => {
  const building = `${dir}.new-${process.pid}`;
  mkdirSync(dirname(dir), { recursive: true });
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { mode: 0o700 });
  const write = (file: string, text: string): void =>
    writeFileSync(join(building, file), `${text}\n`, { mode: 0o600, flag: 'wx', flush: true });
  write(authorityFiles.operatorJwt, claims.operatorJwt);
  write(authorityFiles.systemJwt, claims.systemJwt);
  write(authorityFiles.accountJwt, claims.accountJwt);
  write(authorityFiles.accountPublicKey, keys.account.getPublicKey());
  write(authorityFiles.systemPublicKey, keys.system.getPublicKey());
  write(authorityFiles.operatorSeed, seedOf(keys.operator));
  write(authorityFiles.systemSeed, seedOf(keys.system));
  write(authorityFiles.accountSeed, seedOf(keys.account));
  write(authorityFiles.serviceSeed, seedOf(keys.serviceSigner));
  write(authorityFiles.agentSeed, seedOf(keys.agentSigner));
  try {
    renameSync(building, dir);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    throw new Error(`${dir} holds something already: an authority is made once`, { cause: error });
  }
};

export const readText = (dir: string, file: string): string => readFileSync(join(dir, file), 'utf8').trim();

export const readKey = (dir: string, file: string): KeyPair => {
  try {
    return fromSeed(new TextEncoder().encode(readText(dir, file)));
  } catch (error) {
    throw new Error(`${join(dir, file)} cannot be read as an nkey seed`, { cause: error });
  }
};

const seedOf = (key: KeyPair): string => new TextDecoder().decode(key.getSeed());
