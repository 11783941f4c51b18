import type { StepReason } from '@yiqiu/contracts';
import type { UnitRow } from './state.ts';

/** What is so of every unit that begins somewhere from nothing: new, or moved. */
export const freshFacts = (cause: Extract<StepReason, 'deploy' | 'migrate'>) =>
  ({
    stage: 'install',
    cause,
    deployed: false,
    stopped: false,
    ended: [],
    step: null,
    deadline: null,
    lastCommand: null,
    endedAt: 0,
    failed: null,
    placement: null,
    health: { ok: true, message: '' },
    configRevision: 0,
    repair: { attempts: 0, at: 0 },
    gone: false,
    offer: null,
    fenced: false,
    waits: false,
    told: { members: '', leader: 0, relations: {} },
    update: null,
    drained: false,
    joined: false,
  }) satisfies Partial<UnitRow>;
