import { randomUUID } from 'node:crypto';
import { pageLimitDefault, pageLimitMax, refusal, RefusedError } from '@yiqiu/kernel';
import type { common } from '@yiqiu/contracts/grpc';
import type { FastifyRequest } from 'fastify';

const keyPattern = /^[\x21-\x7e]{1,150}$/;

/** The user of the one token; roles come later. */
const actor = 'user:admin';

/** Who asks, under which id, and why: from `Idempotency-Key`, `If-Match` and the body's reason. */
export const commandMeta = (request: FastifyRequest, reason: string | null): common.CommandMeta => {
  const key = single(request, 'idempotency-key');
  if (key !== null && !keyPattern.test(key)) {
    throw bad('Idempotency-Key', key, '1 to 150 printable ASCII characters without blanks');
  }
  const match = single(request, 'if-match');
  const revision = match === null ? undefined : Number(match.replace(/^"(.*)"$/, '$1'));
  if (revision !== undefined && (!Number.isSafeInteger(revision) || revision < 0))
    throw bad('If-Match', match, 'a revision, as "3"');
  return {
    commandId: key === null ? `rest:${randomUUID()}` : `rest:${key}`,
    actor,
    reason: reason ?? undefined,
    correlationId: undefined,
    expectedRevision: revision,
  };
};

/** A list's page from the query: `limit`, `cursor`, and the filters that this list has. Anything else is refused. */
export const listRequest = (query: Query, filters: readonly string[]): common.ListRequest => {
  const known = ['limit', 'cursor', ...filters];
  const picked: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(query)) {
    if (!known.includes(name)) throw bad(name, String(value), known);
    if (typeof value !== 'string') throw bad(name, JSON.stringify(value), 'once');
    picked[name] = value;
  }
  const { limit = String(pageLimitDefault), cursor = '', ...rest } = picked;
  const size = Number(limit);
  if (!/^\d{1,5}$/.test(limit) || size < 1 || size > pageLimitMax) throw bad('limit', limit, `1 to ${pageLimitMax}`);
  return { limit: size, cursor, filters: rest, minPosition: undefined };
};

export type Query = { readonly [name: string]: unknown };

/** Of a query that is no list: flags (`true` or `false`) and texts by their names. Anything else is refused. */
export const flags = <F extends string>(
  query: Query,
  names: readonly F[],
  textNames: readonly string[],
): { readonly [flag in F]: boolean } & { readonly texts: { readonly [name: string]: string } } => {
  const known = [...names, ...textNames];
  const texts: { [name: string]: string } = {};
  const found: { [name: string]: boolean } = Object.fromEntries(names.map((name) => [name, false]));
  for (const [name, value] of Object.entries(query)) {
    if (!known.includes(name)) throw bad(name, String(value), known);
    if (typeof value !== 'string') throw bad(name, JSON.stringify(value), 'once');
    if (textNames.includes(name)) texts[name] = value;
    else if (value === 'true' || value === '') found[name] = true;
    else if (value !== 'false') throw bad(name, value, ['true', 'false']);
  }
  return Object.assign(found as { [flag in F]: boolean }, { texts });
};

/** A reason that came in the query. */
export const reasonOf = (text: string | undefined): string | null => text ?? null;

export const bad = (field: string, value: string | null, allowed: string | readonly string[]): RefusedError =>
  new RefusedError(
    refusal(
      'malformed',
      'request-malformed',
      `${field} is ${JSON.stringify(value)}; allowed: ${[allowed].flat().join(', ')}`,
      {
        errors: [{ field, value, allowed: typeof allowed === 'string' ? allowed : [...allowed] }],
      },
    ),
  );

const single = (request: FastifyRequest, name: string): string | null => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
};
