import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { Slots } from '../bounded/index.ts';
import { asError } from '../connection/index.ts';
import { encodeJson } from '../wire/index.ts';
import type { ServeAgentsOptions } from './handlers.ts';
import { isOwnInbox, refusalOf } from './refusals.ts';

type Limits = Pick<ServeAgentsOptions, 'atWorkMax' | 'waitingMax' | 'onProblem'>;

/** Subscriptions whose requests are worked on in bounded numbers. */
export class RequestServer {
  readonly #connection: NatsConnection;
  readonly #limits: Limits;
  readonly #subscriptions: { readonly subscription: Subscription; readonly slots: Slots }[] = [];

  constructor(connection: NatsConnection, limits: Limits) {
    this.#connection = connection;
    this.#limits = limits;
  }

  /** `handle` answers; where it throws, `refuse` does, unless there is nothing to say. */
  answer(subject: string, handle: (message: Msg) => Promise<void>, refuse = refuseWithJson): void {
    const { atWorkMax = 64, waitingMax = 20_000, onProblem } = this.#limits;
    const slots = new Slots(atWorkMax, waitingMax);
    this.#subscribe(subject, slots, (message) => {
      if (!isOwnInbox(message)) return onProblem(new Error(`request on ${message.subject} wants its answer elsewhere`));
      if (slots.isFull) return onProblem(new Error(`too many requests on ${subject}: one was dropped`));
      void this.#work(slots, message, handle, refuse);
    });
  }

  /** For messages without answer. */
  listen(subject: string, handle: (message: Msg) => void): void {
    this.#subscribe(subject, new Slots(1), (message) => {
      try {
        handle(message);
      } catch (error) {
        this.#limits.onProblem(asError(error));
      }
    });
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#subscriptions.map(async ({ subscription, slots }) => {
        if (!subscription.isClosed()) subscription.unsubscribe();
        await slots.whenIdle();
      }),
    );
  }

  #subscribe(subject: string, slots: Slots, take: (message: Msg) => void): void {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => (error === null ? take(message) : this.#limits.onProblem(error)),
    });
    this.#subscriptions.push({ subscription, slots });
  }

  async #work(
    slots: Slots,
    message: Msg,
    handle: (message: Msg) => Promise<void>,
    refuse: typeof refuseWithJson,
  ): Promise<void> {
    await slots.enter();
    try {
      await handle(message);
    } catch (error) {
      this.#limits.onProblem(asError(error));
      this.#refuse(message, error, refuse);
    } finally {
      slots.leave();
    }
  }

  #refuse(message: Msg, error: unknown, refuse: typeof refuseWithJson): void {
    try {
      refuse(message, error);
    } catch (failure) {
      // The connection went meanwhile; the agent asks again.
      this.#limits.onProblem(asError(failure));
    }
  }
}

const refuseWithJson = (message: Msg, error: unknown): void => {
  const refusal = refusalOf(error);
  if (refusal !== null) message.respond(encodeJson(refusal));
};
