import { join } from 'node:path';

export const checkout = join(import.meta.dirname, '..', '..', '..');
/** What the bench deploys, and the playbook that does the same. */
export const programDir = join(checkout, 'apps', 'bench', 'program');
export const playbookDir = join(checkout, 'apps', 'bench', 'playbook');
