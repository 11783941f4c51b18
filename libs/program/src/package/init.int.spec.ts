import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { inTempDirectory } from '../archive/tar.fixture.ts';
import { unpack } from '../archive/index.ts';
import { validateConfig } from '../config/index.ts';
import type { Manifest } from '../manifest/index.ts';
import { hookEnvironment, renderArgv, renderTemplate } from '../template/index.ts';
import { sampleContext } from '../template/sample.fixture.ts';
import { initDirectory } from './init.ts';
import { pack } from './verify.ts';

async function freePort(ip: string): Promise<number> {
  const server = createServer().listen(0, ip);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Asks until it is answered as wanted. */
async function answers(url: string, wanted: (body: string) => boolean): Promise<string> {
  const until = Date.now() + 10_000;
  for (;;) {
    const body = await fetch(url).then(
      (response) => response.text(),
      (error: unknown) => `no answer: ${String(error)}`,
    );
    if (wanted(body)) return body;
    if (Date.now() > until) throw new Error(`${url} answers ${body}`);
    await wait(20);
  }
}

function contextOf(
  manifest: Manifest,
  place: { program: string; home: string; ip: string; port: number },
  config: object,
) {
  const { ip, port, home } = place;
  const values = validateConfig(manifest, { ...config });
  if ('problems' in values) throw new Error(JSON.stringify(values.problems));
  const sample = sampleContext();
  const at = { ip, port, ports: { http: port } };
  return sampleContext({
    program: { name: manifest.name, version: manifest.version, home: place.program },
    unit: { ...sample.unit, ...at, name: 'demo/hello/0', home },
    members: sample.members.slice(0, 1).map((member) => ({ ...member, ...at })),
    config: values.config,
    relations: { web: { ready: false, service: {}, units: [] } },
  });
}

describe('the starting package', () => {
  it('packs, unpacks, installs, serves, reloads and stops', async () => {
    await inTempDirectory(async (directory) => {
      await initDirectory(join(directory, 'hello'), 'hello');
      const packed = await pack(join(directory, 'hello'));
      if ('problems' in packed) throw new Error(JSON.stringify(packed.problems));
      const place = {
        program: join(directory, 'program'),
        home: join(directory, 'home'),
        ip: '127.0.0.7',
        port: await freePort('127.0.0.7'),
      };
      await unpack(packed.archive, place.program, { digest: packed.digest });

      const { manifest } = packed;
      const render = async (config: object) => {
        const context = contextOf(manifest, place, config);
        for (const { from, to } of manifest.templates) {
          const target = join(place.home, to);
          await mkdir(dirname(target), { recursive: true });
          await writeFile(target, renderTemplate(await readFile(join(place.program, from), 'utf8'), context, from));
        }
        return context;
      };
      const context = await render({});
      const env = hookEnvironment(context, { reason: 'deploy', contextFile: join(place.home, 'context.json') });
      const installed = await promisify(execFile)(join(place.program, 'hooks/install'), [], { env, cwd: place.home });
      expect(installed.stdout).toBe('nothing to install for demo/hello/0\n');

      const [command = '', ...args] = renderArgv(manifest.process?.command ?? [], context);
      const server = spawn(command, args, { stdio: 'ignore', env });
      const exited = once(server, 'exit');
      try {
        const url = `http://${place.ip}:${place.port}`;
        await answers(`${url}/healthz`, (body) => body === 'ok\n');
        const address = `${place.ip}:${place.port}`;
        expect(await answers(url, () => true)).toBe(`Hello from demo/hello/0, one of ${address}\n`);
        await render({ greeting: '你好' });
        server.kill('SIGHUP');
        await answers(url, (body) => body === `你好 from demo/hello/0, one of ${address}\n`);
        server.kill('SIGTERM');
        expect(await exited).toEqual([0, null]);
      } finally {
        server.kill('SIGKILL');
      }
    });
  }, 60_000);
});
