import { z } from 'zod';
import type { Setting } from './settings.ts';
import { timingNames, timingProfiles } from './timing.ts';
import type { TimingProfile } from './timing.ts';

/** Host and port to listen at or to call. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export const addressText = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

const addressPattern = /^(?:\[(?<v6>[0-9a-fA-F:]+)\]|(?<host>[A-Za-z0-9.-]+)):(?<port>\d{1,5})$/;

/** `host:port` or `[v6]:port`; port 0 means any free one, where one listens. */
export const parseAddress = (text: string): Address | null => {
  const groups = addressPattern.exec(text)?.groups;
  const host = groups?.['v6'] ?? groups?.['host'];
  const port = Number(groups?.['port']);
  return host === undefined || port > 65_535 ? null : { host, port };
};

const addressAllowed = 'host:port or [IPv6]:port, port 0 to 65535';

const addressOf = (text: string, context: z.core.$RefinementCtx): Address => {
  const address = parseAddress(text);
  if (address !== null) return address;
  context.addIssue('not an address');
  return z.NEVER;
};

const required = z
  .string()
  .optional()
  .transform((text, context): string => {
    if (text !== undefined) return text;
    context.addIssue('is required');
    return z.NEVER;
  });

const defaulted = (fallback: string | undefined): z.ZodType<string, string | undefined> =>
  fallback === undefined ? required : z.string().default(fallback);

/** An address to listen at or to call; required where no fallback is given. */
export const addressSetting = (env: string, flag: string, about: string, fallback?: string): Setting<Address> => ({
  env,
  flag,
  about,
  allowed: addressAllowed,
  schema: defaulted(fallback).transform(addressOf),
});

/** A text that must be there. */
export const textSetting = (env: string, flag: string, about: string, allowed: string): Setting<string> => ({
  env,
  flag,
  about,
  allowed,
  schema: required,
});

/** A text that may be absent. */
export const optionalTextSetting = (
  env: string,
  flag: string,
  about: string,
  allowed: string,
): Setting<string | null> => ({
  env,
  flag,
  about,
  allowed,
  schema: z
    .string()
    .optional()
    .transform((text) => text ?? null),
});

const urlSetting = (schemes: readonly string[]) =>
  required.refine((text) => {
    const url = URL.parse(text);
    return url !== null && schemes.includes(url.protocol) && url.host !== '';
  }, 'not such a URL');

/** Settings that several processes share; each takes those that it needs. */
export const commonSettings = {
  /** Directory of a process's own files. */
  dataDir: textSetting('YIQIU_DATA_DIR', 'data-dir', 'directory of its own files', 'a path'),
  databaseUrl: {
    env: 'YIQIU_DATABASE_URL',
    about: 'PostgreSQL of this context; schema and role are its own',
    allowed: 'postgres://user:password@host:port/database',
    secret: true,
    schema: urlSetting(['postgres:', 'postgresql:']),
  },
  natsUrl: {
    env: 'YIQIU_NATS_URL',
    flag: 'nats-url',
    about: 'NATS server',
    allowed: 'nats://host:port or tls://host:port',
    schema: urlSetting(['nats:', 'tls:']),
  },
  natsCreds: optionalTextSetting(
    'YIQIU_NATS_CREDS',
    'nats-creds',
    'credentials file for NATS; none: without',
    'a path',
  ),
  /** The secret itself stands in a file, so that neither `ps` nor a unit file shows it. */
  secretFile: textSetting(
    'YIQIU_SECRET_FILE',
    'secret-file',
    'file with the secret that the platform’s processes share',
    'a path',
  ),
  timing: {
    env: 'YIQIU_TIMING',
    flag: 'timing',
    about: 'timing profile',
    allowed: timingNames.join(' or '),
    schema: z
      .enum(timingNames, 'unknown profile')
      .default('production')
      .transform((name): TimingProfile => timingProfiles[name]) as z.ZodType<TimingProfile, string | undefined>,
  },
  logLevel: {
    env: 'YIQIU_LOG_LEVEL',
    flag: 'log-level',
    about: 'least severe level that is logged',
    allowed: 'trace, debug, info, warn, error, fatal or silent',
    schema: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'unknown level')
      .default('info') as z.ZodType<LogLevel, string | undefined>,
  },
} as const satisfies { readonly [field: string]: Setting<unknown> };

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** Where a service listens for its peers and for health probes. */
export const bindSettings = (grpcPort: number, httpPort: number) => ({
  grpcBind: addressSetting('YIQIU_GRPC_BIND', 'grpc-bind', 'where gRPC is served', `127.0.0.1:${grpcPort}`),
  httpBind: addressSetting(
    'YIQIU_HTTP_BIND',
    'http-bind',
    'where /healthz, /readyz and /metrics are served',
    `127.0.0.1:${httpPort}`,
  ),
});

/** Where the three services serve gRPC and health, unless told otherwise. */
export const defaultPorts = {
  machine: { grpc: 7810, http: 7811 },
  resource: { grpc: 7820, http: 7821 },
  service: { grpc: 7830, http: 7831 },
} as const;

/** gRPC addresses of the three contexts, for those who call them. */
export const peerSettings = {
  machine: addressSetting(
    'YIQIU_MACHINE_MANAGER',
    'machine-manager',
    'gRPC of machine-manager',
    `127.0.0.1:${defaultPorts.machine.grpc}`,
  ),
  resource: addressSetting(
    'YIQIU_RESOURCE_PLATFORM',
    'resource-platform',
    'gRPC of resource-platform',
    `127.0.0.1:${defaultPorts.resource.grpc}`,
  ),
  service: addressSetting(
    'YIQIU_SERVICE_PLATFORM',
    'service-platform',
    'gRPC of service-platform',
    `127.0.0.1:${defaultPorts.service.grpc}`,
  ),
} as const;
