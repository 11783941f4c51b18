import type { UnitStep } from '@yiqiu/contracts';
import { drainMs, holdsOnDeadline, removalStartMs, repairWindowMs, stepBudgetMs } from '../deploy/budget.ts';
import type { EnvelopeOf } from '../events.ts';
import { atMs } from '../events.ts';
import type { ServiceState } from '../state.ts';
import { manifestOf, must } from '../state.ts';
import { leaderLost, stepDownWanted } from '../leader/evolve.ts';
import { watchGate } from '../rollout/evolve.ts';
import { freshFacts } from './fresh.ts';
import { knowledgeOf } from './knowledge.ts';
import { changeUnit, dropUnit, indexUnit } from './index-unit.ts';
import { unitStateOf } from './lifecycle.ts';
import type { Outstanding, Stage, UnitRow } from './state.ts';
import { stages } from './state.ts';

export const evolveUnitRequested = (state: ServiceState, { data, time }: EnvelopeOf<'UnitRequested'>): void => {
  const service = must(state.services.get(data.serviceUid), `service ${data.serviceUid}`);
  service.incarnations[data.ordinal] = data.incarnation;
  const facts: Omit<UnitRow, 'state' | 'since'> = {
    uid: data.uid,
    agentUid: data.uid,
    name: data.unit,
    groupUid: data.groupUid,
    serviceUid: data.serviceUid,
    ordinal: data.ordinal,
    incarnation: data.incarnation,
    requestId: data.requestId,
    programUid: service.spec.program.uid,
    goal: 'run',
    leaving: null,
    ...freshFacts('deploy'),
    binding: null,
    bags: {},
    copy: false,
    ghost: false,
    readyAt: null,
  };
  const unit: UnitRow = { ...facts, state: unitStateOf(facts), since: time };
  state.units.set(unit.uid, unit);
  indexUnit(state, unit);
};

export const evolvePlacementWaits = (state: ServiceState, event: EnvelopeOf<'UnitPlacementWaits'>): void => {
  changeUnit(state, event.data.uid, event, (unit) => {
    unit.placement = event.data.message;
  });
};

export const evolveUnitBound = (state: ServiceState, event: EnvelopeOf<'UnitBound'>): void => {
  const { container, machineUid, machine, address, rack, zone, labels, resources, ports, home } = event.data;
  changeUnit(state, event.data.uid, event, (unit) => {
    unit.placement = null;
    unit.binding = { container, machineUid, machine, address, rack, zone, labels, resources, ports, home };
  });
};

export const evolveStepIssued = (state: ServiceState, event: EnvelopeOf<'StepIssued'>): void => {
  const { step, generation, seq, reason, changed, startBy } = event.data;
  const tells = knowledgeOf(state, must(state.units.get(event.data.uid), `unit ${event.data.uid}`));
  changeUnit(state, event.data.uid, event, (row) => {
    const configRevision = state.services.get(row.serviceUid)?.revisions.at(-1)?.revision ?? 0;
    const { relation = null, member = null } = event.data;
    row.step = { step, generation, seq, reason, changed, relation, member, startBy, configRevision, tells };
    row.lastCommand = { step, generation, seq };
    if (isErrand(step)) return;
    row.failed = null;
    if (isDown(step)) beginDown(row, step);
    else beginUp(row, step, reason, atMs(event));
    // What it served on for is over; only a removal has to end whatever its agent says.
    row.deadline =
      row.goal === 'leave' || row.ghost ? startBy + stepBudgetMs(manifestOf(state, row.programUid), step) : null;
  });
  if (step === 'member-add') changeMember(state, event, (newcomer) => (newcomer.failed = null));
};

/** The unit for whose sake an errand is done, where it is still there. */
const changeMember = (
  state: ServiceState,
  event: EnvelopeOf<'StepIssued'> | EnvelopeOf<'StepSucceeded'> | EnvelopeOf<'StepFailed'>,
  change: (newcomer: UnitRow) => void,
): void => {
  const name = event.type === 'StepIssued' ? event.data.member : state.units.get(event.data.uid)?.step?.member;
  const uid = state.index.unitByName.get(name ?? '');
  if (uid !== undefined) changeUnit(state, uid, event, change);
};

/** An errand has ended: what it was for is told, or has failed; a farewell is never said twice. */
const endErrand = (state: ServiceState, event: EnvelopeOf<'StepSucceeded'> | EnvelopeOf<'StepFailed'>): void => {
  const { step } = event.data;
  const helper = must(state.units.get(event.data.uid), `unit ${event.data.uid}`);
  if (step === 'member-add' && event.type === 'StepSucceeded')
    changeMember(state, event, (unit) => (unit.joined = true));
  if (step === 'member-add' && event.type === 'StepFailed') {
    const { exitCode, message, output } = event.data;
    const text = `on ${helper.name}: ${message}`;
    const failed = { step, exitCode, message: text, tail: output?.tail ?? '', at: event.time };
    changeMember(state, event, (unit) => (unit.failed = failed));
  }
  const service = state.services.get(helper.serviceUid);
  if (step === 'member-remove' && service !== undefined)
    service.farewells = service.farewells.filter((name) => name !== helper.step?.member);
};

