import type { UnitStep } from '@yiqiu/contracts';
import type { ManifestView } from '../program/manifest-view.ts';

/** The agent may begin a step of the way up this long after it was issued: its machine may be away for a day. */
export const deployStartMs = 24 * 60 * 60 * 1_000;
/** On the way down it has a minute: every removal ends. */
export const removalStartMs = 60_000;
/** So long a leaving unit serves on, at most, until its requirers use it no more. */
export const drainMs = 30_000;
/** For what an agent does around hooks: unpacking, rendering, waiting for its turn. */
const slackMs = 60_000;
/** Of a process without a manifest's word. */
const stopDefaultMs = 10_000;

const hooksOf: { readonly [step in UnitStep]: readonly string[] } = {
  install: ['install', 'init', 'upgrade'],
  'config-changed': ['upgrade', 'config-changed', 'members-changed', 'leader-changed'],
  start: ['start'],
  'relation-changed': ['relation-changed'],
  restart: ['stop', 'start'],
  stop: ['can-stop', 'stop'],
  remove: ['remove'],
  'relation-departed': ['relation-departed'],
  'member-add': ['member-add'],
  'member-remove': ['member-remove'],
};

/** ms that a step may take at most once it has begun, by its hooks' time-outs and retries. */
export const stepBudgetMs = (manifest: ManifestView, step: UnitStep): number => {
  const hooks = hooksOf[step].flatMap((name) => manifest.hooks[name] ?? []);
  const hooksMs = hooks.reduce((sum, { timeoutMs, retries }) => sum + timeoutMs * (retries + 1), 0);
  return hooksMs + (manifest.process?.stop.timeoutMs ?? stopDefaultMs) + slackMs;
};

/** True where the manifest says that a person decides when this step does not end in time: it guards data. */
export const holdsOnDeadline = (manifest: ManifestView, step: UnitStep): boolean =>
  hooksOf[step].some((name) => manifest.hooks[name]?.onDeadline === 'hold');

/** Repairs that follow each other within this time count as one trouble. */
export const repairWindowMs = 30 * 60 * 1_000;
const repairFirstMs = 10_000;
const repairMostMs = 10 * 60 * 1_000;

/** ms between the last repair and the next: doubles from 10 s to 10 min. */
export const repairPauseMs = (attempts: number): number =>
  attempts === 0 ? 0 : Math.min(repairMostMs, repairFirstMs * 2 ** Math.min(attempts - 1, 10));
