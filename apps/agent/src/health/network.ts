import { get } from 'node:http';
import { connect } from 'node:net';
import { errorMessage } from '../proc/index.ts';

export interface CheckResult {
  readonly ok: boolean;
  /** Why not, for people. */
  readonly message: string;
}

/** Whether a connection can be made within `timeoutMs`. Never rejects. */
export const tcpCheck = (host: string, port: number, timeoutMs: number): Promise<CheckResult> => {
  const { promise, resolve } = Promise.withResolvers<CheckResult>();
  const socket = connect({ host, port });
  const end = (result: CheckResult): void => {
    socket.destroy();
    resolve(result);
  };
  socket.setTimeout(timeoutMs, () =>
    end({ ok: false, message: `tcp ${host}:${port}: no answer within ${timeoutMs} ms` }),
  );
  socket.once('connect', () => end({ ok: true, message: '' }));
  socket.once('error', (error) => end({ ok: false, message: `tcp ${host}:${port}: ${errorMessage(error)}` }));
  return promise;
};

/** Whether `GET path` is answered with that status within `timeoutMs`. Redirects are not followed. Never rejects. */
export const httpCheck = (
  host: string,
  port: number,
  { path, status, timeoutMs }: { readonly path: string; readonly status: number; readonly timeoutMs: number },
): Promise<CheckResult> => {
  const { promise, resolve } = Promise.withResolvers<CheckResult>();
  const url = `http://${host}:${port}${path}`;
  const request = get({ host, port, path, agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
    response.destroy();
    const { statusCode } = response;
    const ok = statusCode === status;
    resolve({ ok, message: ok ? '' : `${url}: status ${statusCode}, expected ${status}` });
  });
  request.on('error', (error) => resolve({ ok: false, message: `${url}: ${errorMessage(error)}` }));
  return promise;
};
