import { freePort, isPortFree } from '@yiqiu/processes';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const names = [
  'postgres',
  'nats',
  'machine-manager-grpc',
  'machine-manager-http',
  'resource-platform-grpc',
  'resource-platform-http',
  'service-platform-grpc',
  'service-platform-http',
] as const;
export type PortName = (typeof names)[number];
export type Ports = { readonly [name in PortName]: number };

const stored = z.partialRecord(z.enum(names), z.int());

/** The inner ports on 127.0.0.1: those of the last start where they are free, else new ones. */
export const choosePorts = async (file: string): Promise<Ports> => {
  const before = stored.parse(readJsonFile(file) ?? {});
  const taken = new Set<number>();
  const pick = async (name: PortName): Promise<number> => {
    const last = before[name];
    let port =
      last !== undefined && !taken.has(last) && (await isPortFree('127.0.0.1', last)) ? last : await freePort();
    while (taken.has(port)) port = await freePort();
    taken.add(port);
    return port;
  };
  const ports = {
    postgres: await pick('postgres'),
    nats: await pick('nats'),
    'machine-manager-grpc': await pick('machine-manager-grpc'),
    'machine-manager-http': await pick('machine-manager-http'),
    'resource-platform-grpc': await pick('resource-platform-grpc'),
    'resource-platform-http': await pick('resource-platform-http'),
    'service-platform-grpc': await pick('service-platform-grpc'),
    'service-platform-http': await pick('service-platform-http'),
  } satisfies Ports;
  writeJsonFile(file, ports);
  return ports;
};
