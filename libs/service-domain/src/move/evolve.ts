import { settle } from '@yiqiu/agent-queue';
import type { EnvelopeOf } from '../events.ts';
import { atMs } from '../events.ts';
import { leaderLost } from '../leader/evolve.ts';
import type { ServiceState } from '../state.ts';
import { must } from '../state.ts';
import { endStep } from '../unit/evolve.ts';
import { freshFacts } from '../unit/fresh.ts';
import { changeUnit, indexUnit } from '../unit/index-unit.ts';
import type { UnitRow } from '../unit/state.ts';
import { bindingOf } from './state.ts';

export const evolveReplacementOffered = (state: ServiceState, event: EnvelopeOf<'ReplacementOffered'>): void => {
  const { requestId, to } = event.data;
  changeUnit(state, event.data.uid, event, (unit) => {
    unit.offer = { requestId, incarnation: to.incarnation, binding: bindingOf(to) };
    unit.placement = null;
    unit.waits = false;
    unit.ended = [];
  });
};

export const evolveOfferWithdrawn = (state: ServiceState, event: EnvelopeOf<'OfferWithdrawn'>): void => {
  changeUnit(state, event.data.uid, event, (unit) => {
    unit.offer = null;
  });
};

export const evolveEvacuationCancelled = (state: ServiceState, event: EnvelopeOf<'EvacuationCancelled'>): void => {
  changeUnit(state, event.data.uid, event, (unit) => {
    unit.offer = null;
    unit.waits = event.data.then === 'waits';
  });
};

/** What was with the agent will not be done any more: its commands are void. */
export const evolveUnitFenced = (state: ServiceState, event: EnvelopeOf<'UnitFenced'>): void => {
  const unit = changeUnit(state, event.data.uid, event, (row) => {
    voidStep(state, row);
    row.fenced = true;
    row.failed = null;
  });
  leaderLost(state, unit, atMs(event), `fenced (${event.data.how})`);
};

const voidStep = (state: ServiceState, unit: UnitRow): void => {
  const queue = state.queues.get(unit.binding?.machineUid ?? '');
  if (unit.step !== null && queue !== undefined) settle(queue, unit.step.generation, unit.step.seq);
  endStep(unit);
};

/**
 * The unit is on its new machine from here on, and begins there from nothing; what may be left on the old one stays behind
 * as a copy, to be cleaned up when that machine can be asked; one that has left never can.
 */
export const evolveUnitMigrated = (state: ServiceState, event: EnvelopeOf<'UnitMigrated'>): void => {
  const { from, to, requestId } = event.data;
  const before = must(state.units.get(event.data.uid), `unit ${event.data.uid}`);
  const old = copyOf(before, from.copy, event.time);
  const isSamePlace = to.machineUid === from.machineUid && to.home === before.binding?.home;
  const unit = changeUnit(state, before.uid, event, (row) => {
    voidStep(state, row);
    Object.assign(row, freshFacts('migrate'));
    row.incarnation = to.incarnation;
    row.requestId = requestId;
    row.binding = bindingOf(to);
  });
  const service = must(state.services.get(unit.serviceUid), `service ${unit.serviceUid}`);
  service.incarnations[unit.ordinal] = Math.max(service.incarnations[unit.ordinal] ?? 0, to.incarnation);
  leaderLost(state, { ...unit, incarnation: from.incarnation }, atMs(event), 'moved to another machine');
  if (old.lastCommand === null || isSamePlace || state.departed.has(from.machineUid)) return;
  state.units.set(old.uid, old);
  indexUnit(state, old);
};

const copyOf = (unit: UnitRow, uid: string, since: string): UnitRow => ({
  ...structuredClone(unit),
  uid,
  goal: 'leave',
  leaving: 'remove',
  ended: [],
  step: null,
  deadline: null,
  // Cleared as soon as its agent reports it: somebody may be waiting for its home.
  endedAt: 0,
  offer: null,
  update: null,
  failed: null,
  copy: true,
  ghost: true,
  state: 'REMOVED',
  since,
});
