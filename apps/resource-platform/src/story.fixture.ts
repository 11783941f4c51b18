import type { MachineContextEvent, ServiceContextEvent } from '@yiqiu/contracts';
import { testUuid } from '@yiqiu/testing';

type MachineType = MachineContextEvent['type'];
type MachineData<T extends MachineType> = Extract<MachineContextEvent, { readonly type: T }>['data'];

const namedMachine = (n: number) => ({ uid: testUuid(100 + n), name: `m${n}` });

const machine = <T extends MachineType>(n: number, type: T, data: MachineData<T>) => ({
  stream: `machine/${testUuid(100 + n)}`,
  type,
  version: 1,
  data,
});

const init = { strategy: 'default', revision: 1, hash: '0'.repeat(64) };

/** What the machine layer says of machine `m<n>`. */
export const machineSays = {
  ready: (n: number): readonly MachineContextEvent[] => [
    machine(n, 'MachineAdded', {
      ...namedMachine(n),
      ...{ address: `127.0.1.${n}`, pool: 'bj01', poolUid: testUuid(2), rack: null, zone: null, labels: {} },
      ...{ initStrategy: 'default', joinTokenHash: '0'.repeat(64) },
    }),
    machine(n, 'InventoryChanged', {
      ...namedMachine(n),
      ...{ capacity: { cpuMilli: 1_000, memoryMiB: 8_192, diskMiB: 51_200 }, os: 'linux', kernel: '6.1', arch: 'x64' },
      foreignPorts: [],
    }),
    machine(n, 'MachineInited', { ...namedMachine(n), ...init }),
    machine(n, 'MachineOnlined', { ...namedMachine(n), reason: null }),
  ],
  fault: (n: number): MachineContextEvent =>
    machine(n, 'MachineFaultDetected', { ...namedMachine(n), reasons: ['silent'], by: 'detector' }),
  fenced: (n: number): MachineContextEvent =>
    machine(n, 'Fenced', {
      ...namedMachine(n),
      ...{ fenceId: testUuid(200 + n), scope: 'machine', incarnations: [], how: 'local', by: 'local', reason: null },
    }),
  repaired: (n: number): readonly MachineContextEvent[] => [
    machine(n, 'MachineMigrated', namedMachine(n)),
    machine(n, 'MachineRepaired', { ...namedMachine(n), reason: null }),
    machine(n, 'MachineInited', { ...namedMachine(n), ...init }),
    machine(n, 'MachineOnlined', { ...namedMachine(n), reason: null }),
  ],
  labelled: (n: number, value: string): MachineContextEvent =>
    machine(n, 'MachineLabelled', { ...namedMachine(n), labels: { mark: value }, rack: null, zone: null }),
};

const serviceUid = testUuid(12);
export const unitUid = (ordinal: number): string => testUuid(300 + ordinal);
const unit = (ordinal: number) => ({ uid: unitUid(ordinal), unit: `cache/redis/${ordinal}` });
const asked = (ordinal: number) => ({ ...unit(ordinal), ordinal, incarnation: 1, requestId: testUuid(400 + ordinal) });
const stream = (ordinal: number): string => `unit/${unitUid(ordinal)}`;

/** A container as the resource layer's log has it. */
export interface Grant {
  readonly uid: string;
  readonly incarnation: number;
}
const place = { machineUid: testUuid(100), machine: 'm0', address: '127.0.1.1', rack: null, zone: null, labels: {} };

/** What the service layer says of unit `cache/redis/<ordinal>`. */
export const unitSays = {
  requested: (ordinal: number, together: readonly number[] = []): ServiceContextEvent => ({
    stream: stream(ordinal),
    type: 'UnitRequested',
    version: 1,
    data: {
      ...asked(ordinal),
      ...{ groupUid: testUuid(11), serviceUid, service: 'cache/redis', program: 'redis@7.0.15' },
      ...{ package: 'small', pools: ['bj01'], ports: [{ name: 'client', default: 6_379, pin: null }] },
      placement: { spread: ['machine'], labels: {} },
      ...(together.length === 0 ? {} : { batch: together.map(asked) }),
    },
  }),
  ready: (ordinal: number, { uid: container, incarnation }: Grant): ServiceContextEvent => ({
    stream: stream(ordinal),
    type: 'UnitReady',
    version: 1,
    data: { ...unit(ordinal), serviceUid, incarnation, container },
  }),
  migrated: (ordinal: number, from: Grant, to: Grant): ServiceContextEvent => ({
    stream: stream(ordinal),
    type: 'UnitMigrated',
    version: 1,
    data: {
      ...unit(ordinal),
      ...{ serviceUid, requestId: testUuid(903) },
      from: {
        ...{ container: from.uid, incarnation: from.incarnation, copy: testUuid(902) },
        ...{ machineUid: place.machineUid, machine: place.machine },
      },
      to: {
        ...place,
        ...{ container: to.uid, incarnation: to.incarnation, ports: { client: 6_379 }, home: 'redis_6379' },
        resources: { cpuMilli: 500, memoryMiB: 256, diskMiB: 1_024 },
      },
    },
  }),
  cancelled: (ordinal: number, old: Grant, replacement: Grant): ServiceContextEvent => ({
    stream: stream(ordinal),
    type: 'EvacuationCancelled',
    version: 1,
    data: {
      ...unit(ordinal),
      ...{ incarnation: old.incarnation, container: old.uid, replacement: replacement.uid, then: 'waits' },
      message: 'its data is there',
    },
  }),
  removed: (ordinal: number, { uid: container, incarnation }: Grant, confirmed: boolean): ServiceContextEvent => ({
    stream: stream(ordinal),
    type: 'UnitRemoved',
    version: 2,
    data: { ...unit(ordinal), serviceUid, incarnation, container, requestId: testUuid(400 + ordinal), confirmed },
  }),
  copyRemoved: (ordinal: number, { uid: container, incarnation }: Grant): ServiceContextEvent => ({
    stream: stream(ordinal),
    type: 'UnitCopyRemoved',
    version: 1,
    data: { ...unit(ordinal), copy: testUuid(902), incarnation, container },
  }),
};
