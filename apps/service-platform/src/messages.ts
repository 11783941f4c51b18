import type {
  DeploymentView,
  GroupView,
  OperationView,
  PlanView,
  ProgramView,
  RelationView,
  RevisionView,
  ServiceView,
  UnitView,
} from '@yiqiu/contracts';
import type { service } from '@yiqiu/contracts/grpc';

/** Views as messages: what is null is absent. */
export const programMessage = (view: ProgramView): service.Program => view;
export const groupMessage = (view: GroupView): service.Group => view;
export const planMessage = (view: PlanView): service.Plan => view;
export const revisionMessage = (view: RevisionView): service.Revision => view;

export const serviceMessage = ({ leader, message, ...rest }: ServiceView): service.Service => ({
  ...rest,
  leader: leader ?? undefined,
  message: message ?? undefined,
});

export const unitMessage = ({
  container,
  machine,
  ip,
  role,
  step,
  message,
  startedAt,
  observedAt,
  ...rest
}: UnitView): service.Unit => ({
  ...rest,
  container: container ?? undefined,
  machine: machine ?? undefined,
  ip: ip ?? undefined,
  role: role ?? undefined,
  step: step ?? undefined,
  message: message ?? undefined,
  startedAt: startedAt ?? undefined,
  observedAt: observedAt ?? undefined,
});

export const operationMessage = ({ progress, error, endedAt, ...rest }: OperationView): service.Operation => ({
  ...rest,
  progress: { ...progress, message: progress.message ?? undefined },
  error: error ?? undefined,
  endedAt: endedAt ?? undefined,
});

export const deploymentMessage = ({ message, endedAt, ...rest }: DeploymentView): service.Deployment => ({
  ...rest,
  message: message ?? undefined,
  endedAt: endedAt ?? undefined,
});

export const relationMessage = ({ data, ...rest }: RelationView): service.RelationSeen => ({
  ...rest,
  data: { service: data.service, units: { ...data.units } },
});
