import type {
  MachineContextEvent,
  PlacementRules,
  PortRequest,
  Resources,
  ServiceContextEvent,
} from '@yiqiu/contracts';
import { testUuid } from '@yiqiu/testing';
import type { CreatePackage } from './package/index.ts';
import type { PlacementRequest } from './placement/index.ts';

type MachineType = MachineContextEvent['type'];
type MachineData<T extends MachineType> = Extract<
  MachineContextEvent,
  { readonly type: T; readonly version: number }
>['data'];

export const machineUid = (n: number): string => testUuid(1_000 + n);
export const serviceUid = (n: number): string => testUuid(2_000 + n);
/** Unit of service `service` with an ordinal. */
export const unitUid = (service: number, ordinal: number): string => testUuid(10_000 + service * 100 + ordinal);
export const requestId = (service: number, ordinal: number, incarnation = 1): string =>
  testUuid(100_000 + service * 10_000 + ordinal * 100 + incarnation);

export const small: CreatePackage = {
  type: 'CreatePackage',
  data: { name: 'small', cpuMilli: 500, memoryMiB: 256, diskMiB: 1_024, ports: 4, pricePerHour: '0.01' },
};

const named = (n: number) => ({ uid: machineUid(n), name: `m${n}` });
const stream = (n: number) => `machine/${machineUid(n)}`;

export interface MachineChoice {
  readonly pool?: string;
  readonly rack?: string | null;
  readonly zone?: string | null;
  readonly labels?: { [label: string]: string };
}

export const machineAdded = (n: number, choice: MachineChoice = {}): MachineContextEvent => ({
  stream: stream(n),
  type: 'MachineAdded',
  version: 1,
  data: {
    ...named(n),
    address: `127.0.1.${n}`,
    pool: choice.pool ?? 'bj01',
    poolUid: testUuid(900),
    rack: choice.rack ?? null,
    zone: choice.zone ?? null,
    labels: choice.labels ?? {},
    initStrategy: 'default',
    joinTokenHash: '0'.repeat(64),
  },
});

export const inventory = (n: number, capacity: Resources, foreignPorts: number[] = []): MachineContextEvent => ({
  stream: stream(n),
  type: 'InventoryChanged',
  version: 1,
  data: { ...named(n), capacity, os: 'linux', kernel: '6.1', arch: 'x64', foreignPorts },
});

const inited: MachineData<'MachineInited'> = { ...named(0), strategy: 'default', revision: 1, hash: '0'.repeat(64) };

/** Events of a machine that say no more than its name and what is fixed here. */
export const machineEvent = {
  inited: (n: number): MachineContextEvent => of(n, 'MachineInited', { ...inited, ...named(n) }),
  onlined: (n: number): MachineContextEvent => of(n, 'MachineOnlined', { ...named(n), reason: null }),
  backedUp: (n: number): MachineContextEvent => of(n, 'MachineBackedUp', { ...named(n), reason: null }),
  fault: (n: number): MachineContextEvent =>
    of(n, 'MachineFaultDetected', { ...named(n), reasons: ['silent'], by: 'detector' }),
  migrated: (n: number): MachineContextEvent => of(n, 'MachineMigrated', named(n)),
  repaired: (n: number): MachineContextEvent => of(n, 'MachineRepaired', { ...named(n), reason: null }),
  suspected: (n: number): MachineContextEvent => of(n, 'MachineSuspected', { ...named(n), silentSince: 1 }),
  cleared: (n: number): MachineContextEvent => of(n, 'MachineCleared', named(n)),
  offlineRequested: (n: number, request: number): MachineContextEvent =>
    of(n, 'OfflineRequested', { ...named(n), requestId: testUuid(request), reason: null }),
  offlined: (n: number, request: number): MachineContextEvent =>
    of(n, 'MachineOfflined', { ...named(n), requestId: testUuid(request) }),
  left: (n: number): MachineContextEvent => of(n, 'MachineLeft', { ...named(n), reason: null }),
  discarded: (n: number): MachineContextEvent => of(n, 'MachineDiscarded', { ...named(n), reason: null }),
  fenced: (
    n: number,
    fence: number,
    choice: Partial<Pick<MachineData<'Fenced'>, 'how' | 'scope' | 'incarnations'>> = {},
  ): MachineContextEvent =>
    of(n, 'Fenced', {
      ...named(n),
      fenceId: testUuid(800 + fence),
      scope: 'machine',
      incarnations: [],
      how: 'local',
      by: 'local',
      reason: null,
      ...choice,
    }),
  labelled: (n: number, labels: { [label: string]: string }): MachineContextEvent =>
    of(n, 'MachineLabelled', { ...named(n), labels, rack: null, zone: null }),
};

const of = <T extends MachineType>(n: number, type: T, data: MachineData<T>) => ({
  stream: stream(n),
  type,
  version: 1,
  data,
});

export interface RequestChoice {
  readonly incarnation?: number;
  readonly package?: string;
  readonly pools?: string[];
  readonly ports?: PortRequest[];
  readonly placement?: PlacementRules;
  /** Ordinals that are asked for together with this one. */
  readonly with?: readonly number[];
}

