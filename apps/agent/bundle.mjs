// Makes dist/yiqiu-agent.mjs: the agent in one file that plain node 24 runs anywhere. tsc goes first (dist/), for esbuild
// would lose the metadata of decorators.
import { build } from 'esbuild';
import { join } from 'node:path';

const here = import.meta.dirname;

/** What Nest loads only where an application uses it; the agent uses none. */
const external = [
  '@nestjs/microservices',
  '@nestjs/websockets',
  '@nestjs/platform-express',
  '@nestjs/platform-fastify',
  'class-validator',
  'class-transformer',
];

/** CommonJS packages inside an ES module ask for these. */
const banner = [
  '#!/usr/bin/env node',
  "import { createRequire as __createRequire } from 'node:module';",
  "import { fileURLToPath as __fileURLToPath } from 'node:url';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __fileURLToPath(import.meta.url);',
  'const __dirname = import.meta.dirname;',
].join('\n');

await build({
  entryPoints: [join(here, 'dist', 'entry.js')],
  outfile: join(here, 'dist', 'yiqiu-agent.mjs'),
  bundle: true,
  minifyWhitespace: true,
  minifySyntax: true,
  keepNames: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  conditions: [],
  external,
  banner: { js: banner },
  logLevel: 'warning',
});
