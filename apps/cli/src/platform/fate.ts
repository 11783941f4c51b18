import { connect } from 'node:net';
import { z } from 'zod';
import { CliError, exitCodes } from '../exit.ts';

const row = z.object({ name: z.string(), kind: z.string(), state: z.string(), pids: z.array(z.int()) });
export type FateRow = z.infer<typeof row>;
const reply = z.union([
  z.object({ ok: z.literal(true), rows: z.array(row) }),
  z.object({ ok: z.literal(false), code: z.string(), message: z.string(), names: z.array(z.string()) }),
]);

const replyTimeoutMs = 90_000;

/**
 * Asks the supervisor over the socket in its data directory; it works with the gateway dead. The working directory is
 * changed to the data directory, since a socket's path may be no longer than 107 bytes.
 */
export const askFate = async (dataDir: string, verb: string, names: readonly string[]): Promise<FateRow[]> => {
  const answer = reply.parse(JSON.parse(await exchange(dataDir, JSON.stringify({ verb, names }))));
  if (answer.ok) return answer.rows;
  throw new CliError(
    answer.code === 'unknown-name' ? exitCodes.notFound : exitCodes.refused,
    answer.message,
    'yiqiu local list',
  );
};

const exchange = (dataDir: string, request: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const away = (why: string) =>
      new CliError(exitCodes.unreachable, `no supervisor answers in ${dataDir}: ${why}`, 'npm start');
    try {
      process.chdir(dataDir);
    } catch (error) {
      reject(away(error instanceof Error ? error.message : String(error)));
      return;
    }
    let text = '';
    const socket = connect({ path: 'fate.sock' }, () => socket.write(`${request}\n`));
    socket.setTimeout(replyTimeoutMs, () =>
      socket.destroy(new CliError(exitCodes.timedOut, `no answer within ${replyTimeoutMs / 1_000} s`)),
    );
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.once('error', (error) => reject(error instanceof CliError ? error : away(error.message)));
    socket.once('end', () => resolve(text));
  });
