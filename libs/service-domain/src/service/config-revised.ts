import type { EventOf } from '../events.ts';
import type { JsonMap } from '../json-text.ts';

export interface ConfigChange {
  readonly revision: number;
  readonly values: JsonMap;
  readonly config: JsonMap;
  readonly changed: readonly string[];
  readonly operation: string | null;
}

export const configRevised = (
  service: { readonly uid: string; readonly name: string },
  change: ConfigChange,
): EventOf<'ConfigRevised'> => ({
  stream: `service/${service.uid}`,
  type: 'ConfigRevised',
  version: 1,
  data: { uid: service.uid, name: service.name, ...change, changed: [...change.changed] },
});
