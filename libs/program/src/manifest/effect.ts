import { isObject } from '../json.ts';
import type { ChangeCause, ChangeEffect, ConfigApply } from './names.ts';
import type { Manifest } from './types.ts';

const strength: Record<ChangeEffect, number> = { none: 0, reload: 1, restart: 2 };
const applies: Record<ConfigApply, ChangeEffect> = { live: 'none', reload: 'reload', restart: 'restart' };

function strongest(effects: readonly ChangeEffect[]): ChangeEffect {
  return effects.reduce<ChangeEffect>((left, right) => (strength[right] > strength[left] ? right : left), 'none');
}

/** The `x-apply` of one config key, null where the schema says nothing. */
export function applyOfKey(manifest: Pick<Manifest, 'config'>, key: string): ConfigApply | null {
  const schema = Object.hasOwn(manifest.config.properties, key) ? manifest.config.properties[key] : undefined;
  const apply = isObject(schema) ? schema['x-apply'] : undefined;
  return apply === 'live' || apply === 'reload' || apply === 'restart' ? apply : null;
}

/**
 * How a change of these config keys is applied by the schema's word alone: the strongest `x-apply` among them
 * (restart over reload over live), null where none of them has one.
 */
export function applyOf(manifest: Pick<Manifest, 'config'>, changedKeys: readonly string[]): ConfigApply | null {
  const order: readonly ConfigApply[] = ['restart', 'reload', 'live'];
  const found = changedKeys.map((key) => applyOfKey(manifest, key));
  return order.find((apply) => found.includes(apply)) ?? null;
}

export interface Change {
  cause: ChangeCause;
  /** `to` of the templates whose rendered content differs. */
  changedFiles: readonly string[];
  /** Config keys that changed; read for cause `config` only. */
  changedKeys?: readonly string[];
}

/**
 * What a change asks of the running process. The strongest `onChange` of the differing files, by cause; for cause
 * config a changed key's `x-apply` overrides it, whether or not a file differs (the key may stand in the command line),
 * and the files speak for those changed keys that have none.
 */
export function effectOfChange(manifest: Pick<Manifest, 'config' | 'templates'>, change: Change): ChangeEffect {
  const changed = new Set(change.changedFiles);
  const byFiles = strongest(
    manifest.templates.filter(({ to }) => changed.has(to)).map(({ onChange }) => onChange[change.cause]),
  );
  const keys = change.cause === 'config' ? (change.changedKeys ?? []) : [];
  const byKeys = keys.map((key) => applyOfKey(manifest, key)).filter((apply) => apply !== null);
  const filesSpeak = keys.length === 0 || byKeys.length < keys.length;
  return strongest([...byKeys.map((apply) => applies[apply]), ...(filesSpeak ? [byFiles] : [])]);
}
