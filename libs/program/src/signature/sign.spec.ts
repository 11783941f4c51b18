import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createSigningKey, publicKeyOf, signDigest, verifyDigest } from './sign.ts';

const digest = 'ab'.repeat(32);

describe('signatures', () => {
  it('hold for the digest and the key they were made with, and no other', () => {
    const [ours, theirs] = [createSigningKey(), createSigningKey()];
    const signature = signDigest(digest, ours.privateKeyPem);
    expect(verifyDigest(digest, signature, ours.publicKeyPem)).toBe(true);
    expect(verifyDigest(digest, signature, publicKeyOf(ours.privateKeyPem))).toBe(true);
    expect(verifyDigest('cd'.repeat(32), signature, ours.publicKeyPem)).toBe(false);
    expect(verifyDigest(digest, signature, theirs.publicKeyPem)).toBe(false);
  });

  it.each(['', 'x', 'AAAA', Buffer.alloc(64).toString('base64'), Buffer.alloc(65).toString('base64')])(
    'are not %p',
    (signature) => {
      expect(verifyDigest(digest, signature, createSigningKey().publicKeyPem)).toBe(false);
    },
  );

  it('are made of digests by Ed25519 keys only', () => {
    const { privateKeyPem, publicKeyPem } = createSigningKey();
    expect(() => signDigest('hello', privateKeyPem)).toThrow('is no SHA-256 in hex');
    expect(() => signDigest(digest, publicKeyPem)).toThrow();
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const pem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => signDigest(digest, pem)).toThrow('the key is rsa, not ed25519');
    expect(() => verifyDigest(digest, '', rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString())).toThrow(
      'not ed25519',
    );
  });
});
