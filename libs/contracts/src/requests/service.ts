import { z } from 'zod';
import { unitName } from '../events/define.ts';

const reason = z.string().max(500).nullable().default(null);

/** Deployment verbs, by their names in URL and CLI. */
export const deploymentVerbs = ['pause', 'resume', 'cancel'] as const;
export type DeploymentVerb = (typeof deploymentVerbs)[number];

/** Which data to give up for good: never more than what was seen. */
export const purgeBody = z.strictObject({ reason }).meta({ id: 'PurgeData' });
/** Who gets it: a stopped unit on its machine; null: the unit that it came from. */
export const adoptBody = z.strictObject({ reason, unit: unitName.nullable().default(null) }).meta({ id: 'AdoptData' });
export const reseedBody = z.strictObject({ reason: z.string().min(1).max(500) }).meta({ id: 'Reseed' });
