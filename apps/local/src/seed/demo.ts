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
 * this boot of the machines (`bootedAt`, ms): what the log says of the time before is not enough. One that a person stopped
 * is not waited for.
 */
export const applyDemo = async (rest: Rest, documentFile: string, group: string, bootedAt: number): Promise<void> => {
  if ((await rest.find(`/groups/${group}`)) === null) {
    await rest.putYaml(
      `/groups/${group}`,
      readFileSync(documentFile, 'utf8'),
      `seed:group:${group}:${crypto.randomUUID()}`,
    );
  }
  let waiting = '';
  try {
    await waitFor(
      async () => {
        const { items } = units.parse(await rest.get(`/units?group=${group}&limit=1000`));
        waiting = items
          .filter(
            ({ state, startedAt }) => state !== 'STOPPED' && !(state === 'RUNNING' && isSince(startedAt, bootedAt)),
          )
          .map((unit) => `${unit.name} ${unit.state} ${unit.message ?? ''}`)
          .join('\n  ');
        return items.length > 0 && waiting === '';
      },
      { deadlineMs: unitsDeadlineMs, what: `group ${group} to be RUNNING` },
    );
  } catch (error) {
    throw new Error(`group ${group} is not RUNNING:\n  ${waiting}`, { cause: error });
  }
};

const isSince = (time: string | null, sinceMs: number): boolean => time !== null && Date.parse(time) >= sinceMs;
