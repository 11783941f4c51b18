import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/**
 * When a connection is cut. `before`: the matching bytes do not reach the server. `passed`: they do, and the client is
 * gone at once. `answered`: the server has got them and answered, and the answer does not reach the client.
 */
export type CutMoment = 'before' | 'passed' | 'answered';

export interface TcpProxy {
  readonly host: string;
  readonly port: number;
  /** Open connections. */
  readonly connections: number;
  /**
   * The next connection whose client sends these bytes is cut, once. Resolves when it is. For `answered` the answer counts
   * when its bytes have `answerEnds` in them; any bytes do where it is absent.
   */
  cutOn(bytes: string | Buffer, moment: CutMoment, answerEnds?: string | Buffer): Promise<void>;
  /** Cuts all connections now. */
  cutAll(): void;
  /** Passes nothing in either direction; connections stay open and new ones are accepted. */
  stall(): void;
  resume(): void;
  close(): Promise<void>;
}

interface Cut {
  readonly bytes: Buffer;
  readonly moment: CutMoment;
  readonly answerEnds: Buffer | null;
  done(): void;
}

/** A real TCP proxy in front of a port of 127.0.0.1 that loses connections at a chosen moment. */
export const tcpProxy = async (targetPort: number): Promise<TcpProxy> => {
  const host = '127.0.0.1';
  const proxy = new Links(host, targetPort);
  const server = createServer((client) => proxy.accept(client));
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    host,
    port: address.port,
    get connections() {
      return proxy.open.size;
    },
    cutOn: (bytes, moment, answerEnds) => proxy.cutOn(bytes, moment, answerEnds),
    cutAll: () => proxy.cutAll(),
    stall: () => proxy.setStalled(true),
    resume: () => proxy.setStalled(false),
    close: () => closeAll(server, proxy),
  };
};

const closeAll = async (server: Server, proxy: Links): Promise<void> => {
  proxy.cutAll();
  if (!server.listening) return;
  server.close();
  await once(server, 'close');
};

/** The open connections, and what is to happen to them. */
class Links {
  readonly open = new Set<Link>();
  #cut: Cut | null = null;
  #stalled = false;

  constructor(
    readonly host: string,
    readonly targetPort: number,
  ) {}

  accept(client: Socket): void {
    const link = new Link(client, connect({ host: this.host, port: this.targetPort }), this);
    this.open.add(link);
    if (this.#stalled) link.pause();
  }

  /** The cut that these bytes call for, which is then used up. */
  takeCut(window: Buffer): Cut | null {
    const cut = this.#cut;
    if (cut === null || !window.includes(cut.bytes)) return null;
    this.#cut = null;
    return cut;
  }

  /** How much of earlier bytes a match may begin in. */
  get tailBytes(): number {
    return this.#cut === null ? 0 : this.#cut.bytes.length - 1;
  }

  cutOn(bytes: string | Buffer, moment: CutMoment, answerEnds?: string | Buffer): Promise<void> {
    return new Promise((done) => {
      this.#cut = {
        bytes: Buffer.from(bytes),
        moment,
        answerEnds: answerEnds === undefined ? null : Buffer.from(answerEnds),
        done,
      };
    });
  }

  cutAll(): void {
    for (const link of [...this.open]) link.destroy();
  }

  setStalled(stalled: boolean): void {
    this.#stalled = stalled;
    for (const link of this.open) {
      if (stalled) link.pause();
      else link.resume();
    }
  }
}

/** One connection: two sockets, the last bytes of the client, and the answer that is being held back. */
class Link {
  #stalled = false;
  #tail = Buffer.alloc(0);
  #awaiting: Cut | null = null;
  #answer = Buffer.alloc(0);

  constructor(
    readonly client: Socket,
    readonly target: Socket,
    readonly proxy: Links,
  ) {
    client.on('data', (bytes) => this.#fromClient(bytes));
    target.on('data', (bytes) => this.#fromTarget(bytes));
    for (const socket of [client, target]) {
      // A broken side is passed on as a broken other side; `close` follows every error.
      socket.on('error', () => undefined);
      socket.on('close', () => this.destroy());
    }
  }

  pause(): void {
    this.#stalled = true;
    this.client.pause();
    this.target.pause();
  }

  resume(): void {
    this.#stalled = false;
    this.client.resume();
    this.target.resume();
  }

  destroy(): void {
    this.client.destroy();
    this.target.destroy();
    this.proxy.open.delete(this);
  }

  #fromClient(bytes: Buffer): void {
    const window = Buffer.concat([this.#tail, bytes]);
    const cut = this.proxy.takeCut(window);
    this.#tail = this.proxy.tailBytes === 0 ? Buffer.alloc(0) : window.subarray(-this.proxy.tailBytes);
    if (cut === null) return this.#pass(bytes, this.client, this.target);
    if (cut.moment === 'before') return this.#finish(cut);
    if (cut.moment === 'answered') this.#awaiting = cut;
    this.target.write(bytes, () => {
      if (cut.moment === 'passed') this.#finish(cut);
    });
  }

  #fromTarget(bytes: Buffer): void {
    if (this.#awaiting === null) return this.#pass(bytes, this.target, this.client);
    this.#answer = Buffer.concat([this.#answer, bytes]);
    const { answerEnds } = this.#awaiting;
    if (answerEnds === null || this.#answer.includes(answerEnds)) this.#finish(this.#awaiting);
  }

  #finish(cut: Cut): void {
    this.destroy();
    cut.done();
  }

  /** Writes on, and reads no further while the other side does not. */
  #pass(bytes: Buffer, from: Socket, to: Socket): void {
    if (to.write(bytes)) return;
    from.pause();
    to.once('drain', () => {
      if (!this.#stalled) from.resume();
    });
  }
}
