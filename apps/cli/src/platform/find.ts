import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { CliError, exitCodes } from '../exit.ts';

export interface PlatformOptions {
  readonly data?: string | undefined;
  readonly server?: string | undefined;
  readonly token?: string | undefined;
}

const platformFile = z.object({ server: z.string(), token: z.string(), dataDir: z.string() });
const lastStarted = z.object({ dataDir: z.string() });

const checkout = resolve(import.meta.dirname, '../../../..');

/** `--data`, else YIQIU_DATA, else the platform last started in this checkout. */
export const dataDirOf = (options: PlatformOptions, env: NodeJS.ProcessEnv): string => {
  const named = options.data ?? env['YIQIU_DATA'];
  if (named !== undefined && named !== '') return resolve(named);
  const last = join(checkout, '.nx', 'last-platform.json');
  if (existsSync(last)) return lastStarted.parse(JSON.parse(readFileSync(last, 'utf8'))).dataDir;
  throw new CliError(
    exitCodes.unreachable,
    'no platform was started in this checkout, and neither --data nor YIQIU_DATA names one',
    'npm start',
  );
};

/** Server and token: `--server`, `--token`, YIQIU_SERVER, YIQIU_TOKEN, else the data directory's platform.json. */
export const platformOf = (
  options: PlatformOptions,
  env: NodeJS.ProcessEnv,
): { readonly server: string; readonly token: string } => {
  const server = options.server ?? env['YIQIU_SERVER'];
  const token = options.token ?? env['YIQIU_TOKEN'];
  if (server !== undefined && token !== undefined) return { server, token };
  const file = join(dataDirOf(options, env), 'platform.json');
  if (!existsSync(file))
    throw new CliError(exitCodes.unreachable, `${file} does not exist: no platform was started there`, 'npm start');
  const found = platformFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  return { server: server ?? found.server, token: token ?? found.token };
};
