import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ESLint } from 'eslint';

const root = join(import.meta.dirname, '../../../..');

/** What a pure library may not do, and the rule that says so. */
const violations: readonly (readonly [what: string, code: string, rule: string])[] = [
  ['Date', 'export const now = () => Date.now();', 'no-restricted-globals'],
  ['new Date', 'export const now = () => new Date();', 'no-restricted-globals'],
  ['performance', 'export const now = () => performance.now();', 'no-restricted-globals'],
  ['Math.random', 'export const chance = () => Math.random();', 'no-restricted-properties'],
  ['setTimeout', 'export const later = (f: () => void) => setTimeout(f, 1);', 'no-restricted-globals'],
  ['setInterval', 'export const often = (f: () => void) => setInterval(f, 1);', 'no-restricted-globals'],
  ['setImmediate', 'export const soon = (f: () => void) => setImmediate(f);', 'no-restricted-globals'],
  ['process', 'export const home = () => process.env;', 'no-restricted-globals'],
  ['global crypto', 'export const id = () => crypto.randomUUID();', 'no-restricted-globals'],
  ['fetch', "export const get = () => fetch('http://127.0.0.1');", 'no-restricted-globals'],
  ['node:crypto', "import { randomUUID } from 'node:crypto'; export const id = randomUUID;", 'no-restricted-imports'],
  ['crypto', "import { randomUUID } from 'crypto'; export const id = randomUUID;", 'no-restricted-imports'],
  ['node:fs', "import { readFileSync } from 'node:fs'; export const read = readFileSync;", 'no-restricted-imports'],
  ['fs/promises', "import { readFile } from 'fs/promises'; export const read = readFile;", 'no-restricted-imports'],
  ['node:net', "import { connect } from 'node:net'; export const open = connect;", 'no-restricted-imports'],
  [
    'node:timers',
    "import { setTimeout } from 'node:timers'; export const later = setTimeout;",
    'no-restricted-imports',
  ],
  ['pg', "import pg from 'pg'; export const pool = pg.Pool;", 'no-restricted-imports'],
  ['typeorm', "import { Entity } from 'typeorm'; export const entity = Entity;", 'no-restricted-imports'],
  [
    'Nest',
    "import { Injectable } from '@nestjs/common'; export const injectable = Injectable;",
    'no-restricted-imports',
  ],
  ['NATS', "import { connect } from '@nats-io/transport-node'; export const open = connect;", 'no-restricted-imports'],
  [
    'gRPC stubs',
    "import { machine } from '@yiqiu/contracts/grpc'; export const stubs = machine;",
    'no-restricted-imports',
  ],
  ['any', 'export const loose = (value: any) => value;', '@typescript-eslint/no-explicit-any'],
  [
    'non-null assertion',
    'export const sure = (value: string | null) => value!;',
    '@typescript-eslint/no-non-null-assertion',
  ],
];

const pureLibraries = ['kernel', 'contracts', 'agent-queue', 'machine-domain', 'resource-domain', 'service-domain'];
const domains = ['machine-domain', 'resource-domain', 'service-domain'];

describe('the lint of pure libraries', () => {
  let eslint: ESLint;
  beforeAll(() => {
    eslint = new ESLint({ cwd: root });
  });

  const rulesBroken = async (code: string, file: string): Promise<string[]> => {
    const [result] = await eslint.lintText(code, { filePath: join(root, file) });
    return result?.messages.map((message) => message.ruleId ?? message.message) ?? [];
  };

  for (const library of pureLibraries) {
    it(`refuses clock, chance, I/O and frameworks in ${library}`, async () => {
      for (const [what, code, rule] of violations) {
        expect({ what, rules: await rulesBroken(code, `libs/${library}/src/x.ts`) }).toEqual({
          what,
          rules: expect.arrayContaining([rule]),
        });
      }
    });
  }

  it('refuses one domain in another', async () => {
    for (const own of domains) {
      for (const other of domains.filter((name) => name !== own)) {
        const rules = await rulesBroken(
          `import * as other from '@yiqiu/${other}'; export { other };`,
          `libs/${own}/src/x.ts`,
        );
        expect({ own, other, rules }).toEqual({ own, other, rules: expect.arrayContaining(['no-restricted-imports']) });
      }
    }
  });

  it('refuses an adapter in a domain, and a domain in the runtime, by the module boundaries', async () => {
    expect(
      await rulesBroken("import * as log from '@yiqiu/event-log'; export { log };", 'libs/machine-domain/src/index.ts'),
    ).toContain('@nx/enforce-module-boundaries');
    expect(
      await rulesBroken(
        "import * as d from '@yiqiu/machine-domain'; export { d };",
        'libs/context-runtime/src/index.ts',
      ),
    ).toContain('@nx/enforce-module-boundaries');
  });

  it('lets pure code pass', async () => {
    expect(
      await rulesBroken('export const double = (n: number): number => n * 2;', 'libs/machine-domain/src/x.ts'),
    ).toEqual([]);
  });
});
