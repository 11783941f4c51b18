/** Generated stubs and messages (ts-proto), for shells only: domains and kernel may not import this. */
export * as common from '../gen/yiqiu/common/v1/common.ts';
export * as log from '../gen/yiqiu/log/v1/log.ts';
export * as machine from '../gen/yiqiu/machine/v1/machine.ts';
export * as resource from '../gen/yiqiu/resource/v1/resource.ts';
export * as service from '../gen/yiqiu/service/v1/service.ts';

/** gRPC package names, as Nest's transport wants them. */
export const grpcPackages = {
  log: 'yiqiu.log.v1',
  machine: 'yiqiu.machine.v1',
  resource: 'yiqiu.resource.v1',
  service: 'yiqiu.service.v1',
} as const;
