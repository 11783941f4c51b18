import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { Transport } from '@nestjs/microservices';
import type { GrpcOptions } from '@nestjs/microservices';
import { addressText } from '../config/index.ts';
import type { Address } from '../config/index.ts';
import { channelOptions, messageBytesMax, metadataBytesMax } from './limits.ts';

/** Services by full name: `{ 'yiqiu.log.v1.EventLogService': log.EventLogServiceService }`. */
export type GrpcServices = { readonly [fullName: string]: ServiceDefinition };

export interface GrpcServer {
  readonly options: GrpcOptions;
  /** Ends what still runs; for when a graceful end took too long. */
  forceShutdown(): void;
}

/** `yiqiu.log.v1.EventLogService` → `yiqiu.log.v1` */
const packageOf = (fullName: string): string => fullName.slice(0, fullName.lastIndexOf('.'));

/**
 * Nest's options to serve generated services, without .proto files at run time. Handlers are named in lower camel:
 * `@GrpcMethod('ResourceService', 'createPackage')`.
 */
export const grpcServer = (bind: Address, services: GrpcServices): GrpcServer => {
  let server: Server | null = null;
  const options: GrpcOptions = {
    transport: Transport.GRPC,
    options: {
      url: addressText(bind),
      package: [...new Set(Object.keys(services).map(packageOf))],
      packageDefinition: services,
      credentials: ServerCredentials.createInsecure(),
      gracefulShutdown: true,
      maxSendMessageLength: messageBytesMax,
      maxReceiveMessageLength: messageBytesMax,
      maxMetadataSize: metadataBytesMax,
      channelOptions: { ...channelOptions },
      onLoadPackageDefinition: (_definition: unknown, loaded: unknown) => {
        if (loaded instanceof Server) server = loaded;
      },
    },
  };
  return { options, forceShutdown: () => server?.forceShutdown() };
};
