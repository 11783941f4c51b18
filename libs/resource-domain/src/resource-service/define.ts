import type { ResourceContextEvent } from '@yiqiu/contracts';
import { canonicalJson } from '@yiqiu/kernel';
import type { Package } from '../package/index.ts';
import type { PlacementRequest } from '../placement/state.ts';
import type { ResourceService } from './state.ts';

/** What a request says of its service. */
export const definitionOf = (request: PlacementRequest, { cpuMilli, memoryMiB, diskMiB }: Package): ResourceService => {
  const { serviceUid, service, program, package: name, pools, ports, placement } = request;
  const resources = { cpuMilli, memoryMiB, diskMiB };
  return { serviceUid, service, program, package: name, resources, pools, ports, placement };
};

/** The definition as an event, where it says something new; else none. */
export const definedAs = (
  definition: ResourceService,
  known: ResourceService | undefined,
): readonly ResourceContextEvent[] => {
  if (known !== undefined && canonicalJson(known) === canonicalJson(definition)) return [];
  const stream = `resource-service/${definition.serviceUid}`;
  return [{ stream, type: 'ResourceServiceDefined', version: 1, data: definition }];
};
