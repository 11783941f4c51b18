import { connect } from 'node:net';
import { relative } from 'node:path';
import { z } from 'zod';
import { UnknownMachineError, type FenceDriver } from './driver.ts';

const reply = z.union([
  z.object({
    ok: z.literal(true),
    power: z.array(z.object({ name: z.string(), power: z.enum(['up', 'down']) })).default([]),
    fenced: z.array(z.object({ unit: z.string(), incarnation: z.int().min(1) })).default([]),
  }),
  z.object({ ok: z.literal(false), code: z.string(), message: z.string() }),
]);
type Reply = Extract<z.infer<typeof reply>, { ok: true }>;

/** ms. */
export const powerTimeoutMs = 3_000;
export const fenceTimeoutMs = 30_000;
const replyBytesMax = 4 * 1024 * 1024;

/**
 * Driver `local`: the supervisor of the local platform (apps/local), over the socket in its data directory. It started the
 * machines, so it knows of each whether it is switched off or paused as a whole, and can end its units' processes.
 */
export const localFence = (socket: string): FenceDriver => ({
  how: 'local',
  power: async (machines) => {
    const { power } = await ask(socket, { verb: 'power', names: machines }, powerTimeoutMs);
    return new Map(power.map((row) => [row.name, row.power]));
  },
  fence: async (machine) => (await ask(socket, { verb: 'fence', names: [machine] }, fenceTimeoutMs)).fenced,
});

const ask = async (
  socket: string,
  request: { readonly verb: 'power' | 'fence'; readonly names: readonly string[] },
  timeoutMs: number,
): Promise<Reply> => {
  const answer = reply.parse(JSON.parse(await exchange(pathOf(socket), JSON.stringify(request), timeoutMs)));
  if (answer.ok) return answer;
  if (answer.code === 'unknown-name') throw new UnknownMachineError(answer.message);
  throw new Error(`the local supervisor answers ${answer.code}: ${answer.message}`);
};

/** A socket's path may have no more than 107 bytes: the shorter one of absolute and relative. */
const pathOf = (socket: string): string => {
  const near = relative(process.cwd(), socket);
  return near.length < socket.length ? near : socket;
};

const exchange = (path: string, request: string, timeoutMs: number): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ path }, () => socket.write(`${request}\n`));
    const timer = setTimeout(
      () => socket.destroy(new Error(`the local supervisor gave no answer within ${timeoutMs / 1_000} s`)),
      timeoutMs,
    );
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.length > replyBytesMax) socket.destroy(new Error('the local supervisor answers too much'));
    });
    socket.once('error', (error) => reject(new Error(`no local supervisor at ${path}: ${error.message}`)));
    socket.once('end', () => resolve(text));
    socket.once('close', () => {
      clearTimeout(timer);
      reject(new Error(`the local supervisor at ${path} went away without an answer`));
    });
  });
