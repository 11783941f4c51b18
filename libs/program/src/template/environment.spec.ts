import { describe, expect, it } from '@jest/globals';
import { hookEnvironment, variableName } from './environment.ts';
import { sampleContext } from './sample.fixture.ts';

describe('the variables of hooks and the process', () => {
  it('are those of the page, no others', () => {
    expect(hookEnvironment(sampleContext(), { reason: 'config', changed: ['maxmemory', 'note'] })).toEqual({
      YIQIU_PROGRAM_HOME: '/srv/redis_6379/program',
      YIQIU_UNIT_HOME: '/srv/redis_6379',
      YIQIU_UNIT: 'cache/redis/0',
      YIQIU_UNIT_ORDINAL: '0',
      YIQIU_INCARNATION: '1',
      YIQIU_IP: '127.0.1.1',
      YIQIU_PORT: '6379',
      YIQIU_PORT_CLIENT: '6379',
      YIQIU_PORT_BUS_TLS: '16379',
      YIQIU_LEADER: 'true',
      YIQIU_LEADER_IP: '127.0.1.1',
      YIQIU_LEADER_PORT: '6379',
      YIQIU_REASON: 'config',
      YIQIU_CHANGED: 'maxmemory,note',
      YIQIU_CONFIG_MAXMEMORY: '64mb',
      YIQIU_CONFIG_DATABASES: '16',
      YIQIU_CONFIG_APPENDONLY: 'true',
      YIQIU_CONFIG_NOTE: '',
      YIQIU_CONFIG_TAGS: '["a","b"]',
      YIQIU_CONFIG_LIMITS: '{"soft":1,"hard":2}',
    });
  });

  it('say what the hook is about', () => {
    const call = {
      reason: 'deploy',
      relation: 'upstream',
      member: 'cache/redis/2',
      seed: true,
      donor: 'cache/redis/1',
    } as const;
    expect(
      hookEnvironment(sampleContext(), { ...call, contextFile: '/srv/redis_6379/run/context.json' }),
    ).toMatchObject({
      YIQIU_RELATION: 'upstream',
      YIQIU_MEMBER: 'cache/redis/2',
      YIQIU_SEED: '1',
      YIQIU_DONOR: 'cache/redis/1',
      YIQIU_CONTEXT: '/srv/redis_6379/run/context.json',
      YIQIU_CHANGED: '',
    });
  });

  it('are empty, not absent, where there is no leader and no port', () => {
    const { unit } = sampleContext();
    const context = sampleContext({
      unit: { ...unit, port: null, ports: {}, leader: false },
      service: { name: 'cache/redis', leader: null },
    });
    expect(hookEnvironment(context, { reason: 'boot' })).toMatchObject({
      YIQIU_PORT: '',
      YIQIU_LEADER: 'false',
      YIQIU_LEADER_IP: '',
      YIQIU_LEADER_PORT: '',
    });
  });

  it('have names that a shell takes', () => {
    expect(variableName('max-memory.soft')).toBe('MAX_MEMORY_SOFT');
    expect(variableName('maxMemory')).toBe('MAXMEMORY');
  });
});
