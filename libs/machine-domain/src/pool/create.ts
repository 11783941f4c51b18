import type { FaultPolicy, MachineContextEvent } from '@yiqiu/contracts';
import { accept, canonicalJson, refuse } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { changed, unchanged } from '../answers.ts';
import { strategyUnknown } from '../init-strategy/errors.ts';
import type { MachineContextState } from '../state.ts';
import { poolExists } from './errors.ts';
import { poolNamed } from './state.ts';

/** `policy` is whole: the shell fills in the defaults of its timing profile. */
export type CreatePool = Command<
  'CreatePool',
  {
    readonly name: string;
    readonly region: string;
    readonly initStrategy: string;
    readonly autoOnline: boolean;
    readonly policy: FaultPolicy;
  }
>;

/** The same pool again changes nothing. Refuses: init-strategy-unknown, pool-exists. */
export const createPool = (
  state: MachineContextState,
  { data }: CreatePool,
  ctx: Ctx,
): Decision<MachineContextEvent> => {
  if (!state.strategies.has(data.initStrategy)) return refuse(strategyUnknown(data.initStrategy));
  const existing = poolNamed(state, data.name);
  if (existing !== undefined) {
    const compared = ['region', 'initStrategy', 'autoOnline', 'policy'] as const;
    const differs = compared.filter((field) => canonicalJson(existing[field]) !== canonicalJson(data[field]));
    return differs.length === 0 ? accept([], unchanged(existing.uid)) : refuse(poolExists(data.name, differs));
  }
  const uid = ctx.uuid();
  const { name, region, initStrategy, autoOnline, policy } = data;
  return accept(
    [
      {
        stream: `pool/${uid}`,
        type: 'PoolCreated',
        version: 1,
        data: { uid, name, region, initStrategy, autoOnline, policy },
      },
    ],
    changed(uid),
  );
};
