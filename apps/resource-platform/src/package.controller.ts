import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Runtime } from '@yiqiu/context-runtime';
import { createPackage } from '@yiqiu/contracts';
import type { common, resource } from '@yiqiu/contracts/grpc';
import { RefusedError } from '@yiqiu/kernel';
import { checkFilters, page, parseRequest, readOptionsOf, RUNTIME, submitMetaOf } from '@yiqiu/platform-kit';
import { changeAnswer, packageNamed, packageUnknown, packageView } from '@yiqiu/resource-domain';
import type { ResourceCommand, ResourceContextState } from '@yiqiu/resource-domain';

/** Packages (套餐). */
@Controller()
export class PackageController {
  readonly #runtime: Runtime<ResourceContextState, ResourceCommand>;

  constructor(@Inject(RUNTIME) runtime: Runtime<ResourceContextState, ResourceCommand>) {
    this.#runtime = runtime;
  }

  @GrpcMethod('ResourceService', 'createPackage')
  async create({ meta, ...wanted }: resource.CreatePackageRequest): Promise<resource.PackageChanged> {
    const data = parseRequest(createPackage, wanted);
    const submitted = await this.#runtime.submit({ type: 'CreatePackage', data }, submitMetaOf(meta));
    const { changed } = changeAnswer.parse(submitted.answer);
    const { position, replayed } = submitted;
    return { change: { position, changed: changed && !replayed }, package: await this.#get(data.name, position) };
  }

  @GrpcMethod('ResourceService', 'listPackages')
  list(request: common.ListRequest): Promise<resource.PackagePage> {
    checkFilters(request.filters, []);
    return this.#runtime.read(
      (state) => page([...state.packages.values()].map(packageView), request, ({ name }) => name),
      readOptionsOf(request),
    );
  }

  @GrpcMethod('ResourceService', 'getPackage')
  get({ name, minPosition }: common.GetRequest): Promise<resource.Package> {
    return this.#get(name, minPosition);
  }

  #get(name: string, minPosition: number | undefined): Promise<resource.Package> {
    return this.#runtime.read((state) => {
      const found = packageNamed(state, name);
      if (found === undefined) throw new RefusedError(packageUnknown(name));
      return packageView(found);
    }, readOptionsOf({ minPosition }));
  }
}
