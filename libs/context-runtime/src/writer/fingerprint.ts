import type { Command, Json } from '@yiqiu/kernel';
import { hash } from 'node:crypto';

/**
 * SHA-256 (hex) over a command's type and canonical data: two requests with one id are the same request where these are
 * equal, however their keys are ordered. Throws TypeError on what JSON cannot hold.
 */
export const fingerprint = (command: Command): string =>
  hash('sha256', `${command.type}\n${canonical(command.data)}`, 'hex');

/** Like kernel's `canonicalJson`, but a request may hold any finite number. */
const canonical = (value: Json | undefined): string => {
  if (value === null || value === undefined) return 'null';
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`the command holds ${value}, which JSON cannot`);
      return JSON.stringify(value);
    case 'object':
      return isList(value) ? `[${value.map(canonical).join(',')}]` : canonicalObject(value);
    default:
      throw new TypeError(`the command holds a ${typeof value}, which JSON cannot`);
  }
};

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

const canonicalObject = (object: { readonly [key: string]: Json | undefined }): string => {
  let text = '';
  for (const key of Object.keys(object).sort()) {
    const value = object[key];
    if (value === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonical(value)}`;
  }
  return `{${text}}`;
};
