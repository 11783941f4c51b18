// Changes through REST, a few at a time, in two layers in turn, each with its own Idempotency-Key: what was acknowledged and what
// was refused is kept, so that it can be held against the logs.
import { setTimeout as pause } from 'node:timers/promises';

const timeoutMs = 30_000;
const everyMs = 10;
const lanes = 8;

/** Number → request, and the event that shows it. */
const kinds = [
  {
    request: (value) => ['/machines/m1/label', { labels: { change: value } }],
    of: ({ type, data }) => (type === 'MachineLabelled' ? data.labels.change : undefined),
  },
  {
    request: (value) => ['/packages', { name: value, cpuMilli: 100, memoryMiB: 64, diskMiB: 64, ports: 1 }],
    of: ({ type, data }) => (type === 'PackageCreated' ? data.name : undefined),
  },
];

export class Changes {
  acknowledged = [];
  /** { status, code, detail, type }; status 0: no answer */
  refused = [];
  #prefix = `c${Date.now()}`;
  #going = true;
  #next = 1;
  #lanes = [];

  constructor(platform) {
    this.platform = platform;
  }

  start() {
    this.#lanes = Array.from({ length: lanes }, () => this.#run());
    return this;
  }

  async stop() {
    this.#going = false;
    await Promise.all(this.#lanes);
  }

  /** Those acknowledged that no event shows. */
  lost(events) {
    const there = new Set(events.flatMap((event) => kinds.map(({ of }) => of(event))));
    return this.acknowledged.filter((value) => !there.has(value));
  }

  /** Those shown more than once. */
  doubled(events) {
    const values = events
      .flatMap((event) => kinds.map(({ of }) => of(event)))
      .filter((value) => value?.startsWith(this.#prefix));
    return values.filter((value, at) => values.indexOf(value) !== at);
  }

  async #run() {
    while (this.#going) {
      const number = this.#next;
      this.#next += 1;
      await this.#change(kinds[number % kinds.length], `${this.#prefix}-${number}`);
      await pause(everyMs);
    }
  }

  async #change({ request }, value) {
    const { server, token } = this.platform.file;
    const [path, body] = request(value);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': value };
    try {
      const response = await fetch(`${server}/api/v1${path}`, {
        ...{ method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(timeoutMs) },
      });
      const { code, detail } = await response.json();
      const type = response.headers.get('content-type');
      if (response.ok) this.acknowledged.push(value);
      else this.refused.push({ status: response.status, code, detail, type });
    } catch (error) {
      this.refused.push({ status: 0, code: error.name, detail: error.message, type: null });
    }
  }
}
