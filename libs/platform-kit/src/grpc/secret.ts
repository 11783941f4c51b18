import { createHash, timingSafeEqual } from 'node:crypto';
import type { Metadata } from '@grpc/grpc-js';

export const secretKey = 'authorization';

export const bearer = (secret: string): string => `Bearer ${secret}`;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares in constant time, whatever the lengths. */
export const knowsSecret = (metadata: Metadata, secret: string): boolean => {
  const [given] = metadata.get(secretKey);
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(bearer(secret)));
};
