import type { Cursor } from './cursor.ts';
import { limitNames, signalNames } from './names.ts';
import { limits, packagePath, readCommand, readPath, readTemplateText, type Reading } from './reading.ts';
import type { ProcessSpec } from './types.ts';
import { parseCountInWindow, parseDurationRange } from './values.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export function readProcess(cursor: Cursor | undefined, reading: Reading): ProcessSpec | null {
  const known = ['command', 'env', 'limits', 'stop', 'reload', 'restart'];
  const fields = cursor?.fields({ known, required: ['command'] });
  if (fields === undefined) return null;
  return {
    command: readCommand(fields.get('command'), reading) ?? [],
    env: readEnvironment(fields.get('env'), reading),
    limits: readLimits(fields.get('limits')),
    stop: readStop(fields.get('stop')),
    reload: readReload(fields.get('reload'), reading),
    restart: readRestart(fields.get('restart')),
  };
}

function readEnvironment(cursor: Cursor | undefined, reading: Reading): Record<string, string> {
  const entries = [...(cursor?.entries() ?? [])];
  if (entries.length > limits.variables) {
    cursor?.report(`has ${entries.length} variables`, { allowed: `at most ${limits.variables}` });
  }
  return Object.fromEntries(
    entries.flatMap(([name, { at, cursor: value }]): [string, string][] => {
      const allowed = 'letters, digits and _, not beginning with a digit or YIQIU_';
      if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name) || name.startsWith('YIQIU_')) {
        reading.source.report(at, value.path, `"${name}" is no name for a variable here`, { value: name, allowed });
      }
      const text = readTemplateText(value, reading);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}

function readLimits(cursor: Cursor | undefined): ProcessSpec['limits'] {
  const fields = cursor?.fields({ known: limitNames });
  const read: ProcessSpec['limits'] = {};
  for (const name of limitNames) {
    const value = fields?.get(name);
    if (value === undefined) continue;
    const limit = value.scalar === 'unlimited' ? 'unlimited' : value.integer(0, Number.MAX_SAFE_INTEGER);
    if (limit !== undefined) read[name] = limit;
  }
  return read;
}

function readStop(cursor: Cursor | undefined): ProcessSpec['stop'] {
  const fields = cursor?.fields({ known: ['signal', 'timeout'] });
  return {
    signal: fields?.get('signal')?.word(signalNames) ?? 'SIGTERM',
    timeoutMs: fields?.get('timeout')?.duration(0, dayMs) ?? 10_000,
  };
}

function readReload(cursor: Cursor | undefined, reading: Reading): ProcessSpec['reload'] {
  const fields = cursor?.fields({ known: ['signal', 'run'] });
  if (cursor === undefined || fields === undefined) return null;
  const [signal, run] = [fields.get('signal'), fields.get('run')];
  if ((signal === undefined) === (run === undefined)) {
    cursor.report('needs one of signal and run', { allowed: '{ signal: SIGHUP } or { run: hooks/reload }' });
    return null;
  }
  if (signal !== undefined) {
    const name = signal.word(signalNames);
    return name === undefined ? null : { kind: 'signal', signal: name };
  }
  const path = run === undefined ? undefined : readPath(run, packagePath);
  if (run === undefined || path === undefined) return null;
  const file = reading.files.table.fileAt(path);
  if (file === null) run.report(`"${path}" does not exist in the package`, { value: path });
  else if (!file.executable) run.report(`"${path}" has no run bit (chmod +x ${path})`, { value: path });
  return { kind: 'run', run: path };
}

function readRestart(cursor: Cursor | undefined): ProcessSpec['restart'] {
  const fields = cursor?.fields({ known: ['backoff', 'giveUpAfter'] });
  return { ...readBackoff(fields?.get('backoff')), giveUpAfter: readGiveUp(fields?.get('giveUpAfter')) };
}

function readBackoff(cursor: Cursor | undefined): { backoffMinMs: number; backoffMaxMs: number } {
  const otherwise = { backoffMinMs: 1_000, backoffMaxMs: 60_000 };
  const allowed = 'two durations from 100ms to 1h, e.g. 1s..60s';
  const text = cursor?.text({ max: 40, what: allowed });
  if (cursor === undefined || text === undefined) return otherwise;
  const range = parseDurationRange(text);
  const fits = range !== null && range.minMs >= 100 && range.minMs <= range.maxMs && range.maxMs <= hourMs;
  if (!fits) cursor.report(`is not ${allowed}`, { value: text, allowed });
  return range === null ? otherwise : { backoffMinMs: range.minMs, backoffMaxMs: range.maxMs };
}

function readGiveUp(cursor: Cursor | undefined): ProcessSpec['restart']['giveUpAfter'] {
  const otherwise = { exits: 5, windowMs: 600_000 };
  const allowed = 'a number of exits (1 to 1000) in a duration (1s to 24h), e.g. 5 in 10m';
  const text = cursor?.text({ max: 40, what: allowed });
  if (cursor === undefined || text === undefined) return otherwise;
  const read = parseCountInWindow(text);
  const fits =
    read !== null && read.count >= 1 && read.count <= 1_000 && read.windowMs >= 1_000 && read.windowMs <= dayMs;
  if (!fits) cursor.report(`is not ${allowed}`, { value: text, allowed });
  return read === null ? otherwise : { exits: read.count, windowMs: read.windowMs };
}