const isDown = (step: UnitStep): step is 'stop' | 'remove' => step === 'stop' || step === 'remove';

/** Done on one unit for the sake of another: what it is and knows itself stays as it is. */
const isErrand = (step: UnitStep): boolean => step === 'member-add' || step === 'member-remove';

const beginDown = (unit: UnitRow, step: 'stop' | 'remove'): void => {
  unit.ended = step === 'stop' ? [] : unit.ended.filter((ended) => ended !== 'remove');
};

const beginUp = (unit: UnitRow, step: UnitStep, reason: UnitRow['cause'], now: number): void => {
  const begins = stageOf(step);
  const repairs =
    unit.deployed && (step === 'install' || step === 'start') && (reason === 'boot' || reason === 'retry');
  if (repairs) {
    const attempts = now - unit.repair.at > repairWindowMs ? 1 : unit.repair.attempts + 1;
    unit.repair = { attempts, at: now };
  }
  if (reason !== 'retry' && !isNewsReason(reason)) unit.cause = reason;
  if (begins !== null && (unit.stage !== 'up' || step === 'install' || step === 'start')) unit.stage = begins;
  unit.ended = [];
  unit.stopped = false;
};

const isNewsReason = (reason: UnitRow['cause']): boolean =>
  reason === 'config' || reason === 'members' || reason === 'leader' || reason === 'relation';

const stageOf = (step: UnitStep): Stage | null => stages.find((stage) => stage === step) ?? null;

const after = (stage: Stage): Stage => stages[stages.indexOf(stage) + 1] ?? 'up';

/** What a step that is done, or counts as done, makes of its unit. */
const passStep = (unit: UnitRow, step: UnitStep, configRevision: number): void => {
  if (isErrand(step)) {
    // A person lets a newcomer in that the others could not be told of.
    unit.joined ||= step === 'member-add' && unit.step === null;
    return;
  }
  if (isDown(step)) {
    unit.ended = [...unit.ended, step];
    return;
  }
  if (unit.stage === step) unit.stage = after(unit.stage);
  if (step === 'config-changed' || step === 'start' || step === 'restart') unit.configRevision = configRevision;
  if (unit.step !== null) learn(unit, unit.step);
  if (step !== 'install') unit.health = { ok: true, message: '' };
};

/** What the hooks of a step that is done were told. The way up tells everything. */
const learn = (unit: UnitRow, { step, reason, changed, tells }: Outstanding): void => {
  const { members, leader, relations } = tells;
  if (step === 'start' || step === 'restart' || (step === 'config-changed' && reason === 'members'))
    unit.told.members = members;
  if (step === 'start' || step === 'restart' || (step === 'config-changed' && reason === 'leader'))
    unit.told.leader = leader;
  if (step !== 'relation-changed') return;
  const told = reason === 'relation' ? changed : Object.keys(relations);
  for (const endpoint of told) {
    const seen = relations[endpoint];
    if (seen !== undefined) unit.told.relations[endpoint] = seen;
  }
};

/** Nothing is outstanding any more. */
export const endStep = (unit: UnitRow): void => {
  unit.step = null;
  unit.deadline = null;
};

export const evolveStepSucceeded = (state: ServiceState, event: EnvelopeOf<'StepSucceeded'>): void => {
  const { uid, step } = event.data;
  if (step === 'remove' && must(state.units.get(uid), `unit ${uid}`).ghost) return dropUnit(state, uid);
  endErrand(state, event);
  changeUnit(state, uid, event, (unit) => {
    const configRevision = unit.step?.configRevision ?? unit.configRevision;
    unit.endedAt = atMs(event);
    if (!isErrand(step)) unit.failed = null;
    unit.gone = step === 'remove';
    passStep(unit, step, configRevision);
    endStep(unit);
  });
};

export const evolveStepFailed = (state: ServiceState, event: EnvelopeOf<'StepFailed'>): void => {
  const { uid, step, exitCode, message, output } = event.data;
  endErrand(state, event);
  changeUnit(state, uid, event, (unit) => {
    endStep(unit);
    unit.endedAt = atMs(event);
    if (isErrand(step)) return;
    const holds = exitCode === null && isDown(step) && holdsOnDeadline(manifestOf(state, unit.programUid), step);
    if (unit.ghost || (unit.goal === 'leave' && !holds)) {
      if (isDown(step)) passStep(unit, step, unit.configRevision);
      return;
    }
    unit.failed = { step, exitCode, message, tail: output?.tail ?? '', at: event.time };
  });
};

export const evolveStepSkipped = (state: ServiceState, event: EnvelopeOf<'StepSkipped'>): void => {
  changeUnit(state, event.data.uid, event, (unit) => {
    unit.failed = null;
    const configRevision = state.services.get(unit.serviceUid)?.revisions.at(-1)?.revision ?? unit.configRevision;
    passStep(unit, event.data.step, configRevision);
  });
};

