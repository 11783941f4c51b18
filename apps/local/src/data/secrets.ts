import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Secrets {
  /** Of the gateway's one user. */
  readonly token: string;
  readonly postgresPassword: string;
  /** Between the platform's processes, over gRPC. */
  readonly internalSecret: string;
  /** Join tokens are derived from it. */
  readonly joinKey: string;
  /** Ed25519, PEM files: programs are signed with the first, agents get the second. */
  readonly platformKeyFile: string;
  readonly platformPublicKeyFile: string;
}

/** Made at the first start, kept in files with mode 0600 ever after. */
export const openSecrets = (dir: string): Secrets => {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const platformKeyFile = join(dir, 'platform.pem');
  const platformPublicKeyFile = join(dir, 'platform.pub.pem');
  if (!existsSync(platformKeyFile)) {
    const pair = generateKeyPairSync('ed25519');
    writeFileSync(platformPublicKeyFile, pair.publicKey.export({ type: 'spki', format: 'pem' }), { mode: 0o600 });
    writeFileSync(platformKeyFile, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  }
  return {
    token: secret(join(dir, 'token')),
    postgresPassword: secret(join(dir, 'postgres')),
    internalSecret: secret(join(dir, 'internal')),
    joinKey: secret(join(dir, 'join')),
    platformKeyFile,
    platformPublicKeyFile,
  };
};

const secret = (file: string): string => {
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
};