export const port = (name: string, usual: number | null, pin: number | null = null): PortRequest => ({
  name,
  default: usual,
  pin,
});

export const request = (service: number, ordinal: number, choice: RequestChoice = {}): PlacementRequest => ({
  requestId: requestId(service, ordinal, choice.incarnation ?? 1),
  unitUid: unitUid(service, ordinal),
  unit: `cache/s${service}/${ordinal}`,
  serviceUid: serviceUid(service),
  service: `cache/s${service}`,
  ordinal,
  incarnation: choice.incarnation ?? 1,
  program: 'redis@7.0.15',
  package: choice.package ?? 'small',
  pools: choice.pools ?? ['bj01'],
  ports: choice.ports ?? [port('client', 6_379)],
  placement: choice.placement ?? { spread: ['machine'], labels: {} },
});

const batched = (service: number, ordinal: number, choice: RequestChoice) => {
  const { requestId: id, incarnation } = request(service, ordinal, choice);
  return { ...unit(service, ordinal), ordinal, incarnation, requestId: id };
};

const unit = (service: number, ordinal: number) => ({
  uid: unitUid(service, ordinal),
  unit: `cache/s${service}/${ordinal}`,
});
const unitStream = (service: number, ordinal: number): string => `unit/${unitUid(service, ordinal)}`;

export const unitRequested = (service: number, ordinal: number, choice: RequestChoice = {}): ServiceContextEvent => {
  const { unitUid: uid, batch: _batch, ...asked } = request(service, ordinal, choice);
  return {
    stream: unitStream(service, ordinal),
    type: 'UnitRequested',
    version: 1,
    data: {
      ...asked,
      ...{ uid, groupUid: testUuid(901) },
      ...(choice.with === undefined ? {} : { batch: choice.with.map((other) => batched(service, other, choice)) }),
    },
  };
};

export const unitReady = (
  service: number,
  ordinal: number,
  container: string,
  incarnation = 1,
): ServiceContextEvent => ({
  stream: unitStream(service, ordinal),
  type: 'UnitReady',
  version: 1,
  data: { ...unit(service, ordinal), serviceUid: serviceUid(service), incarnation, container },
});

export const unitRemoved = (
  service: number,
  ordinal: number,
  container: string | null,
  incarnation = 1,
): ServiceContextEvent => ({
  stream: unitStream(service, ordinal),
  type: 'UnitRemoved',
  version: 1,
  data: {
    ...unit(service, ordinal),
    serviceUid: serviceUid(service),
    incarnation,
    container,
    requestId: requestId(service, ordinal, incarnation),
  },
});

/** As version 2 says it: whether the agent confirmed. */
export const unitRemovedAs = (
  service: number,
  ordinal: number,
  container: string,
  confirmed: boolean,
  incarnation = 1,
): ServiceContextEvent => ({
  stream: unitStream(service, ordinal),
  type: 'UnitRemoved',
  version: 2,
  data: {
    ...unit(service, ordinal),
    serviceUid: serviceUid(service),
    incarnation,
    container,
    requestId: requestId(service, ordinal, incarnation),
    confirmed,
  },
});

export const unitCopyRemoved = (
  service: number,
  ordinal: number,
  container: string,
  incarnation = 1,
): ServiceContextEvent => ({
  stream: unitStream(service, ordinal),
  type: 'UnitCopyRemoved',
  version: 1,
  data: { ...unit(service, ordinal), copy: testUuid(902), incarnation, container },
});

export const unitMigrated = (service: number, ordinal: number, from: string, to: string): ServiceContextEvent => {
  const place = { machineUid: machineUid(0), machine: 'm0', incarnation: 1 };
  return {
    stream: unitStream(service, ordinal),
    type: 'UnitMigrated',
    version: 1,
    data: {
      ...unit(service, ordinal),
      serviceUid: serviceUid(service),
      requestId: testUuid(903),
      from: { ...place, container: from, copy: testUuid(902) },
      to: {
        ...place,
        ...{ container: to, incarnation: 2, address: '127.0.1.1', rack: null, zone: null, labels: {} },
        ...{ resources: { cpuMilli: 1, memoryMiB: 1, diskMiB: 1 }, ports: {}, home: 'home' },
      },
    },
  };
};

export const evacuationCancelled = (
  service: number,
  ordinal: number,
  container: string,
  replacement: string | null,
  then: 'waits' | 'retry',
): ServiceContextEvent => ({
  stream: unitStream(service, ordinal),
  type: 'EvacuationCancelled',
  version: 1,
  data: { ...unit(service, ordinal), incarnation: 1, container, replacement, then, message: 'no successor' },
});

export const containerDeclined = (
  service: number,
  ordinal: number,
  container: string,
  incarnation = 1,
): ServiceContextEvent => ({
  stream: unitStream(service, ordinal),
  type: 'ContainerDeclined',
  version: 1,
  data: {
    container,
    requestId: requestId(service, ordinal, incarnation),
    unit: `cache/s${service}/${ordinal}`,
    message: 'not wanted',
  },
});
