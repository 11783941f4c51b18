/** Executables under `hooks/`; one exists by being there. `reload` is run by the process's reload only. */
export const hookNames = [
  'install',
  'init',
  'config-changed',
  'start',
  'relation-changed',
  'relation-departed',
  'members-changed',
  'member-add',
  'member-remove',
  'leader-changed',
  'can-stop',
  'stop',
  'remove',
  'upgrade',
  'reload',
] as const;
export type HookName = (typeof hookNames)[number];

export function isHookName(name: string): name is HookName {
  return hookNames.some((known) => known === name);
}

/** What a process may be sent. */
export const signalNames = [
  'SIGTERM',
  'SIGINT',
  'SIGQUIT',
  'SIGHUP',
  'SIGUSR1',
  'SIGUSR2',
  'SIGWINCH',
  'SIGKILL',
] as const;
export type SignalName = (typeof signalNames)[number];

/** Resource limits of the process, by the names of prlimit(1). Sizes in bytes, `cpu` in seconds, the others are counts. */
export const limitNames = ['as', 'core', 'cpu', 'data', 'fsize', 'memlock', 'nofile', 'nproc', 'stack'] as const;
export type LimitName = (typeof limitNames)[number];

/** What the platform itself says of every related unit; a hook cannot publish keys of these names. */
export const reservedUnitKeys: readonly string[] = ['name', 'ordinal', 'incarnation', 'ip', 'port', 'ports', 'leader'];

/** What of a unit's home is not the package's to use as a data directory. */
export const reservedHomeNames: readonly string[] = ['program', 'conf', 'log', 'run', '.owner', '.relations'];

export const changeCauses = ['config', 'relation', 'members', 'leader'] as const;
export type ChangeCause = (typeof changeCauses)[number];

export const changeEffects = ['none', 'reload', 'restart'] as const;
export type ChangeEffect = (typeof changeEffects)[number];

export const configApplies = ['live', 'reload', 'restart'] as const;
export type ConfigApply = (typeof configApplies)[number];
