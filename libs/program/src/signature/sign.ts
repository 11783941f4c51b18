import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';

/** What is signed begins with this, so that a signature over a program is never one over something else. */
const purpose = 'yiqiu-program-v1\n';

const isDigest = (digest: string): boolean => /^[0-9a-f]{64}$/.test(digest);

export interface SigningKey {
  /** PKCS #8. */
  privateKeyPem: string;
  /** SPKI; agents get it when they register. */
  publicKeyPem: string;
}

/** A new Ed25519 key pair for a platform. */
export function createSigningKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** The public half, for a platform that keeps only its private key. */
export function publicKeyOf(privateKeyPem: string): string {
  return createPublicKey(createPrivateKey(privateKeyPem)).export({ type: 'spki', format: 'pem' }).toString();
}

/**
 * Ed25519 over a package's digest (SHA-256 in hex), in base64.
 *
 * @throws where the digest is none, or the key is no Ed25519 private key
 */
export function signDigest(digest: string, privateKeyPem: string): string {
  if (!isDigest(digest)) throw new Error(`"${digest}" is no SHA-256 in hex`);
  const key = createPrivateKey(privateKeyPem);
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`the key is ${key.asymmetricKeyType ?? 'unknown'}, not ed25519`);
  return sign(null, Buffer.from(purpose + digest), key).toString('base64');
}

/**
 * True where the signature was made over this digest by the key's private half; whatever the signature is, it is never an
 * error.
 *
 * @throws where the key itself is no Ed25519 public key
 */
export function verifyDigest(digest: string, signature: string, publicKeyPem: string): boolean {
  const key = createPublicKey(publicKeyPem);
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`the key is ${key.asymmetricKeyType ?? 'unknown'}, not ed25519`);
  const bytes = Buffer.from(signature, 'base64');
  return isDigest(digest) && bytes.length === 64 && verify(null, Buffer.from(purpose + digest), key, bytes);
}
