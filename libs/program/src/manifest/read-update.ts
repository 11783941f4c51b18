import type { Cursor } from './cursor.ts';
import type { UpdatePolicy } from './types.ts';
import { parsePercent } from './values.ts';

const unitsMax = 10_000;

/** One at a time, no canary, at least half healthy; roll-back is a person's decision where there is data. */
export function readUpdate(cursor: Cursor | undefined, hasData: boolean): UpdatePolicy {
  const fields = cursor?.fields({ known: ['canary', 'maxParallel', 'minHealthy', 'rollback'] });
  return {
    canary: fields?.get('canary')?.integer(0, unitsMax) ?? 0,
    maxParallel: fields?.get('maxParallel')?.integer(1, unitsMax) ?? 1,
    minHealthy: readMinHealthy(fields?.get('minHealthy')),
    rollback: fields?.get('rollback')?.word(['auto', 'manual', 'never']) ?? (hasData ? 'manual' : 'auto'),
  };
}

function readMinHealthy(cursor: Cursor | undefined): UpdatePolicy['minHealthy'] {
  const otherwise = { kind: 'percent', percent: 50 } as const;
  if (cursor === undefined) return otherwise;
  if (typeof cursor.scalar === 'number') return { kind: 'units', units: cursor.integer(0, unitsMax) ?? 0 };
  const allowed = 'a percentage such as 50%, or a number of units';
  const text = cursor.text({ max: 4, what: allowed });
  const percent = text === undefined ? null : parsePercent(text);
  if (text !== undefined && percent === null) cursor.report(`is not ${allowed}`, { value: text, allowed });
  return percent === null ? otherwise : { kind: 'percent', percent };
}
