/** What the seed needs of the gateway: JSON in, JSON out, an error with the problem's own words. */
export class Rest {
  constructor(
    readonly server: string,
    readonly token: string,
  ) {}

  async get(path: string): Promise<unknown> {
    return this.#call('GET', path, null, null);
  }

  /** Null where there is no such thing. */
  async find(path: string): Promise<unknown> {
    try {
      return await this.get(path);
    } catch (error) {
      if (error instanceof RestError && error.status === 404) return null;
      throw error;
    }
  }

  /** `key`: repeated starts ask for the same and change nothing. */
  async post(path: string, body: unknown, key: string): Promise<unknown> {
    return this.#call('POST', path, JSON.stringify(body), {
      'content-type': 'application/json',
      'idempotency-key': key,
    });
  }

  async postArchive(path: string, archive: Uint8Array, key: string): Promise<unknown> {
    return this.#call('POST', path, archive, { 'content-type': 'application/gzip', 'idempotency-key': key });
  }

  async putYaml(path: string, document: string, key: string): Promise<unknown> {
    return this.#call('PUT', path, document, { 'content-type': 'application/yaml', 'idempotency-key': key });
  }

  async #call(
    method: string,
    path: string,
    body: string | Uint8Array | null,
    headers: { [name: string]: string } | null,
  ): Promise<unknown> {
    const response = await fetch(`${this.server}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...headers },
      signal: AbortSignal.timeout(60_000),
      ...(body === null ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new RestError(response.status, `${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }
}

export class RestError extends Error {
  override readonly name = 'RestError';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}
