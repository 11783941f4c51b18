import { unitNameOf } from '@yiqiu/contracts';
import type { ServiceSpec } from '@yiqiu/contracts';
import type { Ctx } from '@yiqiu/kernel';
import type { EventOf } from '../events.ts';
import type { ManifestView } from '../program/manifest-view.ts';
import { programRefOf } from '../program/state.ts';
import type { ServiceState } from '../state.ts';

/** What asking for units needs to know of their service, which may be about to exist. */
export interface Requester {
  readonly uid: string;
  /** `cache/redis` */
  readonly name: string;
  readonly groupUid: string;
  readonly spec: ServiceSpec;
  readonly manifest: ManifestView;
  readonly incarnations: { readonly [ordinal: string]: number };
}

/**
 * Asks for new units of these ordinals: each with a uid and request of its own, and a higher incarnation than any before. The
 * first one names the others, so that they are placed all or none.
 */
export const requestUnits = (
  state: ServiceState,
  service: Requester,
  ordinals: readonly number[],
  ctx: Ctx,
): EventOf<'UnitRequested'>[] => {
  const { spec, manifest } = service;
  const [group = '', short = ''] = service.name.split('/');
  const ports = manifest.ports.map(({ name, default: byDefault }) => ({
    name,
    default: byDefault,
    pin: spec.ports[name] ?? null,
  }));
  const [first, ...others] = ordinals.map((ordinal): EventOf<'UnitRequested'> => {
    const uid = ctx.uuid();
    const unit = unitNameOf(group, short, ordinal);
    return {
      stream: `unit/${uid}`,
      type: 'UnitRequested',
      version: 1,
      data: {
        uid,
        unit,
        groupUid: service.groupUid,
        serviceUid: service.uid,
        service: service.name,
        ordinal,
        incarnation: incarnationOf(state, service, unit, ordinal),
        requestId: ctx.uuid(),
        program: programRefOf(spec.program),
        package: spec.package,
        pools: spec.pools,
        ports,
        placement: spec.placement,
      },
    };
  });
  if (first === undefined || others.length === 0) return first === undefined ? [] : [first];
  const batch = others.map(({ data: { uid, unit, ordinal, incarnation, requestId } }) => ({
    ...{ uid, unit, ordinal, incarnation, requestId },
  }));
  return [{ ...first, data: { ...first.data, batch } }, ...others];
};

/** Higher than any that this service gave to the ordinal, and than that of data which an earlier unit of this name left. */
const incarnationOf = (state: ServiceState, service: Requester, unit: string, ordinal: number): number => {
  const left = [...(state.index.dataOfUnit.get(unit) ?? [])].map((uid) => state.data.get(uid)?.incarnation ?? 0);
  return 1 + Math.max(service.incarnations[ordinal] ?? 0, ...left);
};
