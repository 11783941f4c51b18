export interface Answer {
  readonly body: unknown;
  /** Where an operation that goes on can be asked for; null where all is done. */
  readonly location: string | null;
}

const requestTimeoutMs = 60_000;

export class RestError extends Error {
  override readonly name = 'RestError';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The gateway as any client sees it: JSON in, JSON out. What it refuses is thrown as {@link RestError}. */
export class Rest {
  constructor(
    readonly server: string,
    readonly token: string,
  ) {}

  async get(path: string): Promise<unknown> {
    return (await this.#call('GET', path, null, {})).body;
  }

  /** A change; `key` is its Idempotency-Key, without it the request has an id of its own. */
  async change(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body: unknown,
    key?: string,
  ): Promise<Answer> {
    const json = body === null ? null : JSON.stringify(body);
    return this.#call(method, path, json, {
      ...(json === null ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    });
  }

  async pushProgram(archive: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#call('POST', '/programs', archive, { 'content-type': 'application/gzip' });
  }

  /** An endless answer, as `/events/stream` gives it, until the signal aborts. */
  async open(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const response = await fetch(`${this.server}/api/v1${path}`, {
      headers: { authorization: `Bearer ${this.token}` },
      signal,
    });
    if (!response.ok || response.body === null)
      throw new RestError(response.status, `GET ${path}: ${response.status} ${await response.text()}`);
    return response.body;
  }

  async #call(
    method: string,
    path: string,
    body: string | Uint8Array<ArrayBuffer> | null,
    headers: { readonly [name: string]: string },
  ): Promise<Answer> {
    const response = await fetch(`${this.server}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...headers },
      signal: AbortSignal.timeout(requestTimeoutMs),
      ...(body === null ? {} : { body }),
    });
    const text = await response.text();
    if (!response.ok) throw new RestError(response.status, `${method} ${path}: ${response.status} ${text}`);
    return { body: text === '' ? null : JSON.parse(text), location: response.headers.get('location') };
  }
}
