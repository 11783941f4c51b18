import { createAccount, createOperator, fromPublic } from '@nats-io/nkeys';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { NatsCredentials } from '../connection/index.ts';
import {
  accountClaim,
  administratorCredentials,
  agentClaim,
  operatorClaim,
  serviceCredentials,
  systemAccountClaim,
  type AuthorityKeys,
  type JetStreamLimits,
} from './claims.ts';
import { authorityFiles, readKey, readText, writeAuthority } from './files.ts';
import type { PlatformService } from './permissions.ts';
import { serverConfig, type ServerPlace } from './server-config.ts';

/** Mints agents and nothing else: what machine-manager holds. */
export interface AgentIssuer {
  /**
   * The JWT for an agent's own public key (`U…`); the private half never leaves the agent. Throws where the key is not a
   * user's or the uid not a uuid.
   */
  mintAgent(publicUserKey: string, machineUid: string): Promise<string>;
}

export interface Authority extends AgentIssuer {
  /** A fresh key with what this service may use. */
  mintService(service: PlatformService): Promise<NatsCredentials>;
  /** For a person with the `nats` command line: everything in the account. No part of the platform uses it. */
  mintAdministrator(): Promise<NatsCredentials>;
  /** The text of a nats-server configuration that trusts this authority. */
  serverConfig(place: ServerPlace): string;
}

export const jetStreamLimitsDefault: JetStreamLimits = {
  diskBytesMax: 16 * 1024 ** 3,
  streamsMax: 16,
  consumersMax: 256,
};

/** Makes operator, system account, account YIQIU and signing keys in `dir` (0700, files 0600). Throws where `dir` holds anything. */
export const createAuthority = async (
  dir: string,
  jetStream: JetStreamLimits = jetStreamLimitsDefault,
): Promise<Authority> => {
  const keys: AuthorityKeys = {
    operator: createOperator(),
    system: createAccount(),
    account: createAccount(),
    serviceSigner: createAccount(),
    agentSigner: createAccount(),
  };
  writeAuthority(dir, keys, {
    operatorJwt: await operatorClaim(keys),
    systemJwt: await systemAccountClaim(keys),
    accountJwt: await accountClaim(keys, jetStream),
  });
  return openAuthority(dir);
};

/** Throws where a file is missing or unreadable. */
export const openAuthority = (dir: string): Authority => {
  const accountPublicKey = readText(dir, authorityFiles.accountPublicKey);
  const serviceSigner = readKey(dir, authorityFiles.serviceSeed);
  const trust = {
    operatorJwt: readText(dir, authorityFiles.operatorJwt),
    accounts: [
      { publicKey: accountPublicKey, jwt: readText(dir, authorityFiles.accountJwt) },
      { publicKey: readText(dir, authorityFiles.systemPublicKey), jwt: readText(dir, authorityFiles.systemJwt) },
    ],
    systemAccount: readText(dir, authorityFiles.systemPublicKey),
  };
  return {
    ...openAgentIssuer(dir),
    mintService: (service) => serviceCredentials(service, accountPublicKey, serviceSigner),
    mintAdministrator: () => administratorCredentials(accountPublicKey, serviceSigner),
    serverConfig: (place) => serverConfig(trust, place),
  };
};

export const openOrCreateAuthority = async (dir: string): Promise<Authority> =>
  existsSync(join(dir, authorityFiles.operatorJwt)) ? openAuthority(dir) : createAuthority(dir);

/** Needs only `account.pub` and `agents.nk` of the authority's directory. */
export const openAgentIssuer = (dir: string): AgentIssuer => {
  const accountPublicKey = readText(dir, authorityFiles.accountPublicKey);
  const signer = readKey(dir, authorityFiles.agentSeed);
  return {
    mintAgent: async (publicUserKey, machineUid) => {
      // The uid stands in subjects: a wildcard or a dot in it would be another machine's.
      if (!z.uuid().safeParse(machineUid).success) {
        throw new Error(`machine uid ${JSON.stringify(machineUid)} is not a uuid`);
      }
      if (!publicUserKey.startsWith('U')) {
        throw new Error(`public key ${JSON.stringify(publicUserKey)} is not an nkey user key (U…)`);
      }
      fromPublic(publicUserKey);
      return agentClaim(publicUserKey, machineUid, accountPublicKey, signer);
    },
  };
};
