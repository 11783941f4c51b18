import { parseServiceName, serviceView, type ServiceView } from '@yiqiu/contracts';
import { servicePath } from '../../ask/parse.ts';
import { planOf, printPlan } from './plan.ts';
import type { Session } from './session.ts';

export const serviceOf = async (session: Session, name: string): Promise<ServiceView> =>
  serviceView.parse(await session.rest.get(servicePath(name)));

/**
 * What changing one service would do, as the platform's own Plan: a document that names nothing but that change. It takes over
 * what persons changed, since a person asks.
 */
export const printServicePlan = async (
  session: Session,
  service: ServiceView,
  change: { readonly [key: string]: unknown },
): Promise<void> => {
  const { group, service: short } = parseServiceName(service.name) ?? { group: service.group, service: service.name };
  const { program, package: size, pools } = service;
  const document = {
    apiVersion: 'yiqiu/v1',
    kind: 'Group',
    name: group,
    services: { [short]: { program, package: size, pools, ...change } },
  };
  const query = { dryRun: 'true', take: 'true' };
  const { body } = await session.rest.change('PUT', `/groups/${encodeURIComponent(group)}`, document, { query });
  printPlan(session, planOf(body), body);
};
