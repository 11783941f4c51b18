import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fateRequest, type FateReply, type FateRequest } from './protocol.ts';

const requestBytesMax = 256 * 1024;
const idleMs = 120_000;

/**
 * Serves `yiqiu local` on a Unix socket. `path` is relative to the working directory, since a socket's path may be no
 * longer than 107 bytes. The directory above it is ours alone (0700), so whoever can reach it may use it.
 */
export const serveFate = async (
  path: string,
  answer: (request: FateRequest) => Promise<FateReply>,
): Promise<Server> => {
  await rm(path, { force: true });
  const server = createServer((socket) => serve(socket, answer));
  server.maxConnections = 32;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path, readableAll: false, writableAll: false }, resolve);
  });
  return server;
};

const serve = (socket: Socket, answer: (request: FateRequest) => Promise<FateReply>): void => {
  socket.setTimeout(idleMs, () => socket.destroy());
  socket.on('error', () => socket.destroy()); // the caller went away; there is nobody left to tell
  let bytes = 0;
  socket.on('data', (chunk) => {
    bytes += chunk.length;
    if (bytes > requestBytesMax) socket.destroy();
  });
  const lines = createInterface({ input: socket });
  lines.on('error', () => undefined); // the socket's own, heard above: readline says it once more
  lines.once('line', (line) => {
    void respond(line, answer).then((reply) => socket.end(`${JSON.stringify(reply)}\n`));
  });
};

const respond = async (line: string, answer: (request: FateRequest) => Promise<FateReply>): Promise<FateReply> => {
  const parsed = fateRequest.safeParse(parse(line));
  if (!parsed.success) return { ok: false, code: 'bad-request', message: parsed.error.message, names: [] };
  try {
    return await answer(parsed.data);
  } catch (error) {
    return { ok: false, code: 'failed', message: error instanceof Error ? error.message : String(error), names: [] };
  }
};

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return null; // the schema says what is wrong with it
  }
};
