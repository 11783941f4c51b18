export { serviceDomain } from './context.ts';
export type { ServiceCommand } from './command.ts';
export type { CommandRef, ServiceState } from './state.ts';
export { changeAnswer } from './answers.ts';
export type { ChangeAnswer } from './answers.ts';
export type { JsonMap, JsonValue } from './json-text.ts';
export { objectOf, sameJson } from './json-text.ts';

export { programUnknown } from './program/errors.ts';
export { resolveProgram } from './program/resolve.ts';
export { getProgram, listPrograms, programManifest } from './program/view.ts';

export { groupUnknown } from './group/errors.ts';
export { planGroup } from './group/plan.ts';
export { resolveGroup } from './group/resolve.ts';
export type { ApplyOptions, ResolvedGroup, WantedGroup, WantedService } from './group/resolve.ts';
export type { CheckedService } from './group/apply.ts';
export { getGroup, listGroups } from './group/view.ts';

export { serviceUnknown } from './service/errors.ts';
export { patched } from './service/set-config.ts';
export { configOf } from './service/state.ts';
export { getService, listConfigRevisions, listServices } from './service/view.ts';

export { unitUnknown } from './unit/errors.ts';
export type { UnitState } from './unit/state.ts';
export { possibleVerbs, unitVerbNames } from './unit/lifecycle.ts';
export type { UnitVerbName } from './unit/lifecycle.ts';
export { logPlaceOf } from './unit/log-place.ts';
export type { LogPlace } from './unit/log-place.ts';
export { getUnit, listUnits } from './unit/view.ts';
export type { Observe, Observed } from './unit/view.ts';

export { payloadOf } from './agent/payload.ts';
export { touchedMachine } from './agent/touched.ts';
export type { ReportedUnit } from './deploy/record-state-report.ts';

export { dataAnswer } from './data/change.ts';
export { dataMachines, listData } from './data/view.ts';
export { operationUnknown } from './operation/errors.ts';
export { getOperation, listOperations } from './operation/view.ts';
export type { ListOptions, Page } from './paging.ts';
export { groupNamed, liveUnitsOf as membersOf, manifestOf, serviceNamed, unitNamed } from './state.ts';
export { deploymentUnknown, deploymentVerbsOf } from './rollout/verbs.ts';
export { getDeployment, listDeployments } from './rollout/view.ts';
export { getRelation, listRelations } from './relation/view.ts';
export { isLed } from './leader/elect.ts';
export type { Candidate } from './leader/elect.ts';
export { changesSomething } from './foresee.ts';
