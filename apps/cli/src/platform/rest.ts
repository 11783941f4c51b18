import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { CliError, exitCodes } from '../exit.ts';
import { problemError } from './problem.ts';

export interface Platform {
  readonly server: string;
  readonly token: string;
}

/** What a change answered. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Id of the Operation by which it goes on; null where it is done. */
  readonly operation: string | null;
}

export interface ChangeOptions {
  /** If-Match: the revision that the change was made against. */
  readonly ifMatch?: number;
  readonly query?: Query;
  /** Absent: JSON. */
  readonly contentType?: string;
  readonly timeoutMs?: number;
}

/** Names to values; undefined is left out. */
export type Query = { readonly [name: string]: string | undefined };

const requestTimeoutMs = 30_000;
/** A request whose connection broke is sent again with the same key, which makes that harmless. */
const attemptsMax = 3;
const pageSize = 1_000;
/** Items of one list, at most. */
const itemsMax = 100_000;

const page = z.object({ items: z.array(z.unknown()), next: z.string().nullable() });
export type Page = z.infer<typeof page>;

/** The gateway's REST. Throws CliError with the exit codes of page Interface and, where there is one, the next command. */
export class Rest {
  constructor(readonly platform: Platform) {}

  async get(path: string, query: Query = {}): Promise<unknown> {
    return (await this.#send('GET', withQuery(path, query), null, {}, requestTimeoutMs)).body;
  }

  /** The whole list, as one page. */
  async all(path: string, query: Query = {}): Promise<Page> {
    const items: unknown[] = [];
    for (let cursor: string | undefined; items.length < itemsMax;) {
      const found = page.parse(await this.get(path, { ...query, limit: String(pageSize), cursor }));
      items.push(...found.items);
      if (found.next === null) break;
      cursor = found.next;
    }
    return { items, next: null };
  }

  /** Every change carries an Idempotency-Key of its own. */
  change(method: string, path: string, body: unknown, options: ChangeOptions = {}): Promise<Answer> {
    const { contentType = 'application/json', ifMatch, query = {}, timeoutMs = requestTimeoutMs } = options;
    const sent = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
    const payload = body === undefined ? null : sent ? body : JSON.stringify(body);
    const headers = {
      'idempotency-key': randomUUID(),
      ...(payload === null ? {} : { 'content-type': contentType }),
      ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
    };
    return this.#send(method, withQuery(path, query), payload, headers, timeoutMs);
  }

  /** An answer whose body is read as it comes; the caller ends it by the signal. */
  async open(path: string, query: Query, headers: { [name: string]: string }, signal: AbortSignal): Promise<Response> {
    const response = await this.#fetch('GET', withQuery(path, query), null, headers, signal);
    if (response.ok) return response;
    throw await problemError(response.status, await response.text(), path, (names) => this.get(names));
  }

  async #send(
    method: string,
    path: string,
    body: string | Uint8Array | null,
    headers: { [name: string]: string },
    timeoutMs: number,
  ): Promise<Answer> {
    const response = await this.#fetch(method, path, body, headers, AbortSignal.timeout(timeoutMs));
    const text = await response.text();
    if (!response.ok) throw await problemError(response.status, text, path, (names) => this.get(names));
    const location = response.headers.get('location');
    const operation = response.status === 202 && location !== null ? (location.split('/').at(-1) ?? null) : null;
    return { status: response.status, body: text === '' ? null : JSON.parse(text), operation };
  }

  async #fetch(
    method: string,
    path: string,
    body: string | Uint8Array | null,
    headers: { [name: string]: string },
    signal: AbortSignal,
  ): Promise<Response> {
    const { server, token } = this.platform;
    for (let attempt = 1; ; attempt++) {
      try {
        return await fetch(`${server}/api/v1${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, ...headers },
          signal,
          ...(body === null ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
        });
      } catch (error) {
        if (signal.aborted || attempt === attemptsMax || !hasBroken(error)) throw unreachable(server, error);
      }
    }
  }
}

/** The connection was there and broke: another attempt may find it whole. */
const hasBroken = (error: unknown): boolean => {
  const cause = error instanceof Error ? error.cause : null;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : null;
  return code === 'ECONNRESET' || code === 'UND_ERR_SOCKET' || code === 'EPIPE';
};

const unreachable = (server: string, error: unknown): CliError => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CliError(exitCodes.unreachable, `cannot reach ${server}: ${why}`, 'npm start');
};

const withQuery = (path: string, query: Query): string => {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
};
