import type { StepReason, UnitContext } from '@yiqiu/contracts';

export interface HookCall {
  reason: StepReason;
  /** Config keys, the endpoint, or ordinals that changed. */
  changed?: readonly string[];
  /** The endpoint; in relation hooks. */
  relation?: string;
  /** The other unit, e.g. `cache/redis/2`; in member hooks. */
  member?: string;
  /** Hook `init`: this unit, and no other ever, makes the service's first data. */
  seed?: boolean;
  /** Hook `init`: a healthy member to fill from. */
  donor?: string;
  /** The file that holds the context as JSON; hooks get it, the process does not. */
  contextFile?: string;
}

/** `max-memory` → `MAX_MEMORY`: upper case, every other character `_`. */
export function variableName(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
}

function valueOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * The variables that hooks and the process get: those of the page "Program packages" and no others (PATH and the
 * package's own `process.env` are the agent's to add). What does not exist (no port, no leader, a config key that is
 * null) is an empty string, so that `set -u` holds; config values that are lists or objects are JSON.
 */
export function hookEnvironment(context: UnitContext, call: HookCall): Record<string, string> {
  const { program, unit, service, config } = context;
  const given: [string, string | undefined][] = [
    ['YIQIU_RELATION', call.relation],
    ['YIQIU_MEMBER', call.member],
    ['YIQIU_SEED', call.seed === true ? '1' : undefined],
    ['YIQIU_DONOR', call.donor],
    ['YIQIU_CONTEXT', call.contextFile],
  ];
  return Object.fromEntries([
    ['YIQIU_PROGRAM_HOME', program.home],
    ['YIQIU_UNIT_HOME', unit.home],
    ['YIQIU_UNIT', unit.name],
    ['YIQIU_UNIT_ORDINAL', String(unit.ordinal)],
    ['YIQIU_INCARNATION', String(unit.incarnation)],
    ['YIQIU_IP', unit.ip],
    ['YIQIU_PORT', valueOf(unit.port)],
    ...Object.entries(unit.ports).map(([name, port]) => [`YIQIU_PORT_${variableName(name)}`, String(port)]),
    ['YIQIU_LEADER', String(unit.leader)],
    ['YIQIU_LEADER_IP', service.leader?.ip ?? ''],
    ['YIQIU_LEADER_PORT', valueOf(service.leader?.port)],
    ['YIQIU_REASON', call.reason],
    ['YIQIU_CHANGED', (call.changed ?? []).join(',')],
    ...Object.entries(config).map(([key, value]) => [`YIQIU_CONFIG_${variableName(key)}`, valueOf(value)]),
    ...given.filter(([, value]) => value !== undefined),
  ]);
}
