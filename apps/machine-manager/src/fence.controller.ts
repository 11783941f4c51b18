import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Runtime } from '@yiqiu/context-runtime';
import type { common, machine } from '@yiqiu/contracts/grpc';
import { fencesWhere, fenceView } from '@yiqiu/machine-domain';
import type { MachineCommand, MachineContextState } from '@yiqiu/machine-domain';
import { checkFilters, page, readOptionsOf, RUNTIME } from '@yiqiu/platform-kit';
import { fenceMessage } from './messages.ts';

/** Fences: proof that processes are gone. */
@Controller()
export class FenceController {
  constructor(@Inject(RUNTIME) private readonly runtime: Runtime<MachineContextState, MachineCommand>) {}

  @GrpcMethod('MachineService', 'listFences')
  list(request: common.ListRequest): Promise<machine.FencePage> {
    checkFilters(request.filters, ['machine']);
    return this.runtime.read((state) => {
      const found = fencesWhere(state, { machine: request.filters['machine'] });
      const { items, next } = page(found, request, ({ uid }) => uid);
      return { items: items.map((fence) => fenceMessage(fenceView(fence))), next };
    }, readOptionsOf(request));
  }
}
