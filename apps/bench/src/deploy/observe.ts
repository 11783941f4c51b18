import type { EventView } from '@yiqiu/contracts';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { legsOf, type Instant, type Leg } from './path.ts';

const bound = z.object({ unit: z.string(), machine: z.string(), home: z.string() });
const ofUnit = z.object({ unit: z.string(), step: z.string().optional() });

/** When things happened to one unit, by the events' own times and by what lies in its home. */
export const pathOf = (
  unit: string,
  appliedAt: number,
  events: readonly EventView[],
  machineRoot: (machine: string) => string,
): Leg[] => {
  const at = (type: string, step?: string): number => Date.parse(first(unit, events, type, step).time);
  const { machine, home } = bound.parse(first(unit, events, 'UnitBound').data);
  const found = homeTimes(join(machineRoot(machine), home));
  const installIssued = at('StepIssued', 'install');
  const instants: Instant[] = [
    { leg: 'apply, until the unit is asked for', at: at('UnitRequested') },
    { leg: 'placement and bind', at: at('UnitBound') },
    { leg: 'command to the agent, fetch, unpack', at: Math.max(installIssued, found.programAt) },
    { leg: 'render', at: found.renderedAt },
    { leg: 'until the install hook begins', at: found.hookBeganAt },
    { leg: 'install hook', at: found.hookEndedAt },
    { leg: 'result of install', at: at('StepSucceeded', 'install') },
    { leg: 'config-changed', at: at('StepSucceeded', 'config-changed') },
    { leg: 'start, until it listens', at: found.listeningAt },
    { leg: 'until ready is seen and reported', at: at('StepSucceeded', 'start') },
    { leg: 'relation-changed and RUNNING', at: at('UnitReady') },
  ];
  return legsOf(appliedAt, instants);
};

/** The first of its kind of the unit. Throws where there is none. */
const first = (unit: string, events: readonly EventView[], type: string, step?: string): EventView => {
  const found = events.find((event) => {
    if (event.type !== type) return false;
    const data = ofUnit.safeParse(event.data);
    return data.success && data.data.unit === unit && (step === undefined || data.data.step === step);
  });
  if (found === undefined) throw new Error(`no ${type} ${step ?? ''} of ${unit} in ${events.length} events`);
  return found;
};

const homeTimes = (home: string) => {
  const read = (file: string): string => readFileSync(join(home, 'run', file), 'utf8').trim();
  const [began, ended] = read('install-times').split(' ').map(msOfNs);
  if (began === undefined || ended === undefined) throw new Error(`${home}: the install hook left no times`);
  return {
    /** The unpacked program was sealed and put in its place, whichever unit of the machine needed it first. */
    programAt: sealedAt(realpathSync(join(home, 'program'))),
    renderedAt: statSync(join(home, 'conf', 'bench.conf')).mtimeMs,
    hookBeganAt: began,
    hookEndedAt: ended,
    listeningAt: Number(read('listening')),
  };
};

/** What lies in it is not touched any more once it is read-only; the directory itself is, by each unit that comes. */
const sealedAt = (program: string): number =>
  Math.max(...readdirSync(program).map((name) => statSync(join(program, name)).ctimeMs));

const msOfNs = (text: string): number => Number(BigInt(text) / 1_000n) / 1_000;
