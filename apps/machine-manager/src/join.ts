import { createHash, createHmac } from 'node:crypto';

/** A join token, the same for the same command, so that a repeated request shows the same one. Only its hash is stored. */
export const joinTokenOf = (joinKey: string, commandId: string): string =>
  `yqj_${createHmac('sha256', joinKey).update(commandId).digest('base64url')}`;

export const joinTokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');
