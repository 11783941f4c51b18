import { decodeEvent, type ContextName } from '@yiqiu/kernel';
import { setImmediate } from 'node:timers/promises';
import type pg from 'pg';
import { isStorable } from '../check.ts';
import { isFiltered } from '../filter.ts';
import { pageRowsMax } from '../limits.ts';
import { OrderCheck } from '../order-check.ts';
import { LogHoleError, type ReadOptions, type StoredEvent } from '../port.ts';
import { endOfLog } from './sql/end-of-log.ts';
import { readHead } from './sql/head.ts';
import { readPage, type Page } from './sql/read-page.ts';

const pageRowsFirst = 500;
const pageRowsMin = 50;
/** Pages are cut so that one holds about this much, characters: two of them are in memory. */
const pageLengthWanted = 8 * 1024 * 1024;

/** Reads pages and asserts that nothing is missing between, before and after them. */
export class Reader {
  readonly #pool: pg.Pool;
  readonly #context: ContextName;

  constructor(pool: pg.Pool, context: ContextName) {
    this.#pool = pool;
    this.#context = context;
  }

  async *read(fromPosition: number, asked: ReadOptions): AsyncGenerator<StoredEvent, void, undefined> {
    const options = possible(asked);
    if (options === null) return;
    const backwards = options.backwards === true;
    const from = backwards ? Math.min(fromPosition, (await readHead(this.#pool)).position) : Math.max(1, fromPosition);
    const order = isFiltered(options) ? null : new OrderCheck(this.#context, from, backwards ? -1 : 1);
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    for await (const page of this.#pages(from, options)) {
      for (const { position, body } of page.rows) {
        options.signal?.throwIfAborted();
        order?.next(position);
        left -= 1;
        yield { position, body, event: decodeEvent(body) };
      }
      if (page.isLast && left > 0 && order !== null) await this.#assertEnd(order, page, backwards);
    }
  }

  /** The next page is under way while the caller works on this one; the last one is short or reaches the limit. */
  async *#pages(
    from: number,
    options: ReadOptions,
  ): AsyncGenerator<Page & { readonly isLast: boolean }, void, undefined> {
    let left = Math.min(options.limit ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    if (left <= 0 || from < 1) return;
    let asked = Math.min(left, pageRowsFirst);
    let pending = readPage(this.#pool, Math.min(from, Number.MAX_SAFE_INTEGER), asked, options);
    for (;;) {
      options.signal?.throwIfAborted();
      const page = await pending;
      const { length } = page.rows;
      const last = page.rows[length - 1];
      left -= length;
      const isLast = last === undefined || length < asked || left === 0;
      if (!isLast) {
        asked = Math.min(left, nextRows(page));
        pending = readPage(this.#pool, last.position + (options.backwards === true ? -1 : 1), asked, options);
        // Where the caller stops before it asks for this page, its failure is nobody's; else `await` above gets it.
        pending.catch(() => undefined);
        // One turn of the event loop, in which the query is sent: a caller that only computes would hold it back.
        await setImmediate();
      }
      yield { ...page, isLast };
      if (isLast) return;
    }
  }

  async #assertEnd(order: OrderCheck, { head }: Page, backwards: boolean): Promise<void> {
    if (head !== null || backwards) return order.end(head ?? 0);
    const end = await endOfLog(this.#pool, order.expected);
    // Something may have been appended since the page; then it must be what was to come.
    if (end.next === null) order.end(end.head);
    else if (end.next !== order.expected) throw new LogHoleError(this.#context, order.expected, end.next);
  }
}

/** Null where nothing can pass: no stored name holds what text cannot. */
const possible = (options: ReadOptions): ReadOptions | null => {
  if (options.stream !== undefined && !isStorable(options.stream)) return null;
  return options.types === undefined ? options : { ...options, types: options.types.filter(isStorable) };
};

const nextRows = ({ rows }: Page): number => {
  const length = rows.reduce((sum, { body }) => sum + body.length, 0);
  const fitting = Math.floor((pageLengthWanted * rows.length) / Math.max(1, length));
  return Math.max(pageRowsMin, Math.min(pageRowsMax, fitting));
};
