import { orphanData, removeHome, type Orphan } from '../data.ts';
import type { StepWork } from './work.ts';

/** Stopped where it still runs; hook remove; data to the orphans; then the home goes. */
export const remove = async (work: StepWork): Promise<Orphan[]> => {
  const { unit, tools, manifest } = work;
  if (unit.isRunning() || unit.record.wanted === 'running') await work.stopUnit();
  unit.busy = 'stopping';
  await work.hook('remove');
  const { uid, unit: name, incarnation } = unit.record;
  const orphans = await orphanData(tools.paths, manifest, unit.home, { unitUid: uid, unit: name, incarnation });
  removeHome(unit.home);
  return orphans;
};
