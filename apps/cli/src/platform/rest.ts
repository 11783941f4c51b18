import { z } from 'zod';
import { CliError, exitCodes } from '../exit.ts';

const problem = z.object({
  detail: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string().optional(), allowed: z.json() })).optional(),
  possible: z.array(z.string()).optional(),
  next: z.string().optional(),
});

const requestTimeoutMs = 30_000;

/** Calls the gateway; problems become messages with the exit codes of page Interface. */
export const callRest = async (
  platform: { readonly server: string; readonly token: string },
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> => {
  const response = await send(platform, method, path, body);
  const text = await response.text();
  if (response.ok) return text === '' ? null : JSON.parse(text);
  throw refused(response.status, text);
};

const send = async (
  platform: { readonly server: string; readonly token: string },
  method: string,
  path: string,
  body: unknown,
): Promise<Response> => {
  try {
    return await fetch(`${platform.server}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${platform.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(requestTimeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    const why =
      error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
    throw new CliError(exitCodes.unreachable, `cannot reach ${platform.server}: ${why}`, 'npm start');
  }
};

const refused = (status: number, text: string): CliError => {
  const found = problem.safeParse(parse(text));
  const code = status === 404 ? exitCodes.notFound : status === 503 ? exitCodes.unreachable : exitCodes.refused;
  if (!found.success) return new CliError(code, `HTTP ${status}: ${text.slice(0, 500)}`);
  const { detail, errors = [], possible, next } = found.data;
  const fields = errors.map(
    ({ field, message, allowed }) => `\n  ${field}: ${message ?? ''} (allowed: ${JSON.stringify(allowed)})`,
  );
  const verbs = possible === undefined ? '' : `\n  possible now: ${possible.join(', ')}`;
  return new CliError(code, `${detail}${fields.join('')}${verbs}`, next ?? null);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null; // the caller shows the text as it is
  }
};
