import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { besideOf, readIfThere, writeFileAtomically } from '../layout/index.ts';

/** Whose a unit home is. */
export const homeOwner = z.object({ unitUid: z.string(), unit: z.string(), incarnation: z.int() });
export type HomeOwner = z.infer<typeof homeOwner>;

const ownerFile = '.owner';

/** Null where there is no such home or it names no owner. */
export const readOwner = (home: string): HomeOwner | null => {
  const text = readIfThere(join(home, ownerFile));
  if (text === null) return null;
  const parsed = homeOwner.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : null;
};

/** Empty, or an agent was killed while it claimed it. */
const isOurs = (names: readonly string[]): boolean => names.every((name) => name === basename(besideOf(ownerFile)));

/** Makes the home, or takes it again. Throws where it is another unit's, or holds something that is nobody's. */
export const claimHome = (home: string, owner: HomeOwner): void => {
  const present = readOwner(home);
  if (present !== null && present.unitUid !== owner.unitUid) {
    throw new Error(
      `home ${home} is that of ${present.unit} (unit ${present.unitUid}, incarnation ${present.incarnation}), not of ${owner.unit}`,
    );
  }
  if (present === null && existsSync(home) && !isOurs(readdirSync(home))) {
    throw new Error(`home ${home} is there already, not empty, and no unit's; move it away first`);
  }
  mkdirSync(home, { recursive: true, mode: 0o755 });
  writeFileAtomically(join(home, ownerFile), `${JSON.stringify(owner)}\n`, { mode: 0o644 });
};
