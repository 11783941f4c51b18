import { Runner } from '../hooks/index.ts';
import { machineBootId, renewBootId } from '../identity/index.ts';
import { Journal } from '../journal/index.ts';
import type { AgentPaths } from '../layout/index.ts';
import type { Log } from '../log/index.ts';
import { ProgramCache } from '../programs/index.ts';
import { adoptUnits, Permits, stopForPowerOff, UnitHost } from '../units/index.ts';
import { Work } from '../work/index.ts';

const offline = (): Promise<never> => Promise.reject(new Error('the machine powers off: nothing is fetched'));

/**
 * An announced power-off, without an agent: every unit is stopped in order by its hooks and signals, and the journal is told
 * that the next start is another boot. Units that are to run stay so. The root is locked by the caller.
 */
export const powerOff = async (
  paths: AgentPaths,
  machineUid: string,
  log: Log,
): Promise<{ readonly stopped: number }> => {
  const journal = new Journal(paths.journal);
  const never = new AbortController().signal;
  const runner = new Runner(paths, journal, never);
  const programs = new ProgramCache(paths, { fetch: offline }, () => null, never);
  // Nothing is started here: nobody is asked.
  const contact = () => ({ silenceMs: 0, leaseMs: 1 });
  const permits = new Permits(journal, contact);
  const host = new UnitHost(
    {
      paths,
      journal,
      log,
      changed: () => undefined,
      drifted: () => undefined,
      silence: contact,
      restartByHooks: () => undefined,
    },
    { paths, journal, runner, programs, permits, log, stop: never },
  );
  const bootId = machineBootId(paths);
  const settled = (): void => undefined;
  const work = new Work({ machineUid, bootId, journal, host, runner, init: { paths, runner }, log, settled });
  await adoptUnits(host, { booted: journal.meta('boot-id') !== bootId });
  const stopped = host.units().filter((unit) => unit.isRunning()).length;
  await stopForPowerOff(host, work, log);
  journal.setMeta('powered-off', 'yes');
  renewBootId(paths);
  host.close();
  journal.close();
  return { stopped };
};
