import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { programView, type ProgramView } from '@yiqiu/contracts';
import { initDirectory, lintDirectory, pack, type Problem } from '@yiqiu/program';
import { programRef } from '../ask/parse.ts';
import { CliError, exitCodes } from '../exit.ts';
import { ago } from '../output/age.ts';
import { addList, addShow, printItem, type Noun } from './shared/listing.ts';
import type { Session } from './shared/session.ts';

/** `yiqiu.yaml:12: health.ready.interval: is no duration; it was soon, allowed: …` */
const line = ({ file, line: number, path, reason, value, allowed }: Problem): string =>
  [
    `${file}:${number}: ${path === '' ? '' : `${path}: `}${reason}`,
    value === undefined || value === null || reason.includes(String(value)) ? [] : `it was ${String(value)}`,
    allowed === undefined || allowed === 'required' ? [] : `allowed: ${allowed}`,
  ]
    .flat()
    .join('; ');

const pushTimeoutMs = 600_000;

const nameOf = ({ name, version }: Pick<ProgramView, 'name' | 'version'>): string => `${name}@${version}`;

const programs: Noun<ProgramView> = {
  path: '/programs',
  item: programView,
  nameOf,
  filters: ['name'],
  columns: [
    { title: 'PROGRAM', value: nameOf },
    { title: 'SIZE', value: ({ size }) => `${Math.ceil(size / 1024)} KiB` },
    { title: 'PUSHED', value: ({ pushedAt }) => ago(pushedAt, Date.now()) },
    { title: 'DIGEST', value: ({ digest }) => digest.slice(0, 12) },
    { title: 'SUMMARY', value: ({ manifest }) => String(manifest['summary'] ?? ''), flexible: true },
  ],
};

const refused = (directory: string, problems: readonly Problem[]): CliError =>
  new CliError(exitCodes.refused, problems.map(line).join('\n'), `yiqiu program lint ${directory}`);

/** A directory is packed first; a file is the archive itself. */
const archiveOf = async (path: string): Promise<Uint8Array> => {
  if (!existsSync(path))
    throw new CliError(exitCodes.refused, `${path} does not exist: a directory or .tar.gz is wanted`);
  if (!statSync(path).isDirectory()) return readFileSync(path);
  const packed = await pack(resolve(path));
  if ('problems' in packed) throw refused(path, packed.problems);
  return packed.archive;
};

const push = async (session: Session, path: string): Promise<void> => {
  const archive = await archiveOf(path);
  const options = { contentType: 'application/gzip', timeoutMs: pushTimeoutMs };
  const { status, body } = await session.rest.change('POST', '/programs', archive, options);
  if (session.isForPeople) {
    const { name, version, digest } = programView.parse(body);
    const what = status === 201 ? 'is pushed' : 'was there already, the same';
    process.stdout.write(`${name}@${version} ${what}  sha256 ${digest}\n`);
  } else printItem(session, programs, body);
};

const show = ({ name, version }: { readonly name: string; readonly version: string }): string =>
  `/programs/${encodeURIComponent(name)}/${encodeURIComponent(version)}`;

/** `yiqiu program init|lint|pack`: they need no platform. */
const addPackaging = (verbs: Command): void => {
  verbs
    .command('init <dir>')
    .description('write a starting package')
    .option('--name <name>', 'the program; default the directory')
    .action(async (dir: string, options: { name?: string }) => {
      await initDirectory(resolve(dir), options.name ?? basename(resolve(dir)));
      process.stdout.write(`${dir} holds a package that runs; read its yiqiu.yaml, then: yiqiu program lint ${dir}\n`);
    });
  verbs
    .command('lint <dir>')
    .description('check a package as push would')
    .action(async (dir: string) => {
      const result = await lintDirectory(resolve(dir));
      if ('problems' in result) throw new CliError(exitCodes.refused, result.problems.map(line).join('\n'));
      process.stdout.write(`${dir} is sound: ${result.manifest.name}@${result.manifest.version}\n`);
    });
  verbs
    .command('pack <dir>')
    .description('write NAME-VERSION.tar.gz; the same input gives the same digest')
    .option('--to <file>', 'where to')
    .action(async (dir: string, options: { to?: string }) => {
      const packed = await pack(resolve(dir));
      if ('problems' in packed) throw refused(dir, packed.problems);
      const file = options.to ?? `${packed.manifest.name}-${packed.manifest.version}.tar.gz`;
      writeFileSync(file, packed.archive);
      process.stdout.write(`${file}  ${packed.size} bytes  sha256 ${packed.digest}\n`);
    });
};

/** `yiqiu program init|lint|pack|push|list|show` */
export const addProgram = (program: Command, session: Session): void => {
  const verbs = program.command('program').description('program packages: what teams push');
  addPackaging(verbs);
  verbs
    .command('push <path>')
    .description('a directory, which is packed first, or a .tar.gz')
    .action((path: string) => push(session, path));
  addList(verbs, session, programs);
  addShow(verbs, session, programs, (name) => show(programRef(name)));
};
