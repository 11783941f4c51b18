import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { ProcessRig } from '../testing/agent-process.fixture.ts';
import { serverPackage } from '../testing/package.fixture.ts';

/** MiB, of an idle agent. */
const residentMiBMax = 90;
/** Long enough for heartbeats, probes, reports and a collection or two, ms. */
const idleMs = 15_000;

const residentMiB = (pid: number): number => {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (found === null) throw new Error(`no resident set of ${pid}`);
  return Number(found[1]) / 1_024;
};

const withUnits = async (rig: ProcessRig, units: number): Promise<void> => {
  const eligible = "leader: { eligible: { exec: ['/bin/true'], interval: 2s } }\n";
  const program = await rig.publish(serverPackage({}, eligible));
  for (let n = 0; n < units; n += 1) {
    const unitUid = `01890000-0000-7000-8000-0000000001${String(n).padStart(2, '0')}`;
    await rig.deploy(program, { unitUid, unit: `cache/echo/${n}`, port: 7_000 + n });
  }
};

describe('the resident set of an idle agent', () => {
  const [without, five] = [new ProcessRig(), new ProcessRig()];

  /** Both agents idle through the same time. */
  beforeAll(async () => {
    for (const rig of [without, five]) {
      rig.platform.timing = { heartbeatMs: 1_000, leaseMs: 5_000, stateReportMs: 2_000 };
      await rig.open();
      await rig.start();
    }
    await withUnits(five, 5);
    await new Promise((resolve) => setTimeout(resolve, idleMs));
  }, 240_000);
  afterAll(() => Promise.all([without.close(), five.close()]), 60_000);

  it.each([
    [0, without],
    [5, five],
  ])(`with %s units is below ${residentMiBMax} MiB`, (units, rig) => {
    const mib = residentMiB(rig.pid);
    process.stderr.write(`agent with ${units} units: ${mib.toFixed(1)} MiB resident\n`);
    expect(mib).toBeLessThan(residentMiBMax);
  });
});