export const evolveUnitReady = (state: ServiceState, event: EnvelopeOf<'UnitReady'>): void => {
  const service = state.services.get(event.data.serviceUid);
  if (service?.seed === event.data.uid) service.seedDue = false;
  changeUnit(state, event.data.uid, event, (unit) => {
    unit.deployed = true;
    unit.readyAt = event.time;
    unit.health = { ok: true, message: '' };
  });
};

export const evolveHealthChanged = (state: ServiceState, event: EnvelopeOf<'UnitHealthChanged'>): void => {
  const { serviceUid } = changeUnit(state, event.data.uid, event, (unit) => {
    unit.health = { ok: event.data.healthy, message: event.data.message };
  });
  watchGate(state, serviceUid, atMs(event));
};

export const evolveStopRequested = (state: ServiceState, event: EnvelopeOf<'UnitStopRequested'>): void => {
  const stopping = changeUnit(state, event.data.uid, event, (unit) => {
    unit.goal = 'stop';
    unit.failed = null;
    unit.ended = [];
    unit.update = null;
    beginDrain(unit, atMs(event));
  });
  stepDownWanted(state, stopping, atMs(event), 'it is to be stopped');
};

export const evolveUnitStopped = (state: ServiceState, event: EnvelopeOf<'UnitStopped'>): void => {
  const stopped = changeUnit(state, event.data.uid, event, (unit) => {
    unit.stopped = true;
    unit.deployed = false;
    if (unit.stage === 'relation-changed' || unit.stage === 'up') unit.stage = 'start';
  });
  leaderLost(state, stopped, atMs(event), 'it was stopped');
};

export const evolveStartRequested = (state: ServiceState, event: EnvelopeOf<'UnitStartRequested'>): void => {
  changeUnit(state, event.data.uid, event, (unit) => {
    unit.goal = 'run';
    unit.stopped = false;
    unit.drained = false;
    unit.cause = 'boot';
    unit.ended = [];
  });
};

/** Serves on until its requirers use it no more, at most for a while. */
const beginDrain = (unit: UnitRow, now: number): void => {
  unit.drained = unit.stopped || !unit.deployed;
  unit.deadline = unit.drained ? null : now + drainMs;
};

export const evolveUnitLeaving = (state: ServiceState, event: EnvelopeOf<'UnitLeaving'>): void => {
  const leaving = changeUnit(state, event.data.uid, event, (row) => {
    row.goal = 'leave';
    row.leaving = event.data.reason;
    row.failed = null;
    row.ended = row.stopped ? ['stop'] : [];
    row.offer = null;
    row.update = null;
    row.waits = false;
    beginDrain(row, atMs(event));
    if (row.step === null) return;
    const budgetMs = stepBudgetMs(manifestOf(state, row.programUid), row.step.step);
    row.deadline = atMs(event) + removalStartMs + budgetMs;
  });
  stepDownWanted(state, leaving, atMs(event), 'it is to be removed');
};

/**
 * Gone, with its name and ordinal. Where its agent never said so, a ghost stays behind, to be cleaned up when the machine
 * comes back.
 */
export const evolveUnitRemoved = (state: ServiceState, event: EnvelopeOf<'UnitRemoved'>): void => {
  const unit = must(state.units.get(event.data.uid), `unit ${event.data.uid}`);
  leaderLost(state, unit, atMs(event), 'it was removed');
  const service = state.services.get(unit.serviceUid);
  if (service !== undefined && unit.lastCommand !== null && !service.removing && saysFarewell(state, unit))
    service.farewells = [...service.farewells.filter((name) => name !== unit.name), unit.name];
  const haunts = unit.binding !== null && unit.lastCommand !== null && !unit.gone;
  if (!haunts) return dropUnit(state, unit.uid);
  changeUnit(state, unit.uid, event, (row) => {
    row.ghost = true;
    row.failed = null;
    endStep(row);
  });
};

const saysFarewell = (state: ServiceState, { programUid }: UnitRow): boolean =>
  manifestOf(state, programUid).hooks['member-remove'] !== undefined;

export const evolveUnitDrained = (state: ServiceState, event: EnvelopeOf<'UnitDrained'>): void => {
  changeUnit(state, event.data.uid, event, (unit) => {
    unit.drained = true;
    unit.deadline = null;
  });
};

export const evolveUpdateRequested = (state: ServiceState, event: EnvelopeOf<'UnitUpdateRequested'>): void => {
  const { programUid, reason } = event.data;
  changeUnit(state, event.data.uid, event, (unit) => {
    unit.update = { programUid, reason };
    unit.failed = null;
    unit.ended = unit.stopped ? ['stop'] : [];
    beginDrain(unit, atMs(event));
  });
};

/** Stopped, it gets the other version, and comes up by the way that everything comes up. */
export const evolveUnitSwitched = (state: ServiceState, event: EnvelopeOf<'UnitSwitched'>): void => {
  const { programUid, reason } = event.data;
  changeUnit(state, event.data.uid, event, (unit) => {
    unit.programUid = programUid;
    unit.update = null;
    unit.cause = reason;
    if (unit.stage !== 'install') unit.stage = 'config-changed';
    unit.deployed = false;
    unit.drained = false;
    unit.ended = [];
    unit.health = { ok: true, message: '' };
  });
};
