/**
 * PostgreSQL and nats-server as supervised processes. They live in `@yiqiu/processes`, a library below the event log and
 * the bus, whose own tests start them too; platform-kit is above both.
 */
export * from '@yiqiu/processes';
