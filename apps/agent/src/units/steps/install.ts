import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { makeDataDirectories, markData, needsInit } from '../data.ts';
import { makeInside } from '../inside.ts';
import type { StepWork } from './work.ts';

/**
 * Hook install, once per incarnation and not for another version of it (hook upgrade is for that); then hook init, where a
 * data directory is empty. An init that was cut off is done again, whatever it left.
 */
export const install = async (work: StepWork): Promise<void> => {
  const { unit, command } = work;
  work.render('config');
  await work.requireReach();
  const otherVersion = command.reason === 'upgrade' || command.reason === 'rollback';
  if (!unit.record.installed || !otherVersion) await work.hook('install');
  await prepare(work);
};

/**
 * What is left of an install that a person skipped, before the step behind it: the failed hook alone is left out, never the
 * unit's directories. An init that failed counts as done: by no later install is it run over what it left.
 */
export const completeInstall = async (work: StepWork): Promise<void> => {
  const { record } = work.unit;
  if (!record.installed) await prepare(work);
  else if (record.init === 'begun') initIsDone(work);
};

const prepare = async (work: StepWork): Promise<void> => {
  const { unit } = work;
  // The hook may just have made the unit's user.
  const account = unit.account();
  await work.requireReach();
  for (const directory of ['conf', 'log', 'run'])
    chownSync(makeInside(unit.home, directory, account), account.uid, account.gid);
  for (const { to } of work.manifest.templates) chownSync(join(unit.home, to), account.uid, account.gid);
  makeDataDirectories(work.manifest, unit.home, account);
  unit.save({ installed: true });
  await initData(work);
};

const initData = async (work: StepWork): Promise<void> => {
  const { unit, manifest } = work;
  if (!work.hasHook('init')) return;
  if (unit.record.init !== 'begun' && !needsInit(manifest, unit.home)) return;
  unit.save({ init: 'begun' });
  const { seed, donor } = work.command;
  await work.hook('init', { ...(seed ? { seed } : {}), ...(donor === null ? {} : { donor }) });
  initIsDone(work);
};

const initIsDone = ({ manifest, unit }: StepWork): void => {
  const { uid, unit: name, incarnation } = unit.record;
  markData(manifest, unit.home, { unitUid: uid, unit: name, incarnation });
  unit.save({ init: 'done' });
};
