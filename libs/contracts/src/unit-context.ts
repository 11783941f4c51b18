import { z } from 'zod';
import { labels, portMap, resources } from './events/define.ts';

const member = z.object({
  name: z.string(),
  ordinal: z.int().min(0),
  incarnation: z.int().min(1),
  ip: z.string(),
  port: z.int().nullable(),
  ports: portMap,
  leader: z.boolean(),
});

const relationUnit = member.catchall(z.json());

/** What hooks (as JSON in `$YIQIU_CONTEXT`) and templates (as names) see: docs/programs.md, "What hooks and templates see". */
export const unitContext = z.object({
  program: z.object({ name: z.string(), version: z.string(), home: z.string() }),
  unit: z.object({
    name: z.string(),
    ordinal: z.int().min(0),
    incarnation: z.int().min(1),
    ip: z.string(),
    port: z.int().nullable(),
    ports: portMap,
    home: z.string(),
    leader: z.boolean(),
  }),
  service: z.object({
    name: z.string(),
    leader: member.omit({ leader: true }).nullable(),
  }),
  members: z.array(member.extend({ ready: z.boolean(), self: z.boolean() })),
  group: z.object({ name: z.string() }),
  machine: z.object({
    name: z.string(),
    address: z.string(),
    labels,
    rack: z.string().nullable(),
    zone: z.string().nullable(),
  }),
  resources,
  config: z.record(z.string(), z.json()),
  relations: z.record(
    z.string(),
    z.object({ ready: z.boolean(), service: z.record(z.string(), z.json()), units: z.array(relationUnit) }),
  ),
});
/** `program.home` and `unit.home` are empty on the wire: only the agent knows its root, and fills them in. */
export type UnitContext = z.infer<typeof unitContext>;
