import type { UnitStep } from '@yiqiu/contracts';
import { holdsOnDeadline, removalStartMs, repairWindowMs, stepBudgetMs } from '../deploy/budget.ts';
import type { EnvelopeOf } from '../events.ts';
import { atMs } from '../events.ts';
import type { ServiceState } from '../state.ts';
import { manifestOf, must } from '../state.ts';
import { changeUnit, dropUnit, indexUnit } from './index-unit.ts';
import { unitStateOf } from './lifecycle.ts';
import type { Stage, UnitRow } from './state.ts';
import { stages } from './state.ts';

export const evolveUnitRequested = (state: ServiceState, { data, time }: EnvelopeOf<'UnitRequested'>): void => {
  const service = must(state.services.get(data.serviceUid), `service ${data.serviceUid}`);
  service.incarnations[data.ordinal] = data.incarnation;
  const facts: Omit<UnitRow, 'state' | 'since'> = {
    uid: data.uid,
    name: data.unit,
    groupUid: data.groupUid,
    serviceUid: data.serviceUid,
    ordinal: data.ordinal,
    incarnation: data.incarnation,
    requestId: data.requestId,
    programUid: service.spec.program.uid,
    goal: 'run',
    leaving: null,
    stage: 'install',
    cause: 'deploy',
    deployed: false,
    stopped: false,
    ended: [],
    step: null,
    deadline: null,
    lastCommand: null,
    endedAt: 0,
    failed: null,
    binding: null,
    placement: null,
    health: { ok: true, message: '' },
    configRevision: 0,
    repair: { attempts: 0, at: 0 },
    gone: false,
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
  changeUnit(state, event.data.uid, event, (row) => {
    const configRevision = state.services.get(row.serviceUid)?.revisions.at(-1)?.revision ?? 0;
    row.step = { step, generation, seq, reason, changed, startBy, configRevision };
    row.lastCommand = { step, generation, seq };
    row.failed = null;
    if (isDown(step)) beginDown(row, step);
    else beginUp(row, step, reason, atMs(event));
    if (row.goal === 'leave' || row.ghost) {
      row.deadline = startBy + stepBudgetMs(manifestOf(state, row.programUid), step);
    }
  });
};

const isDown = (step: UnitStep): step is 'stop' | 'remove' => step === 'stop' || step === 'remove';

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
  if (reason !== 'retry') unit.cause = reason;
  if (begins !== null && (unit.stage !== 'up' || step === 'install' || step === 'start')) unit.stage = begins;
  unit.ended = [];
  unit.stopped = false;
};

const stageOf = (step: UnitStep): Stage | null => stages.find((stage) => stage === step) ?? null;

const after = (stage: Stage): Stage => stages[stages.indexOf(stage) + 1] ?? 'up';

/** What a step that is done, or counts as done, makes of its unit. */
const passStep = (unit: UnitRow, step: UnitStep, configRevision: number): void => {
  if (isDown(step)) {
    unit.ended = [...unit.ended, step];
    return;
  }
  if (unit.stage === step) unit.stage = after(unit.stage);
  if (step === 'config-changed' || step === 'start' || step === 'restart') unit.configRevision = configRevision;
  if (step !== 'install') unit.health = { ok: true, message: '' };
};

/** Nothing is outstanding any more. */
export const endStep = (unit: UnitRow): void => {
  unit.step = null;
  unit.deadline = null;
};

export const evolveStepSucceeded = (state: ServiceState, event: EnvelopeOf<'StepSucceeded'>): void => {
  const { uid, step } = event.data;
  if (step === 'remove' && must(state.units.get(uid), `unit ${uid}`).ghost) return dropUnit(state, uid);
  changeUnit(state, uid, event, (unit) => {
    const configRevision = unit.step?.configRevision ?? unit.configRevision;
    endStep(unit);
    unit.endedAt = atMs(event);
    unit.failed = null;
    unit.gone = step === 'remove';
    passStep(unit, step, configRevision);
  });
};

export const evolveStepFailed = (state: ServiceState, event: EnvelopeOf<'StepFailed'>): void => {
  const { uid, step, exitCode, message, output } = event.data;
  changeUnit(state, uid, event, (unit) => {
    endStep(unit);
    unit.endedAt = atMs(event);
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
  changeUnit(state, event.data.uid, event, (unit) => {
    unit.deployed = true;
    unit.readyAt = event.time;
    unit.health = { ok: true, message: '' };
  });
};

export const evolveHealthChanged = (state: ServiceState, event: EnvelopeOf<'UnitHealthChanged'>): void => {
  changeUnit(state, event.data.uid, event, (unit) => {
    unit.health = { ok: event.data.healthy, message: event.data.message };
  });
};

export const evolveStopRequested = (state: ServiceState, event: EnvelopeOf<'UnitStopRequested'>): void => {
  changeUnit(state, event.data.uid, event, (unit) => {
    unit.goal = 'stop';
    unit.failed = null;
    unit.ended = [];
  });
};

export const evolveUnitStopped = (state: ServiceState, event: EnvelopeOf<'UnitStopped'>): void => {
  changeUnit(state, event.data.uid, event, (unit) => {
    unit.stopped = true;
    unit.deployed = false;
    if (unit.stage === 'relation-changed' || unit.stage === 'up') unit.stage = 'start';
  });
};

export const evolveStartRequested = (state: ServiceState, event: EnvelopeOf<'UnitStartRequested'>): void => {
  changeUnit(state, event.data.uid, event, (unit) => {
    unit.goal = 'run';
    unit.stopped = false;
    unit.cause = 'boot';
    unit.ended = [];
  });
};

export const evolveUnitLeaving = (state: ServiceState, event: EnvelopeOf<'UnitLeaving'>): void => {
  changeUnit(state, event.data.uid, event, (row) => {
    row.goal = 'leave';
    row.leaving = event.data.reason;
    row.failed = null;
    row.ended = row.stopped ? ['stop'] : [];
    if (row.step === null) return;
    const budgetMs = stepBudgetMs(manifestOf(state, row.programUid), row.step.step);
    row.deadline = atMs(event) + removalStartMs + budgetMs;
  });
};

/**
 * Gone, with its name and ordinal. Where its agent never said so, a ghost stays behind, to be cleaned up when the machine
 * comes back.
 */
export const evolveUnitRemoved = (state: ServiceState, event: EnvelopeOf<'UnitRemoved'>): void => {
  const unit = must(state.units.get(event.data.uid), `unit ${event.data.uid}`);
  const haunts = unit.binding !== null && unit.lastCommand !== null && !unit.gone;
  if (!haunts) return dropUnit(state, unit.uid);
  changeUnit(state, unit.uid, event, (row) => {
    row.ghost = true;
    row.failed = null;
    endStep(row);
  });
};
