import type { BuildOptions } from '../parts/build.ts';
import { addMachine, machineReady } from '../seed/base.ts';
import type { Rest } from '../seed/rest.ts';
import type { Steps } from '../steps.ts';
import { hasJoined, keepToken } from './build.ts';
import type { LocalMachine } from './machine.ts';

const readyDeadlineMs = 120_000;

export interface StartMachines {
  readonly build: BuildOptions;
  readonly rest: Rest;
  readonly machines: readonly LocalMachine[];
  readonly steps: Steps;
  readonly stopping: () => boolean;
}

/** Adds the machines that are not known yet, powers all on, and waits until they are READY or where a person left them. */
export const startMachines = async ({ build, rest, machines, steps, stopping }: StartMachines): Promise<void> => {
  if (machines.length === 0) return;
  const names = `machines ${machines[0]?.name ?? ''}…${machines.at(-1)?.name ?? ''}`;
  const gone: string[] = [];
  const present: LocalMachine[] = [];
  await steps.run(
    machines.length === 1 ? 'machine m1' : names,
    async () => {
      for (const machine of machines) {
        if (stopping()) return;
        if (await enter(build, rest, machine)) present.push(machine);
        else gone.push(machine.name);
      }
      await Promise.all(present.map((machine) => machine.start()));
      if (stopping()) return;
      await Promise.all(present.map(({ name }) => machineReady(rest, name, readyDeadlineMs)));
    },
    () => 'READY',
  );
  for (const name of gone) {
    steps.say(`  ${name} has left the platform and stays off; remove ${build.paths.machineRoot(name)} to add it anew`);
  }
};

/** False for a machine that was here once and has left: its root holds the identity and the data of the one that left. */
const enter = async (build: BuildOptions, rest: Rest, { name, address, root }: LocalMachine): Promise<boolean> => {
  if (hasJoined(root)) return (await rest.find(`/machines/${name}`)) !== null;
  const token = await addMachine(rest, name, address);
  if (token !== null) keepToken(build, name, token);
  return true;
};

/** Units that a killed supervisor left behind are stopped in order, as by the power-off that it owed them. */
export const endLeftUnits = async (machines: readonly LocalMachine[], steps: Steps): Promise<void> => {
  const left = machines.filter((machine) => machine.hasProcesses());
  if (left.length === 0) return;
  await steps.run(
    'powering off machines that an earlier start left',
    () => Promise.all(left.map((machine) => machine.stop())),
    () => left.map(({ name }) => name).join(', '),
  );
};
