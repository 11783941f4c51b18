import { createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const request = z.object({ verb: z.enum(['power', 'fence']), names: z.array(z.string()) });

/** The local supervisor's socket, as far as the fence driver asks it. What a test does to it is what its answers are. */
export class FakeSupervisor {
  readonly power = new Map<string, 'up' | 'down'>();
  readonly fenced: string[] = [];
  /** Why a fence fails now, or null. */
  failing: string | null = null;
  #server: Server | null = null;

  constructor(readonly path: string) {}

  async start(): Promise<void> {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      createInterface({ input: socket }).once('line', (line) => {
        socket.end(`${JSON.stringify(this.#answer(request.parse(JSON.parse(line))))}\n`);
      });
    });
    await new Promise<void>((resolve) => server.listen(this.path, resolve));
    this.#server = server;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => (this.#server === null ? resolve() : this.#server.close(() => resolve())));
  }

  #answer({ verb, names }: z.infer<typeof request>): unknown {
    if (verb === 'power') {
      const known = names.flatMap((name) => {
        const power = this.power.get(name);
        return power === undefined ? [] : [{ name, power }];
      });
      return { ok: true, rows: [], power: known };
    }
    const [name = ''] = names;
    if (!this.power.has(name)) return { ok: false, code: 'unknown-name', message: `no ${name} here`, names: [] };
    if (this.failing !== null) return { ok: false, code: 'failed', message: this.failing, names: [] };
    this.fenced.push(name);
    return { ok: true, rows: [], fenced: [{ unit: 'cache/redis/0', incarnation: 3 }] };
  }
}
