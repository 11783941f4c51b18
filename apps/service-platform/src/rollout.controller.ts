import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Runtime } from '@yiqiu/context-runtime';
import { deploymentVerbs } from '@yiqiu/contracts';
import type { common, service } from '@yiqiu/contracts/grpc';
import { refusal, RefusedError } from '@yiqiu/kernel';
import { parseRequest, readOptionsOf, RUNTIME, submitMetaOf } from '@yiqiu/platform-kit';
import {
  configOf,
  deploymentUnknown,
  getDeployment,
  getRelation,
  getService,
  listDeployments,
  listRelations,
  objectOf,
  programManifest,
  resolveProgram,
  serviceNamed,
  serviceUnknown,
} from '@yiqiu/service-domain';
import type { ServiceCommand, ServiceState } from '@yiqiu/service-domain';
import { z } from 'zod';
import { ConfigCheck } from './check-config.ts';
import { invalidConfig } from './check-document.ts';
import { deploymentMessage, relationMessage, serviceMessage } from './messages.ts';
import { changeOf, listOptionsOf, pageMessage } from './requests.ts';

const verb = z.enum(deploymentVerbs);
type Checked = Extract<ServiceCommand, { type: 'UpgradeService' }>['data']['checked'];

/** What changes whole services: versions, restarts, leaders; the roll-outs that follow; relations. */
@Controller()
export class RolloutController {
  readonly #config = new ConfigCheck();

  constructor(@Inject(RUNTIME) private readonly runtime: Runtime<ServiceState, ServiceCommand>) {}

  @GrpcMethod('ServicePlatformService', 'upgradeService')
  async upgrade({ meta, name, program }: service.UpgradeServiceRequest): Promise<service.ServiceChanged> {
    const submitMeta = submitMetaOf(meta);
    const checked = await this.runtime.read((state) => this.#check(state, name, program));
    const command: ServiceCommand = { type: 'UpgradeService', data: { name, program, checked } };
    return this.#changed(name, await this.runtime.submit(command, { ...submitMeta, asked: { name, program } }));
  }

  @GrpcMethod('ServicePlatformService', 'restartService')
  async restart({ meta, name }: service.NamedServiceChange): Promise<service.ServiceChanged> {
    return this.#changed(
      name,
      await this.runtime.submit({ type: 'RestartService', data: { name } }, submitMetaOf(meta)),
    );
  }

  @GrpcMethod('ServicePlatformService', 'stepDownService')
  async stepDown({ meta, name }: service.NamedServiceChange): Promise<service.ServiceChanged> {
    const submitMeta = submitMetaOf(meta);
    const command: ServiceCommand = { type: 'StepDown', data: { name, message: submitMeta.reason ?? null } };
    return this.#changed(name, await this.runtime.submit(command, submitMeta));
  }

  @GrpcMethod('ServicePlatformService', 'reseedService')
  async reseed({ meta, name }: service.NamedServiceChange): Promise<service.ServiceChanged> {
    const submitMeta = submitMetaOf(meta);
    const command: ServiceCommand = { type: 'Reseed', data: { name, message: submitMeta.reason ?? null } };
    return this.#changed(name, await this.runtime.submit(command, submitMeta));
  }

  @GrpcMethod('ServicePlatformService', 'listRelations')
  relations(request: common.ListRequest): Promise<service.RelationPage> {
    const options = listOptionsOf(request, ['group', 'service']);
    return this.runtime.read(
      (state) => pageMessage(listRelations(state, options), relationMessage),
      readOptionsOf(request),
    );
  }

  @GrpcMethod('ServicePlatformService', 'getRelation')
  relation({ name, minPosition }: common.GetRequest): Promise<service.RelationSeen> {
    return this.runtime.read((state) => {
      const found = getRelation(state, name);
      if (found === null) {
        throw new RefusedError(
          refusal('not-found', 'relation-unknown', `there is no relation ${name}`, { next: 'yiqiu relation list' }),
        );
      }
      return relationMessage(found);
    }, readOptionsOf({ minPosition }));
  }

  @GrpcMethod('ServicePlatformService', 'listDeployments')
  deployments(request: common.ListRequest): Promise<service.DeploymentPage> {
    const options = listOptionsOf(request, ['group', 'service', 'state', 'kind']);
    return this.runtime.read(
      (state) => pageMessage(listDeployments(state, options), deploymentMessage),
      readOptionsOf(request),
    );
  }

  @GrpcMethod('ServicePlatformService', 'getDeployment')
  deployment({ name, minPosition }: common.GetRequest): Promise<service.Deployment> {
    return this.#deployment(name, minPosition);
  }

  @GrpcMethod('ServicePlatformService', 'changeDeployment')
  async changeDeployment(request: service.ChangeDeploymentRequest): Promise<service.DeploymentChanged> {
    const submitMeta = submitMetaOf(request.meta);
    const command: ServiceCommand = {
      type: 'ChangeDeployment',
      data: { uid: request.id, verb: parseRequest(verb, request.verb), message: submitMeta.reason ?? null },
    };
    const submitted = await this.runtime.submit(command, submitMeta);
    const deployment = await this.#deployment(request.id, submitted.position);
    return { change: changeOf(submitted).change, deployment };
  }

  /** The service's values have to suit the schema of the version that it is to have. */
  #check(state: ServiceState, name: string, reference: string): Checked {
    const found = serviceNamed(state, name);
    if (found === null) throw new RefusedError(serviceUnknown(name));
    const { revision, values } = configOf(found);
    const resolved = resolveProgram(state, reference, 'program', null);
    // What does not resolve is refused by the decision, in its words.
    if (!resolved.ok) return { programUid: found.spec.program.uid, revision };
    const { uid } = resolved.program;
    const result = this.#config.check(uid, programManifest(state, uid), objectOf(values), 'config.');
    if (!result.ok) throw new RefusedError(invalidConfig(result.problems));
    return { programUid: uid, revision };
  }

  async #changed(name: string, submitted: Parameters<typeof changeOf>[0]): Promise<service.ServiceChanged> {
    const found = await this.runtime.read(
      (state) => {
        const view = getService(state, name);
        if (view === null) throw new RefusedError(serviceUnknown(name));
        return serviceMessage(view);
      },
      { minPosition: submitted.position },
    );
    return { change: changeOf(submitted).change, service: found };
  }

  #deployment(uid: string, minPosition: number | undefined): Promise<service.Deployment> {
    return this.runtime.read((state) => {
      const found = getDeployment(state, uid);
      if (found === null) throw new RefusedError(deploymentUnknown(uid));
      return deploymentMessage(found);
    }, readOptionsOf({ minPosition }));
  }
}
