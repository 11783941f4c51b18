import {
  AckPolicy,
  DeliverPolicy,
  jetstream,
  jetstreamManager,
  type Consumer,
  type ConsumerMessages,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import {
  anyAgentSubjects,
  machineUidOf,
  reportStream,
  stepReport,
  type QueueOwner,
  type StepReport,
} from '@yiqiu/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import { Slots } from '../bounded/index.ts';
import { asError, backoffMs, NoAnswerError, type BackoffLimits, type NatsLink } from '../connection/index.ts';
import { ensureStream, reportBoundsDefault, reportStreamConfig, type StreamBounds } from '../streams.ts';
import { decodeJson, MalformedMessageError } from '../wire/index.ts';

/** `done`: its effect, or that it has none any more, is durable. `again`: come back later. */
export type ReportVerdict = 'done' | 'again';

/** A message in the stream that is no report. It is taken out; the command it may have meant is asked for again. */
export interface Poison {
  readonly subject: string;
  readonly seq: number;
  readonly sizeBytes: number;
  readonly problem: string;
}

export interface ConsumeReportsOptions {
  readonly owner: QueueOwner;
  /** A throw counts as `again`. The same report may come again, also after `done`. */
  readonly handler: (report: StepReport) => Promise<ReportVerdict>;
  readonly onPoison: (poison: Poison) => void;
  /** What went wrong and is gone over. */
  readonly onProblem: (error: Error) => void;
  readonly signal: AbortSignal;
  readonly bounds?: StreamBounds;
  /** Reports at work at a time. Default 64. */
  readonly atWorkMax?: number;
  /** Waits before a report comes again, ms; they double up to the longest. Default 1,000 to 60,000. */
  readonly again?: BackoffLimits;
}

/** A report that is neither acknowledged nor kept alive so long is given out again, ms. */
const ackWaitMs = 15_000;
const keepAliveMs = 5_000;
const batchWaitMs = 5_000;
const againDefault: BackoffLimits = { firstMs: 1_000, maxMs: 60_000 };
const retry: BackoffLimits = { firstMs: 200, maxMs: 5_000 };

/**
 * Takes the reports for one owner out of the shared stream, through one durable consumer. Acknowledges each only when the
 * handler says it is done. Runs until the signal aborts and what was taken is handled; makes stream and consumer again
 * where they are lost. Throws where the connection is closed.
 */
export const consumeReports = async (link: NatsLink, options: ConsumeReportsOptions): Promise<void> => {
  const { signal, onProblem } = options;
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      if (link.status() !== 'connected') throw new NoAnswerError('disconnected', reportStream.name);
      const manager = await jetstreamManager(link.connection, { checkAPI: false });
      const consumer = await openConsumer(link, manager, options);
      await new Session(consumer, options).run(() => (attempt = 0));
    } catch (error) {
      if (link.connection.isClosed()) throw error;
      if (!signal.aborted) onProblem(asError(error));
    }
    await sleep(backoffMs(attempt, retry), undefined, { signal }).catch(() => undefined);
  }
};

const openConsumer = async (
  link: NatsLink,
  manager: JetStreamManager,
  { owner, bounds = reportBoundsDefault, atWorkMax = 64 }: ConsumeReportsOptions,
): Promise<Consumer> => {
  await ensureStream(manager, reportStreamConfig(bounds));
  const info = await manager.consumers.add(reportStream.name, {
    durable_name: `owner-${owner}`,
    filter_subject: anyAgentSubjects.report(owner),
    deliver_policy: DeliverPolicy.All,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
    // Those that wait to come again count too: with fewer, some machines' trouble would stop all others.
    max_ack_pending: atWorkMax * 16,
    max_deliver: -1,
  });
  return jetstream(link.connection).consumers.getConsumerFromInfo(info);
};

class Session {
  readonly #consumer: Consumer;
  readonly #options: ConsumeReportsOptions;
  readonly #slots: Slots;
  readonly #atWork = new Set<JsMsg>();

  constructor(consumer: Consumer, options: ConsumeReportsOptions) {
    this.#consumer = consumer;
    this.#options = options;
    this.#slots = new Slots(options.atWorkMax ?? 64);
  }

  async run(worked: () => void): Promise<void> {
    const { signal, atWorkMax = 64 } = this.#options;
    let batch: ConsumerMessages | null = null;
    const stop = () => batch?.stop();
    signal.addEventListener('abort', stop);
    const keepAlive = setInterval(() => this.#keepAlive(), keepAliveMs);
    try {
      while (!signal.aborted) {
        batch = await this.#consumer.fetch({ max_messages: atWorkMax, expires: batchWaitMs });
        if (signal.aborted) stop();
        for await (const message of batch) {
          await this.#slots.enter();
          worked();
          void this.#work(message);
        }
      }
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
      await this.#slots.whenIdle();
      clearInterval(keepAlive);
    }
  }

  async #work(message: JsMsg): Promise<void> {
    const { onProblem } = this.#options;
    this.#atWork.add(message);
    try {
      await this.#settle(message);
    } catch (error) {
      // The connection is closed: the server gives it out again.
      onProblem(asError(error));
    } finally {
      this.#atWork.delete(message);
      this.#slots.leave();
    }
  }

  async #settle(message: JsMsg): Promise<void> {
    const { handler, onProblem, signal, again = againDefault } = this.#options;
    // Whoever leads next shall have it at once.
    if (signal.aborted) return message.nak();
    const report = this.#reportOrPoison(message);
    if (report === null) return message.term();
    let verdict: ReportVerdict;
    try {
      verdict = await handler(report);
    } catch (error) {
      onProblem(asError(error));
      verdict = 'again';
    }
    if (verdict === 'done') message.ack();
    else message.nak(backoffMs(message.info.deliveryCount, again));
  }

  #reportOrPoison(message: JsMsg): StepReport | null {
    try {
      return reportOf(message);
    } catch (error) {
      const { subject, seq } = message;
      this.#options.onPoison({ subject, seq, sizeBytes: message.data.length, problem: asError(error).message });
      return null;
    }
  }

  #keepAlive(): void {
    try {
      for (const message of this.#atWork) message.working();
    } catch (error) {
      this.#options.onProblem(asError(error));
    }
  }
}

/** The uid in the subject is the sender's, by the server's permissions; the body must name the same. */
const reportOf = (message: JsMsg): StepReport => {
  const report = decodeJson(stepReport, message);
  if (report.machineUid !== machineUidOf(message.subject) || !message.subject.endsWith(`.${report.owner}`)) {
    throw new MalformedMessageError(message.subject, `is a report of ${report.machineUid} for ${report.owner}`);
  }
  return report;
};
