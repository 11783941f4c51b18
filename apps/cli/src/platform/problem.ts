import { problem } from '@yiqiu/contracts';
import { CliError, exitCodes } from '../exit.ts';
import { namesLine, placeOf } from './names.ts';

/** A problem of the gateway as the error that ends the command; of an unknown name the nearest ones are looked up. */
export const problemError = async (
  status: number,
  text: string,
  path: string,
  get: (path: string) => Promise<unknown>,
): Promise<CliError> => {
  const found = problem.safeParse(parse(text));
  if (!found.success) return new CliError(exitOf(status), `HTTP ${status}: ${text.slice(0, 500)}`);
  const { code, detail, errors = [], possible, next } = found.data;
  if (code === 'unknown-route') {
    return new CliError(
      exitCodes.refused,
      `this platform has no ${path.split('?')[0] ?? path}: it is older than this client, or does not support it yet`,
      'yiqiu version',
    );
  }
  const lines = [detail];
  for (const { field, message, allowed } of errors) {
    const said = message === undefined ? '' : ` ${message}`;
    if (detail.includes(`${field}:`) && errors.length === 1 && detail.includes(message ?? field)) {
      lines.push(`  allowed: ${allowedText(allowed)}`);
    } else lines.push(`  ${field}:${said} (allowed: ${allowedText(allowed)})`);
  }
  if (possible !== undefined) lines.push(`  possible now: ${possible.length === 0 ? 'nothing' : possible.join(', ')}`);
  if (status !== 404) return new CliError(exitOf(status, code), lines.join('\n'), next ?? null);
  const place = placeOf(path);
  const near = place === null || !detail.includes(place.asked) ? null : await namesLine(place, get);
  if (near !== null) lines.push(near);
  return new CliError(exitCodes.notFound, lines.join('\n'), next ?? place?.list ?? null);
};

const allowedText = (allowed: unknown): string =>
  typeof allowed === 'string'
    ? allowed
    : Array.isArray(allowed) && allowed.every((item) => typeof item === 'string')
      ? allowed.join(', ')
      : JSON.stringify(allowed);

/** A 503 of these is about a machine: the platform was reached, and answered. */
const aboutMachines = ['agent-silent', 'agent-failed'];

const exitOf = (status: number, code = ''): CliError['exitCode'] => {
  if (status === 404) return exitCodes.notFound;
  if (aboutMachines.includes(code)) return exitCodes.refused;
  return status === 503 || status === 502 || status === 504 ? exitCodes.unreachable : exitCodes.refused;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null; // the caller shows the text as it is
  }
};
