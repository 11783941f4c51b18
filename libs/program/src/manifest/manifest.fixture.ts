import { EntryTable, type PackageFiles } from '../files/index.ts';
import { fieldOf } from '../problem/index.ts';
import { parseManifest } from './parse.ts';
import type { Manifest } from './types.ts';

/** The manifest of the page "Program packages" without the keys of later work, comments and all. */
export const pageManifest = `apiVersion: yiqiu/v1
name: redis
version: 7.0.15            # semver; a version once pushed never changes
summary: In-memory data store
user: redis                # who hooks and process run as; default root; created by install where missing
provides:
  - { name: cache, interface: redis, keys: { unit: [], service: [] } }   # keys that requirers may count on
peers:    [{ name: replication, interface: redis-peer }]
requires: [{ name: upstream, interface: redis, optional: true, limit: 1 }]
leader:                    # { eligible } = chosen by the platform | none (default) | own †
  eligible: { exec: ['{{program.home}}/bin/can-lead'], interval: 2s }    # exit 0 = may lead; stdout = rank, an integer
fencing: verified          # none | verified | lease †; default verified with data, else none
data:     [{ name: data, path: data, mode: "0750", onLoss: rebuild }]    # wait | rebuild | init; class † (which volume)
ports:    [{ name: client, default: 6379 }]                          # the first one is unit.port; count †
config:                    # JSON Schema 2020-12; \`x-secret: true\` marks a secret †; \`x-apply: live|reload|restart\`
  type: object
  properties:
    maxmemory:  { type: string, default: 64mb, description: '…', x-apply: restart }
templates:
  - { from: templates/redis.conf.hbs, to: conf/redis.conf, mode: "0640", onChange: restart }   # restart | reload | none
    # or by cause: onChange: { config: restart, relation: reload, members: none }
process:                   # what the agent supervises; absent where hooks do it all
  command: [/usr/bin/redis-server, '{{unit.home}}/conf/redis.conf']      # absolute path
  env: {}
  limits: { nofile: 65535 }
  stop:   { signal: SIGTERM, timeout: 10s }
  reload: { signal: SIGHUP }                                            # or { run: hooks/reload }
  restart: { backoff: 1s..60s, giveUpAfter: 5 in 10m }                  # an exit after member-remove is not restarted
health:
  ready: { tcp: client, interval: 2s, timeout: 1s, failures: 3 }   # tcp: port name | http: {port, path, status} | exec: [argv]
  alive: { exec: ['{{program.home}}/bin/ping'], interval: 5s, failures: 3 }   # failing = restart
  role:  { exec: ['{{program.home}}/bin/role'], interval: 2s }     # stdout one word, shown; orders roll-outs
hooks:                     # settings, where the defaults (60s, no retries) do not fit
  install: { timeout: 300s, retries: 2, user: root, onDeadline: fail }   # fail | hold (waits for a person)
update: { canary: 1, maxParallel: 1, minHealthy: 50%, rollback: auto }   # rollback: auto | manual | never; default manual with data
`;

export const pageTemplate = `bind {{unit.ip}}
port {{unit.port}}
maxmemory {{config.maxmemory}}
{{#if service.leader}}
{{#unless unit.leader}}
replicaof {{service.leader.ip}} {{service.leader.port}}
{{/unless}}
{{/if}}
`;

/** The head that every manifest needs; lines of a test begin at line 5. */
export const head = 'apiVersion: yiqiu/v1\nname: small\nversion: 1.0.0\nsummary: Nothing much\n';

/** A package's files: paths under hooks/ and bin/ are executable, texts are kept for templates. */
export function filesOf(texts: Readonly<Record<string, string>>, notExecutable: readonly string[] = []): PackageFiles {
  const table = new EntryTable();
  for (const [path, text] of Object.entries(texts)) {
    const executable = /^(hooks|bin)\//.test(path) && !notExecutable.includes(path);
    const added = table.add({ name: path, type: 'file', executable, size: text.length, target: null });
    if ('problem' in added) throw new Error(added.problem.reason);
  }
  return { table, texts: new Map(Object.entries(texts)) };
}

export function accepted(text: string, files: Record<string, string> = {}): Manifest {
  const parsed = parseManifest(text, filesOf({ 'yiqiu.yaml': text, ...files }));
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems, null, 2));
  return parsed.manifest;
}

/** As `file:line path: reason`. */
export function refused(text: string, files: Record<string, string> = {}, notExecutable: string[] = []): string[] {
  const parsed = parseManifest(text, filesOf({ 'yiqiu.yaml': text, ...files }, notExecutable));
  if ('manifest' in parsed) throw new Error('the manifest was accepted');
  return parsed.problems.map((problem) => `${fieldOf(problem)} ${problem.path}: ${problem.reason}`);
}
