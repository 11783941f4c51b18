import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Runtime } from '@yiqiu/context-runtime';
import { dataChanges } from '@yiqiu/contracts';
import type { common, service } from '@yiqiu/contracts/grpc';
import { RefusedError } from '@yiqiu/kernel';
import { parseRequest, readOptionsOf, RUNTIME, submitMetaOf } from '@yiqiu/platform-kit';
import {
  dataAnswer,
  dataMachines,
  getOperation,
  getUnit,
  listData,
  listOperations,
  listUnits,
  operationUnknown,
  unitUnknown,
  unitVerbNames,
} from '@yiqiu/service-domain';
import type { ServiceCommand, ServiceState } from '@yiqiu/service-domain';
import { z } from 'zod';
import { operationMessage, unitMessage } from './messages.ts';
import type { ObservedUnits } from './observed.ts';
import { changeOf, listOptionsOf, pageMessage } from './requests.ts';
import { OBSERVED } from './tokens.ts';

const verb = z.enum(unitVerbNames);
const dataChange = z.enum(dataChanges);

/** Units with their verbs, the data that removals kept, operations. */
@Controller()
export class UnitController {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime<ServiceState, ServiceCommand>,
    @Inject(OBSERVED) private readonly observed: ObservedUnits,
  ) {}

  @GrpcMethod('ServicePlatformService', 'listUnits')
  list(request: common.ListRequest): Promise<service.UnitPage> {
    const options = listOptionsOf(request, ['group', 'service', 'state', 'machine']);
    return this.runtime.read(
      (state) => pageMessage(listUnits(state, options, this.observed.of), unitMessage),
      readOptionsOf(request),
    );
  }

  @GrpcMethod('ServicePlatformService', 'getUnit')
  get({ name, minPosition }: common.GetRequest): Promise<service.Unit> {
    return this.#unit(name, minPosition);
  }

  @GrpcMethod('ServicePlatformService', 'changeUnit')
  async change({ meta, name, verb: text }: service.ChangeUnitRequest): Promise<service.UnitChanged> {
    const command: ServiceCommand = { type: 'ChangeUnit', data: { name, verb: parseRequest(verb, text) } };
    const submitted = await this.runtime.submit(command, submitMetaOf(meta));
    return { change: changeOf(submitted).change, unit: await this.#unit(name, submitted.position) };
  }

  @GrpcMethod('ServicePlatformService', 'listData')
  data(request: common.ListRequest): Promise<service.DataPage> {
    const options = listOptionsOf(request, ['unit', 'machine', 'kind']);
    return this.runtime.read(
      (state) => pageMessage(listData(state, options), (view): service.Data => view),
      readOptionsOf(request),
    );
  }

  @GrpcMethod('ServicePlatformService', 'getDataMachines')
  dataMachines(): Promise<service.GetDataMachinesResponse> {
    return this.runtime.read((state) => ({ machines: dataMachines(state) }));
  }

  @GrpcMethod('ServicePlatformService', 'changeData')
  async changeData({ meta, id, change, unit }: service.ChangeDataRequest): Promise<service.DataChanged> {
    const command: ServiceCommand = {
      type: 'ChangeData',
      data: { uid: id, change: parseRequest(dataChange, change), unit: unit ?? null },
    };
    const submitted = await this.runtime.submit(command, submitMetaOf(meta));
    return { change: changeOf(submitted).change, data: dataAnswer.parse(submitted.answer).data };
  }

  @GrpcMethod('ServicePlatformService', 'listOperations')
  operations(request: common.ListRequest): Promise<service.OperationPage> {
    const options = listOptionsOf(request, ['state', 'kind', 'target']);
    return this.runtime.read(
      (state) => pageMessage(listOperations(state, options), operationMessage),
      readOptionsOf(request),
    );
  }

  @GrpcMethod('ServicePlatformService', 'getOperation')
  operation({ name, minPosition }: common.GetRequest): Promise<service.Operation> {
    return this.runtime.read((state) => {
      const found = getOperation(state, name);
      if (found === null) throw new RefusedError(operationUnknown(name));
      return operationMessage(found);
    }, readOptionsOf({ minPosition }));
  }

  #unit(name: string, minPosition: number | undefined): Promise<service.Unit> {
    return this.runtime.read((state) => {
      const found = getUnit(state, name, this.observed.of);
      if (found === null) throw new RefusedError(unitUnknown(name));
      return unitMessage(found);
    }, readOptionsOf({ minPosition }));
  }
}
