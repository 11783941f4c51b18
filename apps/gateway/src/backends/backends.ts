import { GrpcPeer, type Address } from '@yiqiu/platform-kit';

/** The three contexts behind the gateway, over gRPC. */
export class Backends {
  readonly machine: GrpcPeer;
  readonly resource: GrpcPeer;
  readonly service: GrpcPeer;

  constructor(
    addresses: { readonly machine: Address; readonly resource: Address; readonly service: Address },
    secret: string,
  ) {
    this.machine = new GrpcPeer({ address: addresses.machine, secret });
    this.resource = new GrpcPeer({ address: addresses.resource, secret });
    this.service = new GrpcPeer({ address: addresses.service, secret });
  }

  close(): void {
    this.machine.close();
    this.resource.close();
    this.service.close();
  }
}
