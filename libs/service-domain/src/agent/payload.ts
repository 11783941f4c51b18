import type { QueueItem } from '@yiqiu/agent-queue';
import type { AgentPayload } from '@yiqiu/contracts';
import { objectOf } from '../json-text.ts';
import type { CommandRef, ServiceState } from '../state.ts';
import { must } from '../state.ts';
import { contextOf } from '../unit/context-of.ts';
import { isBound } from '../unit/place.ts';
import { donorOf } from '../unit/donor.ts';

/** A queued command as it goes to the agent, rendered from what is known now; null where it is void. */
export const payloadOf = (state: ServiceState, machineUid: string, item: QueueItem<CommandRef>): AgentPayload | null =>
  'dataUid' in item.ref
    ? dataPayload(state, item.ref.dataUid, item.seq)
    : stepPayload(state, machineUid, item.ref.unitUid, item.seq);

const dataPayload = (state: ServiceState, dataUid: string, seq: number): AgentPayload | null => {
  const row = state.data.get(dataUid);
  if (row?.change?.seq !== seq) return null;
  const { unitUid, unit, incarnation, path, change } = row;
  return { kind: 'data-change', change: change.kind, dataUid, unitUid, unit, incarnation, path, target: change.target };
};

/** The archive is fetched by its digest. */
const stepPayload = (state: ServiceState, machineUid: string, unitUid: string, seq: number): AgentPayload | null => {
  const unit = state.units.get(unitUid);
  if (unit?.step?.seq !== seq || !isBound(unit) || unit.binding.machineUid !== machineUid) return null;
  const { name, version, digest, sizeBytes, signature, manifest } = must(
    state.programs.get(unit.programUid),
    `program ${unit.programUid}`,
  );
  return {
    kind: 'unit-step',
    unitUid: unit.agentUid,
    unit: unit.name,
    incarnation: unit.incarnation,
    step: unit.step.step,
    reason: unit.step.reason,
    changed: unit.step.changed,
    relation: unit.step.relation,
    member: unit.step.member,
    seed: seeds(state, unit),
    donor: donorOf(state, unit),
    home: unit.binding.home,
    address: unit.binding.address,
    ports: unit.binding.ports,
    program: { name, version, digest, sizeBytes, signature, manifest: objectOf(manifest) },
    context: contextOf(state, unit),
  };
};

/** The one unit of its service that begins from nothing, and only until it has come up once. */
const seeds = (
  state: ServiceState,
  { uid, serviceUid }: { readonly uid: string; readonly serviceUid: string },
): boolean => {
  const service = state.services.get(serviceUid);
  return service?.seed === uid && service.seedDue;
};
