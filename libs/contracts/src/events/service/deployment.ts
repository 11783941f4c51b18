import { z } from 'zod';
import { count, serviceName, text, uid } from '../define.ts';

export const deploymentKinds = ['upgrade', 'config', 'rollback'] as const;
export const deploymentEnds = ['succeeded', 'failed', 'cancelled', 'rolled-back'] as const;

const change = <T extends z.ZodType>(of: T) => z.strictObject({ from: of, to: of });

export const deploymentEvents = {
  /** Stream `deployment/<uid>`. A service's roll-out: of a version, a configuration, or of the one before. */
  DeploymentStarted: {
    1: z.strictObject({
      uid,
      serviceUid: uid,
      service: serviceName,
      kind: z.enum(deploymentKinds),
      programUid: change(uid),
      configRevision: change(count),
      operation: uid.nullable(),
    }),
  },
  /** No further unit is touched. `held`: by the engine itself, since a unit failed; else by a person. */
  DeploymentPaused: { 1: z.strictObject({ uid, serviceUid: uid, held: z.boolean(), message: text }) },
  DeploymentResumed: { 1: z.strictObject({ uid, serviceUid: uid }) },
  /** The units that were touched go back to what they had. */
  DeploymentRollingBack: { 1: z.strictObject({ uid, serviceUid: uid, message: text }) },
  DeploymentFinished: {
    1: z.strictObject({ uid, serviceUid: uid, state: z.enum(deploymentEnds), message: text.nullable() }),
  },
} as const;
