import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Runtime } from '@yiqiu/context-runtime';
import { configPatch } from '@yiqiu/contracts';
import type { common, service } from '@yiqiu/contracts/grpc';
import { refusal, RefusedError } from '@yiqiu/kernel';
import { checkFilters, parseRequest, readOptionsOf, RUNTIME, submitMetaOf } from '@yiqiu/platform-kit';
import {
  configOf,
  getService,
  listConfigRevisions,
  listServices,
  patched,
  programManifest,
  serviceNamed,
  serviceUnknown,
} from '@yiqiu/service-domain';
import type { JsonMap, ServiceCommand, ServiceState } from '@yiqiu/service-domain';
import { ConfigCheck } from './check-config.ts';
import { invalidConfig } from './check-document.ts';
import { revisionMessage, serviceMessage } from './messages.ts';
import { changeOf, listOptionsOf, pageMessage } from './requests.ts';

type Checked = Extract<ServiceCommand, { type: 'SetConfig' }>['data']['checked'];

/** Services: scaled, configured, listed. */
@Controller()
export class ServiceController {
  readonly #config = new ConfigCheck();

  constructor(@Inject(RUNTIME) private readonly runtime: Runtime<ServiceState, ServiceCommand>) {}

  @GrpcMethod('ServicePlatformService', 'listServices')
  list(request: common.ListRequest): Promise<service.ServicePage> {
    const options = listOptionsOf(request, ['group', 'state', 'program']);
    return this.runtime.read(
      (state) => pageMessage(listServices(state, options), serviceMessage),
      readOptionsOf(request),
    );
  }

  @GrpcMethod('ServicePlatformService', 'getService')
  get({ name, minPosition }: common.GetRequest): Promise<service.Service> {
    return this.#service(name, minPosition);
  }

  @GrpcMethod('ServicePlatformService', 'scaleService')
  async scale({ meta, name, units }: service.ScaleServiceRequest): Promise<service.ServiceChanged> {
    const submitted = await this.runtime.submit({ type: 'ScaleService', data: { name, units } }, submitMetaOf(meta));
    return { change: changeOf(submitted).change, service: await this.#service(name, submitted.position) };
  }

  @GrpcMethod('ServicePlatformService', 'setConfig')
  async setConfig({ meta, name, values }: service.SetConfigRequest): Promise<service.ServiceChanged> {
    const patch = parseRequest(configPatch, values ?? {});
    const submitMeta = submitMetaOf(meta);
    const checked = await this.runtime.read((state) => this.#check(state, name, patch));
    const command: ServiceCommand = { type: 'SetConfig', data: { name, patch, checked } };
    const submitted = await this.runtime.submit(command, { ...submitMeta, asked: { name, patch } });
    return { change: changeOf(submitted).change, service: await this.#service(name, submitted.position) };
  }

  @GrpcMethod('ServicePlatformService', 'listConfigRevisions')
  revisions(request: common.ListRequest): Promise<service.RevisionPage> {
    const { service: name = '', ...filters } = request.filters;
    checkFilters(filters, []);
    const options = listOptionsOf({ ...request, filters: {} }, []);
    return this.runtime.read((state) => {
      const found = listConfigRevisions(state, name, options);
      if (found === null) throw new RefusedError(serviceUnknown(name));
      return pageMessage(found, revisionMessage);
    }, readOptionsOf(request));
  }

  #check(state: ServiceState, name: string, patch: JsonMap): Checked {
    const found = serviceNamed(state, name);
    if (found === null) throw new RefusedError(serviceUnknown(name));
    if (Object.keys(patch).length === 0) {
      throw new RefusedError(
        refusal('invalid', 'config-empty', 'no config key is named', {
          errors: [{ field: 'config', value: null, allowed: 'at least one key' }],
        }),
      );
    }
    const programUid = found.spec.program.uid;
    const values = patched(found, patch);
    // A key that is put back to its default has to exist too.
    const named = { ...values, ...Object.fromEntries(Object.keys(patch).map((key) => [key, values[key] ?? null])) };
    const result = this.#config.check(programUid, programManifest(state, programUid), named, 'config.');
    if (!result.ok) throw new RefusedError(invalidConfig(result.problems));
    return { programUid, revision: configOf(found).revision, values, effective: result.effective };
  }

  #service(name: string, minPosition: number | undefined): Promise<service.Service> {
    return this.runtime.read((state) => {
      const found = getService(state, name);
      if (found === null) throw new RefusedError(serviceUnknown(name));
      return serviceMessage(found);
    }, readOptionsOf({ minPosition }));
  }
}
