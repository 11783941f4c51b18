import { existsSync, mkdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DataCommand } from '@yiqiu/contracts';
import { isHomeName, writeFileAtomically, type AgentPaths } from '../layout/index.ts';
import { errorMessage } from '../proc/index.ts';
import { dataMark, holdsData, markData, sizeOf, type Orphan } from '../units/data.ts';
import type { StepOutcome, UnitHost, UnitRuntime } from '../units/index.ts';
import { makeParentInside } from '../units/inside.ts';
import type { HomeOwner } from '../units/owner-file.ts';
import { clearAway, orphanPlace, type OrphanPlace } from './place.ts';

type Target = NonNullable<DataCommand['target']>;

/** Does an order for orphaned data. May be repeated after an interruption: what is done is not done twice. Never throws. */
export const changeData = async (paths: AgentPaths, host: UnitHost, command: DataCommand): Promise<StepOutcome> => {
  try {
    const place = orphanPlace(paths, command);
    if (command.target === null) return succeeded(await purge(place));
    return succeeded('', await adopt(paths, host, place, command.dataUid, command.target));
  } catch (error) {
    return { ...succeeded(errorMessage(error).slice(0, 4_000)), outcome: 'failed', exitCode: null };
  }
};

const succeeded = (message: string, orphans: readonly Orphan[] = []): StepOutcome => ({
  outcome: 'succeeded',
  exitCode: 0,
  message,
  output: '',
  outputTruncated: false,
  orphans,
});

const purge = async (place: OrphanPlace): Promise<string> => {
  const wasThere = existsSync(place.path);
  await rm(place.path, { recursive: true, force: true });
  clearAway(place);
  return wasThere ? '' : 'nothing was there any more';
};

/** Moves the data into the unit's home; what the unit had there is moved to the orphans, and returned. */
const adopt = async (
  paths: AgentPaths,
  host: UnitHost,
  place: OrphanPlace,
  dataUid: string,
  target: Target,
): Promise<Orphan[]> => {
  const unit = stoppedUnit(host, target);
  const { dataPath, path } = place;
  const places = unit.manifest().data.map((data) => data.path);
  if (!places.includes(dataPath)) {
    throw new Error(
      `the program of ${target.unit} has no data directory ${dataPath}, but ${places.join(', ') || 'none'}`,
    );
  }
  const to = makeParentInside(unit.home, dataPath, null);
  // Named after the data that takes its place, so that a repetition finds it.
  const displacedBase = `${paths.orphan(target.unit, target.incarnation)}.${dataUid}`;
  const displaced = join(displacedBase, dataPath);
  const owner = { unitUid: target.unitUid, unit: target.unit, incarnation: target.incarnation };
  if (existsSync(path)) {
    makeRoom(to, displacedBase, displaced, owner);
    try {
      renameSync(path, to);
    } catch (error) {
      if (existsSync(displaced)) renameSync(displaced, to);
      throw error;
    }
  } else if (!existsSync(to)) {
    throw new Error(`${path} is not there`);
  }
  markData(unit.manifest(), unit.home, owner);
  clearAway(place);
  return existsSync(displaced) ? [{ path: displaced, sizeBytes: await sizeOf(displaced) }] : [];
};

/** Nothing is at `to` afterwards; what was data there is at `displaced`. */
const makeRoom = (to: string, base: string, displaced: string, owner: HomeOwner): void => {
  if (!existsSync(to)) return;
  if (!holdsData(to)) {
    rmSync(join(to, dataMark), { force: true });
    rmdirSync(to);
    return;
  }
  if (existsSync(displaced)) throw new Error(`${displaced}, where ${to} is to be kept, is taken; purge it first`);
  mkdirSync(dirname(displaced), { recursive: true });
  writeFileAtomically(join(base, '.owner'), `${JSON.stringify(owner)}\n`, { mode: 0o644 });
  renameSync(to, displaced);
};

const stoppedUnit = (host: UnitHost, { home, unit: name, unitUid, incarnation }: Target): UnitRuntime => {
  const unit = isHomeName(home) ? host.unit(home) : undefined;
  if (unit?.record.uid !== unitUid || unit.record.incarnation !== incarnation) {
    throw new Error(`${name}#${incarnation} is not in ${home} on this machine`);
  }
  if (unit.isRunning() || unit.record.wanted === 'running') throw new Error(`${name} is not stopped`);
  return unit;
};
