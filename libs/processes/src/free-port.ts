import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below Linux's ephemeral range (32768…60999), so that no outgoing connection takes the port between look and use. */
const portMin = 10_000;
const portMax = 32_000;
const attemptsMax = 100;

/** A port on `host` that nobody listens on now. Another process may still take it: whoever binds must be ready to retry. */
export const freePort = async (host = '127.0.0.1'): Promise<number> => {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const port = randomInt(portMin, portMax);
    if (await isPortFree(host, port)) return port;
  }
  throw new Error(`no free port on ${host}: ${attemptsMax} tried between ${portMin} and ${portMax}`);
};

/** True where nobody listens on it at this moment. */
export const isPortFree = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
