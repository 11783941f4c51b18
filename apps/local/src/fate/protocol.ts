import { z } from 'zod';

/**
 * One line of JSON each way, over the socket in the data directory: it works with the gateway dead. `power` and `fence` are
 * what machine-manager's fence driver asks of machines: whether they are up, and that nothing of them runs.
 */
export const fateRequest = z.strictObject({
  verb: z.enum(['list', 'kill', 'start', 'pause', 'resume', 'power', 'fence']),
  names: z.array(z.string().min(1).max(200)).max(1_000),
});
export type FateRequest = z.infer<typeof fateRequest>;

export const fateKinds = ['machine', 'agent', 'unit', 'platform'] as const;
export const fateRow = z.object({
  name: z.string(),
  kind: z.enum(fateKinds),
  state: z.enum(['running', 'stopped', 'paused']),
  pids: z.array(z.int()),
});
export type FateRow = z.infer<typeof fateRow>;

export const fencedUnit = z.object({ unit: z.string(), incarnation: z.int().min(1) });
export type FencedUnit = z.infer<typeof fencedUnit>;

export const fateReply = z.union([
  z.object({
    ok: z.literal(true),
    rows: z.array(fateRow),
    /** Of `power`: those of the names that are machines here. */
    power: z.array(z.object({ name: z.string(), power: z.enum(['up', 'down']) })).optional(),
    /** Of `fence`: what was found and ended; now nothing of these machines runs but their agents. */
    fenced: z.array(fencedUnit).optional(),
  }),
  z.object({
    ok: z.literal(false),
    code: z.enum(['unknown-name', 'bad-request', 'failed']),
    message: z.string(),
    names: z.array(z.string()),
  }),
]);
export type FateReply = z.infer<typeof fateReply>;
