import type { UnitContext } from '@yiqiu/contracts';
import { endpointNames } from '@yiqiu/program/manifest-types';
import { causeOf } from './cause.ts';
import { configChanged } from './config-changed.ts';
import { StepFailure } from './failure.ts';
import type { StepWork } from './work.ts';

/** Files, then the hook once for each relation that has data, or for those named; then what files owe the process. */
export const relationChanged = async (work: StepWork): Promise<void> => {
  const cause = causeOf(work.command);
  // Members and leaders have hooks of their own, whatever step brings the news.
  if (cause !== 'relation') return configChanged(work);
  work.render(cause);
  for (const endpoint of endpointsOf(work)) {
    await work.hook('relation-changed', { relation: endpoint, changed: [endpoint] }, `relation-changed.${endpoint}`);
  }
  await work.settleEffect();
};

/** A relation that is named has changed, also where nothing is left of it. */
const endpointsOf = ({ command, manifest, unit }: StepWork): string[] => {
  const named = new Set(command.relation === null ? command.changed : [command.relation, ...command.changed]);
  if (command.reason !== 'relation' || named.size === 0) {
    const { relations } = unit.context();
    return Object.keys(relations).filter((endpoint) => hasData(relations[endpoint]));
  }
  const declared = endpointNames(manifest);
  const unknown = [...named].find((endpoint) => !declared.includes(endpoint));
  if (unknown !== undefined) {
    throw new StepFailure(`"${unknown}" is no endpoint of this program, there are: ${declared.join(', ') || 'none'}`);
  }
  return [...named];
};

const hasData = (relation: UnitContext['relations'][string] | undefined): boolean =>
  relation !== undefined && (relation.ready || relation.units.length > 0 || Object.keys(relation.service).length > 0);
