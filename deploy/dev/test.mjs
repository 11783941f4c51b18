// `npm test`: everything, from a bare clone. `npm test -- unit int` runs only the named stages; `-- --only NAME` one project.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { entry, node24, root, run, Stop } from './steps.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);
const env = { NX_DAEMON: 'false', PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}` };

const counts = { passed: 0, failed: 0, skipped: 0 };
const results = [];

const args = process.argv.slice(2);
const onlyAt = args.indexOf('--only');
const only = onlyAt < 0 ? null : args.splice(onlyAt, 2)[1];

/** One stage: its command's output is shown as it comes; a failure does not keep the later ones from running. */
const stage = async (name, work) => {
  if (args.length > 0 && !args.includes(name)) return;
  process.stdout.write(`\n=== ${name}\n`);
  const { failure } = await timed(name, work);
  if (failure !== null) process.stdout.write(`${failure}\n`);
};

/** A stage beside another one, with the time that that one leaves: its output is shown at its end, where it fails. */
const quietStage = async (name, work) => {
  if (args.length > 0 && !args.includes(name)) return;
  const { failure, ms } = await timed(name, work);
  process.stdout.write(`\n=== ${name}: ${failure === null ? 'ok' : `FAILED\n${failure}`} (beside, ${seconds(ms)})\n`);
};

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

const timed = async (name, work) => {
  const started = Date.now();
  let failure = null;
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    failure = error.message;
  }
  const result = { name, failure, ms: Date.now() - started };
  results.push(result);
  return result;
};

const command = (label, file, fileArgs) => run(`test-${label}`, file, fileArgs, { env, show: true });
const nicely = (label, file, fileArgs) => run(`test-${label}`, 'nice', ['-n', '19', file, ...fileArgs], { env });

/** All jest projects of one reach. Whole platforms stand beside each other: they wait more than they work. */
const jest = (reach, workers) =>
  stage(reach, async () => {
    const output = join(root, '.nx', 'log', `jest-${reach}.json`);
    mkdirSync(join(root, '.nx', 'log'), { recursive: true });
    rmSync(output, { force: true });
    const projects = [...listProjects()]
      .filter((name) => only === null || name === only)
      .map((name) => `${reach}:${name}`);
    try {
      await command(reach, node24, [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        join(root, 'node_modules/jest/bin/jest.js'),
        '--passWithNoTests',
        `--maxWorkers=${workers}`,
        '--json',
        `--outputFile=${output}`,
        '--selectProjects',
        ...projects,
      ]);
    } finally {
      count(reach, output);
    }
  });

const listProjects = function* () {
  for (const workspace of JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages[''].workspaces) {
    const kind = workspace.replace('/*', '');
    for (const path of Object.keys(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages)) {
      if (path.startsWith(`${kind}/`) && existsSync(join(root, path, 'project.json')))
        yield path.slice(kind.length + 1);
    }
  }
};

const count = (reach, output) => {
  if (!existsSync(output)) {
    counts.failed += 1;
    return;
  }
  const report = JSON.parse(readFileSync(output, 'utf8'));
  counts.passed += report.numPassedTests;
  counts.failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
  counts.skipped += report.numPendingTests + report.numTodoTests;
};

const summary = (totalMs) => {
  process.stdout.write('\n=== summary\n');
  for (const { name, failure, ms } of results) {
    process.stdout.write(
      `  ${failure === null ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${seconds(ms)}${failure === null ? '' : `  ${failure.split('\n')[0]}`}\n`,
    );
  }
  process.stdout.write(`  ${(totalMs / 1000).toFixed(1)} s in all\n\n`);
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
};

const readOnly = async () => {
  await quietStage('format', () => nicely('format', bin('prettier'), ['--check', '--log-level', 'warn', '.']));
  await quietStage('lint', async () => {
    await nicely('lint', bin('nx'), ['run-many', '-t', 'lint', '--outputStyle=static', '--parallel=1']);
    await nicely('lint-scripts', bin('eslint'), [
      'deploy',
      'tools',
      'eslint.config.mjs',
      'jest.config.mjs',
      '--max-warnings',
      '0',
    ]);
    await nicely('buf-lint', bin('buf'), ['lint']);
    await nicely('buf-breaking', bin('buf'), ['breaking', '--against', 'libs/contracts/proto/image.binpb']);
  });
};

entry(async () => {
  process.stdout.write('Setting up\n');
  await bootstrap();
  const started = Date.now();
  await stage('typecheck', () => command('typecheck', bin('tsc'), ['-p', 'tsconfig.spec.json']));
  await jest('unit', 2);
  // Integration tests wait a good part of their time; what reads files only takes what they leave.
  await Promise.all([jest('int', 2), readOnly()]);
  await jest('e2e', 2);
  summary(Date.now() - started);
  process.exit(results.some(({ failure }) => failure !== null) || counts.failed > 0 ? 1 : 0);
});
