import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lintDirectory, packDirectory, signDigest, type Manifest } from '@yiqiu/program';
import type { UnitCommand } from '@yiqiu/contracts';
import type { FakePlatform } from './fake-platform.fixture.ts';

export interface TestProgram {
  readonly manifest: Manifest;
  readonly wire: UnitCommand['program'];
}

/** Files by path; those under hooks/ and bin/ can be run. */
export interface PackageFiles {
  readonly [path: string]: string;
}

/** Packs the files, checks the manifest as push does, signs it, and gives the archive to the platform. */
export const publish = async (platform: FakePlatform, directory: string, files: PackageFiles): Promise<TestProgram> => {
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    if (/^(hooks|bin)\//.test(path)) chmodSync(file, 0o755);
  }
  const checked = await lintDirectory(directory);
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems, null, 1));
  const { archive, digest, size } = await packDirectory(directory);
  platform.archives.set(digest, archive);
  const { manifest } = checked;
  return {
    manifest,
    wire: {
      name: manifest.name,
      version: manifest.version,
      digest,
      sizeBytes: size,
      signature: signDigest(digest, platform.key.privateKeyPem),
      manifest,
    },
  };
};

/** A small TCP server: says its greeting and its pid, rereads its file on HUP, ends on TERM. `bin/serve CONF`. */
export const server = `#!/usr/bin/perl
use strict; use warnings; use IO::Socket::INET;
$| = 1;
my $file = shift; my %conf;
sub load_conf { open my $in, '<', $file or die "$file: $!"; %conf = map { chomp; split / /, $_, 2 } <$in>; print "loaded $conf{greeting}\\n" }
my $again = 0;
$SIG{HUP} = sub { $again = 1 };
$SIG{TERM} = sub { print "stopping\\n"; exit 0 };
load_conf();
my $s = IO::Socket::INET->new(LocalAddr => $conf{ip}, LocalPort => $conf{port}, Listen => 16, ReuseAddr => 1) or die "listen: $!";
print "serving\\n";
while (1) { if ($again) { load_conf(); $again = 0 } my $c = $s->accept or next; print {$c} "$conf{greeting} $$ $ENV{YIQIU_INCARNATION}\\n"; close $c }
`;

/** Program files of a server unit; `more` goes over them. */
export const serverPackage = (more: PackageFiles = {}, manifest = ''): PackageFiles => ({
  'yiqiu.yaml': `apiVersion: yiqiu/v1
name: echo
version: 1.0.0
summary: says what it was told to say
ports: [{ name: tcp, default: 7000 }]
data: [{ name: data, path: data, mode: "0750" }]
fencing: none
config:
  type: object
  properties:
    greeting: { type: string, default: hello }
templates:
  - { from: templates/echo.conf.hbs, to: conf/echo.conf, mode: "0640", onChange: reload }
process:
  command: ['{{program.home}}/bin/serve', '{{unit.home}}/conf/echo.conf']
  reload: { signal: SIGHUP }
  stop: { signal: SIGTERM, timeout: 5s }
  restart: { backoff: 100ms..500ms, giveUpAfter: 4 in 1m }
health:
  ready: { tcp: tcp, interval: 200ms, timeout: 500ms, failures: 2 }
${manifest}`,
  'templates/echo.conf.hbs':
    'ip {{unit.ip}}\nport {{unit.ports.tcp}}\ngreeting {{config.greeting}}\nincarnation {{unit.incarnation}}\n',
  'bin/serve': server,
  ...more,
});
