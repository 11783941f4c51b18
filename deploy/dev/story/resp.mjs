import { connect } from 'node:net';

/** Bytes of one answer, at most. */
const answerBytesMax = 16 * 1024 * 1024;

/** Takes one answer from `text` at `at`: [value, where it ends], or null where it is not all there yet. */
const parse = (text, at) => {
  const end = text.indexOf('\r\n', at);
  if (end < 0) return null;
  const kind = text[at];
  const rest = text.slice(at + 1, end);
  const after = end + 2;
  if (kind === '+') return [rest, after];
  if (kind === '-') return [new Error(rest), after];
  if (kind === ':') return [Number(rest), after];
  const length = Number(rest);
  if (kind === '$') {
    if (length < 0) return [null, after];
    return text.length < after + length + 2 ? null : [text.slice(after, after + length), after + length + 2];
  }
  if (kind !== '*') throw new Error(`unknown kind of answer: ${kind}`);
  if (length < 0) return [null, after];
  const list = [];
  let next = after;
  for (let n = 0; n < length; n += 1) {
    const item = parse(text, next);
    if (item === null) return null;
    list.push(item[0]);
    next = item[1];
  }
  return [list, next];
};

/**
 * A connection to redis: `call(...words)` gives the answer or throws its error. Every call ends within `timeoutMs`; after an
 * error of the connection, or a late answer, it is closed for good.
 */
export class Redis {
  #socket;
  #text = '';
  #waiting = [];
  #timeoutMs;
  #dead = null;

  static async open({ host, port, timeoutMs = 2_000 }) {
    const redis = new Redis();
    redis.#timeoutMs = timeoutMs;
    redis.#socket = connect({ host, port, noDelay: true });
    redis.#socket.setEncoding('latin1');
    redis.#socket.on('data', (chunk) => redis.#take(chunk));
    redis.#socket.on('close', () => redis.#end(new Error('the connection was closed')));
    await new Promise((resolve, reject) => {
      const late = setTimeout(
        () => redis.#socket.destroy(new Error(`no connection within ${timeoutMs} ms`)),
        timeoutMs,
      );
      redis.#socket.once('connect', () => (clearTimeout(late), resolve()));
      redis.#socket.on('error', (error) => (clearTimeout(late), redis.#end(error), reject(error)));
    });
    return redis;
  }

  get isOpen() {
    return this.#dead === null;
  }

  call(...words) {
    if (this.#dead !== null) return Promise.reject(this.#dead);
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => this.#end(new Error(`no answer within ${this.#timeoutMs} ms`)), this.#timeoutMs);
      this.#waiting.push({ resolve, reject, late });
      const request = words.map(String).map((word) => `$${Buffer.byteLength(word, 'latin1')}\r\n${word}\r\n`);
      this.#socket.write(`*${words.length}\r\n${request.join('')}`, 'latin1');
    });
  }

  close() {
    this.#end(new Error('closed by us'));
  }

  #take(chunk) {
    this.#text += chunk;
    if (this.#text.length > answerBytesMax) return this.#end(new Error('an answer is too long'));
    for (
      let answer = parse(this.#text, 0);
      answer !== null && this.#waiting.length > 0;
      answer = parse(this.#text, 0)
    ) {
      this.#text = this.#text.slice(answer[1]);
      const { resolve, reject, late } = this.#waiting.shift();
      clearTimeout(late);
      if (answer[0] instanceof Error) reject(answer[0]);
      else resolve(answer[0]);
    }
  }

  #end(error) {
    if (this.#dead !== null) return;
    this.#dead = error;
    this.#socket.destroy();
    for (const { reject, late } of this.#waiting.splice(0)) (clearTimeout(late), reject(error));
  }
}

/** `INFO` as an object. */
export const info = async (redis, section) =>
  Object.fromEntries(
    [...(await redis.call('INFO', section)).matchAll(/^([a-z_0-9]+):(.*?)\r?$/gm)].map(([, k, v]) => [k, v]),
  );
