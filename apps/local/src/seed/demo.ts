import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@yiqiu/processes';
import { pack } from '@yiqiu/program';
import { z } from 'zod';
import { RestError } from './rest.ts';
import type { Rest } from './rest.ts';

const program = z.object({ name: z.string(), version: z.string() });
const units = z.object({
  items: z.array(
    z.object({
      name: z.string(),
      state: z.string(),
      message: z.string().nullable(),
      startedAt: z.iso.datetime().nullable(),
    }),
  ),
});

const unitsDeadlineMs = 180_000;
const knownDeadlineMs = 60_000;

/**
 * Pushes every ready program that comes with the checkout. Pushing the same again changes nothing; one that has changed since
 * its version was pushed stays as it was: a version once pushed never changes.
 */
export const pushPrograms = async (rest: Rest, programsDir: string): Promise<string[]> => {
  const pushed: string[] = [];
  for (const name of readdirSync(programsDir).sort()) {
    const directory = join(programsDir, name);
    if (!existsSync(join(directory, 'yiqiu.yaml'))) continue;
    const archive = await pack(directory);
    if ('problems' in archive)
      throw new Error(`${directory}: ${archive.problems.map((problem) => problem.reason).join('; ')}`);
    try {
      const result = program.parse(
        await rest.postArchive('/programs', archive.archive, `seed:program:${archive.digest}`),
      );
      pushed.push(`${result.name}@${result.version}`);
    } catch (error) {
      if (!(error instanceof RestError && error.status === 409)) throw error;
      pushed.push(`${archive.manifest.name}@${archive.manifest.version} (kept as it was pushed before)`);
    }
  }
  return pushed;
};

/**
 * Applies the demo's group document, once: what a person did to the group since then stays. Waits until its units run as of
 * this boot of the machines (`bootedAt`, ms): what the log says of the time before is not enough. Gives what is to be said.
 * Throws where a new group does not come up; one that was there may be as badly off as it was left, and its platform starts.
 */
export const applyDemo = async (rest: Rest, documentFile: string, group: string, bootedAt: number): Promise<string> => {
  const wasThere = (await rest.find(`/groups/${group}`)) !== null;
  if (!wasThere) {
    await rest.putYaml(
      `/groups/${group}`,
      readFileSync(documentFile, 'utf8'),
      `seed:group:${group}:${crypto.randomUUID()}`,
    );
  }
  const left: readonly string[] = wasThere ? ['STOPPED', 'FAILED'] : ['STOPPED'];
  let unwell: string[] = [];
  try {
    await waitFor(
      async () => {
        const { items } = units.parse(await rest.get(`/units?group=${group}&limit=1000`));
        const waiting = items.filter(({ state, startedAt }) => state !== 'RUNNING' || !isSince(startedAt, bootedAt));
        unwell = waiting.map(({ name, state, message }) => `${name} ${state} ${message ?? ''}`.trimEnd());
        return items.length > 0 && waiting.every(({ state }) => left.includes(state));
      },
      { deadlineMs: wasThere ? knownDeadlineMs : unitsDeadlineMs, what: `group ${group} to be RUNNING` },
    );
  } catch (error) {
    if (!wasThere) throw new Error(`group ${group} is not RUNNING:\n  ${unwell.join('\n  ')}`, { cause: error });
  }
  return unwell.length === 0 ? 'RUNNING' : `as it was left: ${unwell.join('; ')}; yiqiu status ${group}`;
};

const isSince = (time: string | null, sinceMs: number): boolean => time !== null && Date.parse(time) >= sinceMs;
