import { describe, expect, test } from '@jest/globals';
import { port } from '../events.fixture.ts';
import { homeFor } from './home.ts';
import { assignPorts } from './ports.ts';

const taken =
  (...ports: number[]) =>
  (number: number): boolean =>
    ports.includes(number);

describe('ports', () => {
  test('the default where it is free, else the lowest free of 20000 to 29999', () => {
    expect(assignPorts([port('client', 6_379)], taken())).toEqual({ client: 6_379 });
    expect(assignPorts([port('client', 6_379)], taken(6_379, 20_000, 20_002))).toEqual({ client: 20_001 });
    expect(assignPorts([port('a', null), port('b', null)], taken(20_000))).toEqual({ a: 20_001, b: 20_002 });
  });

  test('a pinned port is used or nothing is', () => {
    expect(assignPorts([port('client', 6_379, 7_000)], taken(6_379))).toEqual({ client: 7_000 });
    expect(assignPorts([port('client', 6_379, 7_000)], taken(7_000))).toBeNull();
    expect(assignPorts([port('a', null, 7_000), port('b', null, 7_000)], taken())).toBeNull();
  });

  test('pins and defaults are not lost to a port that may be any', () => {
    expect(assignPorts([port('any', null), port('pinned', null, 20_000), port('usual', 20_001)], taken())).toEqual({
      any: 20_002,
      pinned: 20_000,
      usual: 20_001,
    });
    expect(assignPorts([port('usual', 7_000), port('pinned', null, 7_000)], taken())).toEqual({
      usual: 20_000,
      pinned: 7_000,
    });
  });

  test('the last dynamic port is given, none beyond it', () => {
    expect(assignPorts([port('a', null)], (number) => number < 29_999)).toEqual({ a: 29_999 });
    expect(assignPorts([port('a', null)], (number) => number <= 29_999)).toBeNull();
  });
});

describe('home', () => {
  const names =
    (...homes: string[]) =>
    (home: string): boolean =>
      homes.includes(home);

  test('is the service and its first port', () => {
    const ports = [port('client', 6_379), port('cluster', 16_379)];
    expect(homeFor('cache/redis', ports, { client: 20_000, cluster: 16_379 }, names())).toBe('redis_20000');
    expect(homeFor('cache/redis', ports, { client: 20_000, cluster: 16_379 }, names('redis_20000'))).toBeNull();
  });

  test('is the service and the lowest free number where there is no port', () => {
    expect(homeFor('cache/worker', [], {}, names())).toBe('worker_0');
    expect(homeFor('cache/worker', [], {}, names('worker_0', 'worker_2'))).toBe('worker_1');
  });
});
