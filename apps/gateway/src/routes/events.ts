import { Controller, Get, Inject, Logger, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import { eventView, page } from '@yiqiu/contracts';
import { contextNames, pageLimitDefault, pageLimitMax } from '@yiqiu/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Backends } from '../backends/backends.ts';
import { followEvents } from '../events/follow.ts';
import { sendEvents } from '../events/send.ts';
import { readPage, type EventPage } from '../events/page.ts';
import { parseCursor, startCursor, type Cursor, type EventFilter } from '../events/read.ts';
import { log } from '@yiqiu/contracts/grpc';
import { bad, flags, type Query as QueryOf } from '../http/request.ts';

const eventPage = page(eventView, 'EventPage');
const cursorAllowed = 'positions as machine:12,resource:40,service:4711';

/** Everything that ever happened, over the three logs, in the order (hlc, context). */
@Controller('api/v1/events')
export class EventRoutes {
  readonly #logger = new Logger(EventRoutes.name);

  constructor(@Inject(Backends) private readonly backends: Backends) {}

  /** `context`, `stream`, `type`; `cursor` or `from` (a position of one context); `backwards=true` for the newest first. */
  @Get()
  @ApiOkResponse({ standardSchema: eventPage })
  list(@Query() query: QueryOf): Promise<EventPage> {
    const { backwards, texts } = flags(query, ['backwards'], ['context', 'stream', 'type', 'from', 'cursor', 'limit']);
    const filter = filterOf(texts);
    const limit = Number(texts['limit'] ?? pageLimitDefault);
    if (!Number.isInteger(limit) || limit < 1 || limit > pageLimitMax)
      throw bad('limit', texts['limit'] ?? null, `1 to ${pageLimitMax}`);
    return readPage(this.backends, filter, { cursor: cursorOf(texts, filter), limit, backwards });
  }

  /** Server-sent events; `Last-Event-ID` or `from` goes on from there, else from now. */
  @Get('stream')
  @ApiProduces('text/event-stream')
  async follow(@Query() query: QueryOf, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { texts } = flags(query, [], ['context', 'stream', 'type', 'from', 'cursor']);
    const filter = filterOf(texts);
    const last = request.headers['last-event-id'];
    const given = typeof last === 'string' && last !== '' ? { ...texts, cursor: last } : texts;
    const cursor = cursorOf(given, filter) ?? (await this.#now());
    reply.hijack();
    await sendEvents(reply.raw, cursor, (signal) => followEvents(this.backends, filter, cursor, signal), {
      failed: (error) => this.#logger.error(error, 'a followed event stream failed by a defect'),
    });
  }

  /** Where the three logs stand. */
  async #now(): Promise<Cursor> {
    const heads = await Promise.all(
      contextNames.map((context) =>
        this.backends[context].call(log.EventLogServiceService.head, { moveClosed: false }, { idempotent: true }),
      ),
    );
    const [machine = 0, resource = 0, service = 0] = heads.map(({ position }) => position);
    return { machine, resource, service };
  }
}

type Texts = { readonly [name: string]: string };

const filterOf = ({ context, stream, type }: Texts): EventFilter => {
  const contexts = context === undefined ? contextNames : contextNames.filter((name) => name === context);
  if (contexts.length === 0) throw bad('context', context ?? null, contextNames);
  return { contexts, stream, type };
};

/** `cursor` as a page or an event id gave it; `from=P` with `context=C` begins with that event itself. */
const cursorOf = ({ cursor, from }: Texts, { contexts }: EventFilter): Cursor | null => {
  if (cursor !== undefined) {
    const parsed = parseCursor(cursor, startCursor);
    if (parsed === null) throw bad('cursor', cursor, cursorAllowed);
    return parsed;
  }
  if (from === undefined) return null;
  const [only] = contexts;
  if (!/^\d{1,15}$/.test(from) || only === undefined) throw bad('from', from, 'a position, 1 or more');
  if (contexts.length > 1 && from !== '0' && from !== '1')
    throw bad('from', from, 'with context=C, whose position it is');
  return { ...startCursor, ...(contexts.length === 1 ? { [only]: Math.max(0, Number(from) - 1) } : {}) };
};
