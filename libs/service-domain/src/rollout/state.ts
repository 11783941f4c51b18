import { deploymentKinds, deploymentStates } from '@yiqiu/contracts';
import { z } from 'zod';

/** A service's roll-out. */
export const deploymentRow = z.object({
  uid: z.string(),
  serviceUid: z.string(),
  service: z.string(),
  kind: z.enum(deploymentKinds),
  from: z.object({ programUid: z.string(), configRevision: z.int() }),
  to: z.object({ programUid: z.string(), configRevision: z.int() }),
  operation: z.string().nullable(),
  state: z.enum(deploymentStates),
  /** Paused by the engine itself, since a unit failed: goes on when that is mended. */
  held: z.boolean(),
  message: z.string().nullable(),
  /** A unit that was brought to it has turned unhealthy: counts as failed from here on, ms since the epoch. */
  gateBy: z.int().nullable(),
  startedAt: z.string(),
  /** Of its start in the log: their order. */
  position: z.int(),
  endedAt: z.string().nullable(),
});
export type DeploymentRow = z.infer<typeof deploymentRow>;

/** Roll-outs kept after their end; the log has them all. */
export const endedDeploymentsKept = 500;

/** So long a unit may be unhealthy after the roll-out reached it. */
export const gateMs = 60_000;
