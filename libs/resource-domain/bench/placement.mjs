// How long placement takes, in CPU time of this process: node libs/resource-domain/bench/placement.mjs [MACHINES] [CONTAINERS], after `npx tsc -b`.
import { resourceDomain } from '../dist/index.js';

const [machines = 10_000, containers = 1_000] = process.argv.slice(2).map(Number);
const uid = (kind, n) => `01920000-0000-7000-8${kind}00-${String(n).padStart(12, '0')}`;

const state = resourceDomain.initial();
let position = 0;
let uuids = 0;
const fold = (events) => {
  for (const event of events) {
    position += 1;
    // Through JSON, as a log does it: strings are not shared then.
    resourceDomain.evolve(state, JSON.parse(JSON.stringify({ ...event, context: 'resource', position })));
  }
  return events;
};
const submit = (command) => {
  const ctx = { now: 1, uuid: () => uid(9, ++uuids), actor: 'bench', reason: null, commandId: 'bench' };
  const decision = resourceDomain.decide(state, command, ctx);
  if (!decision.ok) throw new Error(decision.error.message);
  return fold(decision.events);
};
const timed = (what, count, run) => {
  const from = process.cpuUsage();
  const events = run();
  const { user, system } = process.cpuUsage(from);
  const ms = (user + system) / 1_000;
  const allocated = events.filter(({ type }) => type === 'ContainerAllocated').length;
  console.log(
    `${what}: ${allocated} of ${count} placed in ${ms.toFixed(0)} ms, ${(ms / count).toFixed(3)} ms each (${machines} machines)`,
  );
  return events;
};

submit({
  type: 'CreatePackage',
  data: { name: 'small', cpuMilli: 500, memoryMiB: 256, diskMiB: 1_024, ports: 4, pricePerHour: '0.01' },
});
for (let n = 0; n < machines; n++) {
  const big = n % 3 === 0;
  submit({
    type: 'AddHost',
    data: {
      ...{ machineUid: uid(1, n), machine: `m${n}`, address: '10.0.0.1', pool: 'bj01', labels: { disk: 'ssd' } },
      ...{ rack: `r${Math.floor(n / 40)}`, zone: `z${n % 3}`, state: 'READY', suspect: false, foreignPorts: [22] },
      capacity: big
        ? { cpuMilli: 64_000, memoryMiB: 262_144, diskMiB: 2_097_152 }
        : { cpuMilli: 16_000, memoryMiB: 65_536, diskMiB: 524_288 },
    },
  });
}

const request = (service, ordinal, spread) => ({
  ...{ requestId: uid(2, service * 10_000 + ordinal), unitUid: uid(3, service * 10_000 + ordinal) },
  ...{ unit: `g/s${service}/${ordinal}`, serviceUid: uid(4, service), service: `g/s${service}`, ordinal },
  ...{ incarnation: 1, program: 'redis@7.0.15', package: 'small', pools: ['bj01'] },
  ...{ ports: [{ name: 'client', default: 6_379, pin: null }], placement: { spread, labels: { disk: 'ssd' } } },
});
const all = Array.from({ length: containers }, (_, n) => n);

timed('of many services, one by one', containers, () =>
  all.flatMap((n) =>
    submit({
      type: 'AllocateContainer',
      data: { requests: [request(n % 200, Math.floor(n / 200), ['zone', 'rack'])] },
    }),
  ),
);
timed('of one service, all or none', containers, () =>
  submit({ type: 'AllocateContainer', data: { requests: all.map((n) => request(1_000, n, ['machine'])) } }),
);

const victims = new Set([...state.containers.values()].slice(0, 200).map(({ machineUid }) => machineUid));
const lost = [...state.containers.values()].filter(({ machineUid }) => victims.has(machineUid)).length;
timed(`replaced, ${victims.size} machines lost`, lost, () =>
  [...victims].flatMap((machineUid) => {
    const observed = submit({ type: 'ObserveHost', data: { machineUid, changes: { state: 'ERROR_DETECTED' } } });
    return [...observed, ...submit({ type: 'EvacuateHost', data: { machineUid } })];
  }),
);
