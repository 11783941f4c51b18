import type { UnitContext } from '@yiqiu/contracts';
import { causeOf } from './cause.ts';
import { configChanged } from './config-changed.ts';
import type { StepWork } from './work.ts';

/** Files, then the hook once for each relation that has data, or of those that changed; then what files owe the process. */
export const relationChanged = async (work: StepWork): Promise<void> => {
  const { command } = work;
  const cause = causeOf(command);
  // Members and leaders have hooks of their own, whatever step brings the news.
  if (cause !== 'relation') return configChanged(work);
  work.render(cause);
  const { relations } = work.unit.context();
  const endpoints = Object.keys(relations).filter((endpoint) =>
    command.reason === 'relation' && command.changed.length > 0
      ? command.changed.includes(endpoint)
      : hasData(relations[endpoint]),
  );
  for (const endpoint of endpoints) {
    await work.hook('relation-changed', { relation: endpoint, changed: [endpoint] }, `relation-changed.${endpoint}`);
  }
  await work.settleEffect();
};

const hasData = (relation: UnitContext['relations'][string] | undefined): boolean =>
  relation !== undefined && (relation.ready || relation.units.length > 0 || Object.keys(relation.service).length > 0);
