import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Runtime } from '@yiqiu/context-runtime';
import type { common, resource } from '@yiqiu/contracts/grpc';
import { RefusedError } from '@yiqiu/kernel';
import { checkFilters, page, readOptionsOf, RUNTIME, sortable } from '@yiqiu/platform-kit';
import {
  allocatedByMachine,
  containerById,
  containersWhere,
  containerUnknown,
  containerView,
  idOf,
  resourceServiceView,
  servicesWhere,
} from '@yiqiu/resource-domain';
import type { ResourceCommand, ResourceContextState } from '@yiqiu/resource-domain';
import { containerMessage } from './messages.ts';

const containerFilters = ['state', 'machine', 'pool', 'group', 'service', 'package'];
const serviceFilters = ['group', 'pool', 'package'];

/** Resource services, containers, and what they take of the machines. */
@Controller()
export class ContainerController {
  readonly #runtime: Runtime<ResourceContextState, ResourceCommand>;

  constructor(@Inject(RUNTIME) runtime: Runtime<ResourceContextState, ResourceCommand>) {
    this.#runtime = runtime;
  }

  @GrpcMethod('ResourceService', 'listResourceServices')
  listServices(request: common.ListRequest): Promise<resource.ResourceServicePage> {
    checkFilters(request.filters, serviceFilters);
    return this.#runtime.read((state) => {
      const keyOf = ({ service, serviceUid }: { service: string; serviceUid: string }): string =>
        `${service} ${serviceUid}`;
      const { items, next } = page(servicesWhere(state, request.filters), request, keyOf);
      return { items: items.map(resourceServiceView), next };
    }, readOptionsOf(request));
  }

  /** By service, ordinal, incarnation; what waits for a place among them. */
  @GrpcMethod('ResourceService', 'listContainers')
  listContainers(request: common.ListRequest): Promise<resource.ContainerPage> {
    checkFilters(request.filters, containerFilters);
    return this.#runtime.read((state) => {
      const { items, next } = page(containersWhere(state, request.filters), request, (row) =>
        [row.service, sortable(row.ordinal), sortable(row.incarnation), idOf(row)].join(' '),
      );
      return { items: items.map((row) => containerMessage(containerView(row))), next };
    }, readOptionsOf(request));
  }

  @GrpcMethod('ResourceService', 'getContainer')
  getContainer({ name, minPosition }: common.GetRequest): Promise<resource.Container> {
    return this.#runtime.read((state) => {
      const found = containerById(state, name);
      if (found === undefined) throw new RefusedError(containerUnknown(name));
      return containerMessage(containerView(found));
    }, readOptionsOf({ minPosition }));
  }

  @GrpcMethod('ResourceService', 'getAllocated')
  getAllocated(): Promise<resource.GetAllocatedResponse> {
    return this.#runtime.read((state) => ({ machines: Object.fromEntries(allocatedByMachine(state)) }));
  }
}
