import { describe, expect, test } from '@jest/globals';
import {
  addressText,
  bindSettings,
  commonSettings,
  ConfigError,
  parseAddress,
  peerSettings,
  readConfig,
  timingProfiles,
} from './index.ts';

const { natsUrl, databaseUrl, timing, logLevel, natsCreds } = commonSettings;
const settings = { ...bindSettings(7_820, 7_821), natsUrl, databaseUrl, timing, logLevel, natsCreds };
const env = { YIQIU_NATS_URL: 'nats://127.0.0.1:4222', YIQIU_DATABASE_URL: 'postgres://u:p@127.0.0.1:5432/d' };

const problemsOf = (read: () => unknown): readonly unknown[] => {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('was not refused');
};

describe('config', () => {
  test('reads variables, fills in defaults', () => {
    expect(readConfig(settings, { env: { ...env, YIQIU_TIMING: 'local' } })).toEqual({
      grpcBind: { host: '127.0.0.1', port: 7_820 },
      httpBind: { host: '127.0.0.1', port: 7_821 },
      natsUrl: 'nats://127.0.0.1:4222',
      databaseUrl: 'postgres://u:p@127.0.0.1:5432/d',
      timing: timingProfiles.local,
      logLevel: 'info',
      natsCreds: null,
    });
  });

  test('a flag wins over its variable; an empty variable is not set', () => {
    const config = readConfig(settings, {
      env: { ...env, YIQIU_GRPC_BIND: '127.0.0.1:1', YIQIU_LOG_LEVEL: '' },
      argv: ['--grpc-bind', '[::1]:2'],
    });
    expect(config.grpcBind).toEqual({ host: '::1', port: 2 });
    expect(config.logLevel).toBe('info');
  });

  test('tells every problem with variable, value and what is allowed, secrets not shown', () => {
    const bad = { YIQIU_DATABASE_URL: 'mysql://u:geheim@h/d', YIQIU_TIMING: 'fast', YIQIU_GRPC_BIND: 'here:99999' };
    const problems = problemsOf(() => readConfig(settings, { env: bad }));
    expect(problems).toEqual([
      {
        variable: 'YIQIU_GRPC_BIND (--grpc-bind)',
        value: 'here:99999',
        allowed: expect.any(String),
        message: 'not an address',
      },
      {
        variable: 'YIQIU_NATS_URL (--nats-url)',
        value: null,
        allowed: 'nats://host:port or tls://host:port',
        message: 'is required',
      },
      { variable: 'YIQIU_DATABASE_URL', value: '(secret)', allowed: expect.any(String), message: 'not such a URL' },
      {
        variable: 'YIQIU_TIMING (--timing)',
        value: 'fast',
        allowed: 'local or production',
        message: 'unknown profile',
      },
    ]);
  });

  test('an unknown flag is refused with those that there are', () => {
    expect(problemsOf(() => readConfig(peerSettings, { env: {}, argv: ['--nonsense', 'x'] }))).toEqual([
      expect.objectContaining({
        variable: 'command line',
        allowed: expect.stringContaining('--machine-manager VALUE'),
      }),
    ]);
  });

  test('addresses read and write alike', () => {
    for (const text of ['127.0.0.1:0', '[::1]:65535', 'host-1.example:80']) {
      const address = parseAddress(text);
      expect(address === null ? null : addressText(address)).toBe(text);
    }
    for (const text of ['', 'host', ':1', 'h:65536', '::1:80', 'h:1x']) expect(parseAddress(text)).toBeNull();
  });
});
