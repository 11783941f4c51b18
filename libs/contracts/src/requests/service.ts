import { z } from 'zod';

const reason = z.string().max(500).nullable().default(null);

/** Deployment verbs, by their names in URL and CLI. */
export const deploymentVerbs = ['pause', 'resume', 'cancel'] as const;
export type DeploymentVerb = (typeof deploymentVerbs)[number];

/** Which data to give up for good: never more than what was seen. */
export const purgeBody = z.strictObject({ reason }).meta({ id: 'PurgeData' });
export const reseedBody = z.strictObject({ reason: z.string().min(1).max(500) }).meta({ id: 'Reseed' });
