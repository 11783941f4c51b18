import { describe, expect, it } from '@jest/globals';
import type { UnitStep } from '@yiqiu/contracts';
import { commandFor } from '../testing/rig.fixture.ts';
import { admitStep } from './admit.ts';

const program = {
  wire: { name: 'echo', version: '1.0.0', digest: 'a'.repeat(64), sizeBytes: 1, signature: '', manifest: {} },
} as unknown as Parameters<typeof commandFor>[0];

describe('whether a step may work on its home', () => {
  const of = (step: UnitStep, incarnation: number) => commandFor(program, '127.0.0.1', step, { incarnation });
  const mine = { unitUid: of('start', 1).unitUid, unit: 'cache/echo/0', incarnation: 2 };
  const other = { ...mine, unitUid: '01890000-0000-7000-8000-00000000000f', unit: 'cache/echo/7' };
  it.each([
    ['install', 1, null, 'go'],
    ['start', 1, null, 'refused'],
    ['member-add', 1, null, 'refused'],
    ['stop', 1, null, 'nothing'],
    ['remove', 1, null, 'nothing'],
    ['install', 9, other, 'refused'],
    ['remove', 9, other, 'nothing'],
    ['start', 2, mine, 'go'],
    ['remove', 2, mine, 'go'],
    ['install', 1, mine, 'refused'],
    ['start', 1, mine, 'refused'],
    ['stop', 1, mine, 'nothing'],
    ['remove', 1, mine, 'nothing'],
    ['install', 3, mine, 'go'],
    ['start', 3, mine, 'refused'],
    ['config-changed', 3, mine, 'refused'],
    ['stop', 3, mine, 'go'],
    ['remove', 3, mine, 'go'],
  ] as const)('%s of incarnation %s, home held by %j: %s', (step, incarnation, holder, is) => {
    expect(admitStep(of(step, incarnation), holder).is).toBe(is);
  });
});
