import type { UnitContext } from '@yiqiu/contracts';
import { contextShape, configShape, type Shape } from './shape.ts';

const member = (ordinal: number, more: { leader: boolean; ready: boolean; self: boolean }) => ({
  name: `cache/redis/${ordinal}`,
  ordinal,
  incarnation: 1,
  ip: `127.0.1.${ordinal + 1}`,
  port: 6379,
  ports: { client: 6379, 'bus-tls': 16379 },
  ...more,
});

/** A unit of three, related to one upstream of two units, unrelated on its second endpoint. */
export function sampleContext(more: Partial<UnitContext> = {}): UnitContext {
  return {
    program: { name: 'redis', version: '7.0.15', home: '/srv/redis_6379/program' },
    unit: {
      name: 'cache/redis/0',
      ordinal: 0,
      incarnation: 1,
      ip: '127.0.1.1',
      port: 6379,
      ports: { client: 6379, 'bus-tls': 16379 },
      home: '/srv/redis_6379',
      leader: true,
    },
    service: {
      name: 'cache/redis',
      leader: {
        name: 'cache/redis/0',
        ordinal: 0,
        incarnation: 1,
        ip: '127.0.1.1',
        port: 6379,
        ports: { client: 6379, 'bus-tls': 16379 },
      },
    },
    members: [
      member(0, { leader: true, ready: true, self: true }),
      member(1, { leader: false, ready: true, self: false }),
      member(2, { leader: false, ready: false, self: false }),
    ],
    group: { name: 'cache' },
    machine: { name: 'm1', address: '127.0.1.1', labels: { disk: 'ssd' }, rack: 'r1', zone: null },
    resources: { cpuMilli: 500, memoryMiB: 256, diskMiB: 1024 },
    config: {
      maxmemory: '64mb',
      databases: 16,
      appendonly: true,
      note: null,
      tags: ['a', 'b'],
      limits: { soft: 1, hard: 2 },
    },
    relations: {
      upstream: {
        ready: true,
        service: { password: 'p&<>"' },
        units: [
          {
            name: 'app/web/0',
            ordinal: 0,
            incarnation: 2,
            ip: '127.0.1.4',
            port: 80,
            ports: { http: 80 },
            leader: false,
            weight: 10,
          },
          {
            name: 'app/web/1',
            ordinal: 1,
            incarnation: 1,
            ip: '127.0.1.5',
            port: 81,
            ports: { http: 81 },
            leader: false,
          },
        ],
      },
      replication: { ready: false, service: {}, units: [] },
    },
    ...more,
  };
}

export const sampleConfigSchema = {
  type: 'object',
  properties: {
    maxmemory: { type: 'string' },
    databases: { type: 'integer' },
    appendonly: { type: 'boolean' },
    note: { type: ['string', 'null'] },
    tags: { type: 'array', items: { type: 'string' } },
    limits: { type: 'object', properties: { soft: { type: 'integer' }, hard: { type: 'integer' } } },
  },
};

export const sampleShape: Shape = contextShape({
  ports: ['client', 'bus-tls'],
  endpoints: ['upstream', 'replication'],
  config: configShape(sampleConfigSchema),
});
