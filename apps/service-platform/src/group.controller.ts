import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Runtime } from '@yiqiu/context-runtime';
import { groupDocument } from '@yiqiu/contracts';
import type { GroupDocument } from '@yiqiu/contracts';
import type { common, service } from '@yiqiu/contracts/grpc';
import { refusal, RefusedError } from '@yiqiu/kernel';
import { parseRequest, readOptionsOf, RUNTIME, submitMetaOf } from '@yiqiu/platform-kit';
import { getGroup, groupUnknown, listGroups, planGroup } from '@yiqiu/service-domain';
import type { ServiceCommand, ServiceState } from '@yiqiu/service-domain';
import { CheckedDocument } from './check-document.ts';
import { groupMessage, planMessage } from './messages.ts';
import { changeOf, listOptionsOf, pageMessage } from './requests.ts';

/** Groups: planned, applied, destroyed. */
@Controller()
export class GroupController {
  readonly #check = new CheckedDocument();

  constructor(@Inject(RUNTIME) private readonly runtime: Runtime<ServiceState, ServiceCommand>) {}

  /** Changes nothing. */
  @GrpcMethod('ServicePlatformService', 'planGroup')
  plan({ document, prune, take }: service.ApplyGroupRequest): Promise<service.Plan> {
    const wanted = parseDocument(document);
    return this.runtime.read((state) => {
      const { group } = this.#check.check(state, wanted, { prune, take });
      return planMessage(planGroup(state, group));
    });
  }

  @GrpcMethod('ServicePlatformService', 'applyGroup')
  async apply({ meta, document, prune, take, plan }: service.ApplyGroupRequest): Promise<service.GroupChanged> {
    const wanted = parseDocument(document);
    const submitMeta = submitMetaOf(meta);
    const { checked } = await this.runtime.read((state) => this.#check.check(state, wanted, { prune, take }));
    const asked = { prune, take, expectedRevision: meta?.expectedRevision ?? null, plan: plan ?? null };
    const command: ServiceCommand = { type: 'ApplyGroup', data: { document: wanted, ...asked, checked } };
    const submitted = await this.runtime.submit(command, { ...submitMeta, asked: { document: wanted, ...asked } });
    return { change: changeOf(submitted).change, group: await this.#group(wanted.name, submitted.position) };
  }

  @GrpcMethod('ServicePlatformService', 'destroyGroup')
  async destroy({ meta, name }: service.DestroyGroupRequest): Promise<common.Changed> {
    const command: ServiceCommand = {
      type: 'DestroyGroup',
      data: { name, expectedRevision: meta?.expectedRevision ?? null },
    };
    return changeOf(await this.runtime.submit(command, submitMetaOf(meta))).change;
  }

  @GrpcMethod('ServicePlatformService', 'listGroups')
  list(request: common.ListRequest): Promise<service.GroupPage> {
    const options = listOptionsOf(request, []);
    return this.runtime.read((state) => pageMessage(listGroups(state, options), groupMessage), readOptionsOf(request));
  }

  @GrpcMethod('ServicePlatformService', 'getGroup')
  get({ name, minPosition }: common.GetRequest): Promise<service.Group> {
    return this.#group(name, minPosition);
  }

  #group(name: string, minPosition: number | undefined): Promise<service.Group> {
    return this.runtime.read((state) => {
      const found = getGroup(state, name);
      if (found === null) throw new RefusedError(groupUnknown(name));
      return groupMessage(found);
    }, readOptionsOf({ minPosition }));
  }
}

const parseDocument = (document: service.ApplyGroupRequest['document']): GroupDocument => {
  if (document === undefined) {
    throw new RefusedError(refusal('malformed', 'document-missing', 'the request holds no group document'));
  }
  return parseRequest(groupDocument, document);
};
