import { didYouMean } from '../problem/index.ts';
import type { Cursor } from './cursor.ts';
import { readCommand, type Reading } from './reading.ts';
import type { ExecCheck, Health, LeaderPolicy, Probe } from './types.ts';

/** A unit without a `ready` check is ready when its process has run this long. */
export const readyAfterMs = 2_000;

/** Starting a program takes longer than opening a connection, on a busy machine much longer. */
const timeoutDefaultMs = { tcp: 1_000, http: 1_000, exec: 5_000 };
const timing = { intervalMin: 100, intervalMax: 3_600_000, timeoutMin: 10, timeoutMax: 600_000 };

export function readHealth(cursor: Cursor | undefined, reading: Reading): Health {
  const fields = cursor?.fields({ known: ['ready', 'alive', 'role'] });
  return {
    ready: readProbe(fields?.get('ready'), reading, 2_000),
    readyAfterMs,
    alive: readProbe(fields?.get('alive'), reading, 5_000),
    role: readExecCheck(fields?.get('role'), reading),
  };
}

/** `leader: none`, or `{ eligible }`: chosen by the platform among those whose check passes. */
export function readLeader(cursor: Cursor | undefined, reading: Reading): LeaderPolicy {
  if (cursor === undefined) return { kind: 'none' };
  if (!cursor.isMap) {
    cursor.word(['none'], ['own']);
    return { kind: 'none' };
  }
  const fields = cursor.fields({ known: ['eligible'], required: ['eligible'] });
  const eligible = readExecCheck(fields?.get('eligible'), reading);
  return eligible === null ? { kind: 'none' } : { kind: 'platform', eligible };
}

/** `{ exec, interval, timeout }` */
function readExecCheck(cursor: Cursor | undefined, reading: Reading): ExecCheck | null {
  const fields = cursor?.fields({ known: ['exec', 'interval', 'timeout'], required: ['exec'] });
  if (fields === undefined) return null;
  return {
    exec: readCommand(fields.get('exec'), reading) ?? [],
    ...readTiming(fields, 2_000, timeoutDefaultMs.exec),
  };
}

function readTiming(fields: ReadonlyMap<string, Cursor>, intervalDefaultMs: number, timeoutMs: number) {
  return {
    intervalMs: fields.get('interval')?.duration(timing.intervalMin, timing.intervalMax) ?? intervalDefaultMs,
    timeoutMs: fields.get('timeout')?.duration(timing.timeoutMin, timing.timeoutMax) ?? timeoutMs,
  };
}

const checkKinds = ['tcp', 'http', 'exec'] as const;

function readProbe(cursor: Cursor | undefined, reading: Reading, intervalDefaultMs: number): Probe | null {
  const fields = cursor?.fields({ known: [...checkKinds, 'interval', 'timeout', 'failures'] });
  if (cursor === undefined || fields === undefined) return null;
  const [kind, ...more] = checkKinds.filter((name) => fields.has(name));
  if (kind === undefined || more.length > 0) {
    const found = kind === undefined ? 'none' : [kind, ...more].join(' and ');
    cursor.report(`needs one of tcp, http and exec, and has ${found}`, { allowed: 'one of tcp, http, exec' });
    return null;
  }
  const rest = {
    ...readTiming(fields, intervalDefaultMs, timeoutDefaultMs[kind]),
    failures: fields.get('failures')?.integer(1, 1_000) ?? 3,
  };
  switch (kind) {
    case 'tcp':
      return { check: { kind, port: readPortName(fields.get(kind), reading) }, ...rest };
    case 'http':
      return { check: readHttp(fields.get(kind), reading), ...rest };
    case 'exec':
      return { check: { kind, exec: readCommand(fields.get(kind), reading) ?? [] }, ...rest };
  }
}

function readHttp(cursor: Cursor | undefined, reading: Reading): Probe['check'] {
  const fields = cursor?.fields({ known: ['port', 'path', 'status'], required: ['port'] });
  const path = fields
    ?.get('path')
    ?.text({ max: 1_024, pattern: /^\/[\u0021-\u007e]*$/, what: 'a path that begins with /' });
  return {
    kind: 'http',
    port: readPortName(fields?.get('port'), reading),
    path: path ?? '/',
    status: fields?.get('status')?.integer(100, 599) ?? 200,
  };
}

function readPortName(cursor: Cursor | undefined, { ports }: Reading): string {
  const what = 'the name of a declared port';
  const name = cursor?.text({ max: 63, what });
  if (cursor === undefined || name === undefined) return '';
  if (ports !== null && !ports.includes(name)) {
    const allowed = ports.length === 0 ? 'the manifest declares no ports' : `one of ${ports.join(', ')}`;
    cursor.report(`"${name}" is no declared port${didYouMean(name, ports)}`, { value: name, allowed });
  }
  return name;
}
