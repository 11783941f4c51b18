/** Injection token of the context at work: a `ContextRuntime<State, Command, Event>`. */
export const RUNTIME = Symbol('yiqiu:runtime');
/** Injection token of its log: an `EventLog`. */
export const EVENT_LOG = Symbol('yiqiu:event-log');
/** Injection token of the connection to NATS: a `NatsLink`, open until the last module is done. */
export const NATS_LINK = Symbol('yiqiu:nats-link');
/** Injection token of the other contexts' services: `Peers`. */
export const PEERS = Symbol('yiqiu:peers');
