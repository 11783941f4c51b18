import { unreachable } from '@yiqiu/kernel';
import type { EventEnvelope, IfRefused, Reaction, Reactor } from '@yiqiu/kernel';
import type { ResourceCommand } from '../commands.ts';
import type { ObserveHost } from '../host/index.ts';
import type { ResourceContextState } from '../state.ts';
import { asForeign } from './foreign.ts';

const types = [
  'MachineAdded',
  'MachineLabelled',
  'InventoryChanged',
  'MachineInited',
  'MachineOnlined',
  'MachineBackedUp',
  'MachineFaultDetected',
  'MachineMigrated',
  'MachineRepaired',
  'MachineOfflined',
  'MachineSuspected',
  'MachineCleared',
  'OfflineRequested',
  'MachineLeft',
  'MachineDiscarded',
  'Fenced',
] as const;

/**
 * Machines are known from their first event on, and only empty ones go: a refusal here is a defect. Only a fence may be late:
 * on a machine that has left there is nothing to free.
 */
const answer = (
  command: ResourceCommand,
  ifRefused: IfRefused<ResourceCommand> = 'halt',
): readonly Reaction<ResourceCommand>[] => [{ command, ifRefused }];

type Told = ObserveHost['data']['told'];

/** An event told again after a later one that changed the machine: taken, it would set the machine back. */
const isOld = (state: ResourceContextState, machineUid: string, { lineage, position }: Told): boolean => {
  const told = state.hosts.get(machineUid)?.told ?? null;
  return told !== null && told.lineage === lineage && position <= told.position;
};

const toldBy = ({ lineage, position }: EventEnvelope): Told => ({ lineage, position });

/** Keeps the list of machines as context `machine` tells it; the first phase of offline is answered, fences are noted. */
export const machineReactor: Reactor<ResourceContextState, ResourceCommand> = {
  types,
  react: (state, envelope) => {
    const event = asForeign(envelope, types);
    const { uid, name } = event.data;
    const told = toldBy(envelope);
    if (isOld(state, uid, told)) return [];
    const observe = (machineUid: string, changes: ObserveHost['data']['changes']) =>
      answer({ type: 'ObserveHost', data: { machineUid, changes, told } });
    switch (event.type) {
      case 'MachineAdded': {
        const { address, pool, rack, zone, labels } = event.data;
        const named = { machineUid: uid, machine: name, address, pool, rack, zone, labels };
        return answer({
          type: 'AddHost',
          data: { ...named, state: 'NEW', suspect: false, capacity: null, foreignPorts: [], told },
        });
      }
      case 'MachineLabelled': {
        const { labels, rack, zone } = event.data;
        return observe(uid, { labels, rack, zone });
      }
      case 'InventoryChanged': {
        const { capacity, foreignPorts } = event.data;
        return observe(uid, { capacity, foreignPorts });
      }
      case 'MachineInited':
      case 'MachineBackedUp':
        return observe(uid, { state: 'INITED' });
      case 'MachineOnlined':
        return observe(uid, { state: 'READY' });
      case 'MachineFaultDetected':
        return observe(uid, { state: 'ERROR_DETECTED' });
      case 'MachineMigrated':
        return observe(uid, { state: 'ERROR' });
      case 'MachineRepaired':
        return observe(uid, { state: 'NEW' });
      case 'MachineOfflined':
        return observe(uid, { state: 'OFFLINE' });
      case 'MachineSuspected':
        return observe(uid, { suspect: true });
      case 'MachineCleared':
        return observe(uid, { suspect: false });
      case 'OfflineRequested':
        return answer({ type: 'CloseHost', data: { machineUid: uid, requestId: event.data.requestId } });
      case 'MachineLeft':
      case 'MachineDiscarded':
        return answer({ type: 'ForgetHost', data: { machineUid: uid } });
      case 'Fenced': {
        const { fenceId, scope, incarnations, how } = event.data;
        return answer({ type: 'FenceHost', data: { machineUid: uid, fenceId, scope, incarnations, how } }, 'done');
      }
    }
    return unreachable(event, 'machine event');
  },
};
