import { describe, expect, it } from '@jest/globals';
import { accepted, head, pageManifest, pageTemplate, refused } from './manifest.fixture.ts';
import { storedManifest } from './types.ts';

describe('an accepted manifest', () => {
  it('is the page’s, normalised', () => {
    const files = {
      'templates/redis.conf.hbs': pageTemplate,
      'hooks/install': '',
      'hooks/member-add': '',
      'hooks/lib.sh': '',
    };
    expect(accepted(pageManifest, files)).toEqual({
      apiVersion: 'yiqiu/v1',
      name: 'redis',
      version: '7.0.15',
      summary: 'In-memory data store',
      user: 'redis',
      provides: [{ name: 'cache', interface: 'redis', keys: { unit: [], service: [] } }],
      peers: [{ name: 'replication', interface: 'redis-peer' }],
      requires: [{ name: 'upstream', interface: 'redis', optional: true, limit: 1 }],
      leader: {
        kind: 'platform',
        eligible: { exec: ['{{program.home}}/bin/can-lead'], intervalMs: 2000, timeoutMs: 5000 },
      },
      fencing: 'verified',
      data: [{ name: 'data', path: 'data', mode: 0o750, onLoss: 'rebuild' }],
      ports: [{ name: 'client', default: 6379 }],
      config: {
        type: 'object',
        properties: { maxmemory: { type: 'string', default: '64mb', description: '…', 'x-apply': 'restart' } },
      },
      templates: [
        {
          from: 'templates/redis.conf.hbs',
          to: 'conf/redis.conf',
          mode: 0o640,
          onChange: { config: 'restart', relation: 'restart', members: 'restart', leader: 'none' },
        },
      ],
      process: {
        command: ['/usr/bin/redis-server', '{{unit.home}}/conf/redis.conf'],
        env: {},
        limits: { nofile: 65535 },
        stop: { signal: 'SIGTERM', timeoutMs: 10_000 },
        reload: { kind: 'signal', signal: 'SIGHUP' },
        restart: { backoffMinMs: 1000, backoffMaxMs: 60_000, giveUpAfter: { exits: 5, windowMs: 600_000 } },
      },
      health: {
        ready: { check: { kind: 'tcp', port: 'client' }, intervalMs: 2000, timeoutMs: 1000, failures: 3 },
        readyAfterMs: 2000,
        alive: {
          check: { kind: 'exec', exec: ['{{program.home}}/bin/ping'] },
          intervalMs: 5000,
          timeoutMs: 5000,
          failures: 3,
        },
        role: { exec: ['{{program.home}}/bin/role'], intervalMs: 2000, timeoutMs: 5000 },
      },
      hooks: {
        install: { timeoutMs: 300_000, retries: 2, user: 'root', onDeadline: 'fail' },
        'member-add': { timeoutMs: 60_000, retries: 0, user: 'redis', onDeadline: 'fail' },
      },
      update: { canary: 1, maxParallel: 1, minHealthy: { kind: 'percent', percent: 50 }, rollback: 'auto' },
    });
  });

  it('needs only four keys; everything else has a default', () => {
    const manifest = accepted(head);
    expect(manifest).toMatchObject({
      user: 'root',
      leader: { kind: 'none' },
      fencing: 'none',
      process: null,
      hooks: {},
    });
    expect(manifest.config).toEqual({ type: 'object', properties: {} });
    expect(manifest.health).toEqual({ ready: null, readyAfterMs: 2000, alive: null, role: null });
    expect(manifest.update).toEqual({
      canary: 0,
      maxParallel: 1,
      minHealthy: { kind: 'percent', percent: 50 },
      rollback: 'auto',
    });
  });

  it('has the page’s defaults within what is given', () => {
    const manifest = accepted(
      `${head}data: [{ name: db }]\nports: [{ name: http }]\nprocess: { command: [/bin/x] }\n` +
        'templates: [{ from: templates/a, to: conf/a }]\nhealth: { ready: { http: { port: http } } }\nupdate: { minHealthy: 2 }\n',
      { 'templates/a': '' },
    );
    expect(manifest.fencing).toBe('verified');
    expect(manifest.update).toMatchObject({ rollback: 'manual', minHealthy: { kind: 'units', units: 2 } });
    expect(manifest.data).toEqual([{ name: 'db', path: 'db', mode: 0o750, onLoss: 'wait' }]);
    expect(manifest.ports).toEqual([{ name: 'http', default: null }]);
    expect(manifest.process).toEqual({
      command: ['/bin/x'],
      env: {},
      limits: {},
      stop: { signal: 'SIGTERM', timeoutMs: 10_000 },
      reload: null,
      restart: { backoffMinMs: 1000, backoffMaxMs: 60_000, giveUpAfter: { exits: 5, windowMs: 600_000 } },
    });
    expect(manifest.templates[0]).toMatchObject({
      mode: 0o644,
      onChange: { config: 'restart', relation: 'restart', members: 'restart', leader: 'none' },
    });
    expect(manifest.health.ready?.check).toEqual({ kind: 'http', port: 'http', path: '/', status: 200 });
  });

  it('can be stored as JSON and read back', () => {
    const manifest = accepted(pageManifest, { 'templates/redis.conf.hbs': pageTemplate });
    expect(storedManifest.parse(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest);
  });

  it.each([
    ['leader: none', `${head}leader: none\n`],
    ['fencing: none with data', `${head}fencing: none\ndata: [{ name: d }]\n`],
    ['empty keys', `${head}peers:\nhooks:\nprocess:\n`],
    ['numbers and truth values as arguments', `${head}process: { command: [/bin/sleep, 5, true], env: { A: 1 } }\n`],
    ['limits without number', `${head}process: { command: [/bin/x], limits: { core: unlimited } }\n`],
    ['the unit’s home first', `${head}process: { command: ['{{unit.home}}/run/x'] }\n`],
    [
      '500ms, 1m, 2h',
      `${head}process: { command: [/x], stop: { timeout: 500ms }, restart: { backoff: 1m..1h, giveUpAfter: 1 in 2h } }\n`,
    ],
    [
      'a template into the data directory',
      `${head}data: [{ name: data }]\ntemplates: [{ from: templates/a, to: data/myid }]\n`,
    ],
    [
      'onChange by cause',
      `${head}templates: [{ from: templates/a, to: a, onChange: { config: none, leader: restart } }]\n`,
    ],
    [
      'a reload by the hooks, without a process',
      `${head}templates: [{ from: templates/a, to: a, onChange: reload }]\n`,
    ],
    ['a pre-release version', head.replace('1.0.0', '1.0.0-rc.1')],
  ])('allows %s', (_, text) => {
    expect(accepted(text, { 'templates/a': '' }).name).toBe('small');
  });

  it('keeps arguments as they were written', () => {
    const manifest = accepted(`${head}process: { command: [/bin/x, 0640, 1.50, yes], env: { A: 007 } }\n`);
    expect(manifest.process).toMatchObject({ command: ['/bin/x', '0640', '1.50', 'yes'], env: { A: '007' } });
  });

  it('takes a unit’s own address for granted among a provider’s keys', () => {
    const manifest = accepted(
      `${head}provides: [{ name: db, interface: sql, keys: { unit: [ip, port, role], service: [password] } }]\n`,
    );
    expect(manifest.provides[0]?.keys).toEqual({ unit: ['role'], service: ['password'] });
  });
});

describe('keys of later work', () => {
  it.each([
    ['needs: {}', 'needs'],
    ['generate: {}', 'generate'],
    ['sidecars: {}', 'sidecars'],
    ['logs: [{ path: log/redis.log, size: 50MiB, keep: 5 }]', 'logs'],
    ['actions: { backup: { run: actions/backup } }', 'actions'],
    ['leader: own', 'leader'],
    ['fencing: lease', 'fencing'],
    ['data: [{ name: d, class: fast }]', 'data[0].class'],
    ['ports: [{ name: p, count: 2 }]', 'ports[0].count'],
    ['config: { type: object, properties: { p: { type: string, x-secret: true } } }', 'config.properties.p.x-secret'],
  ])('%s is not supported yet', (line, path) => {
    expect(refused(`${head}${line}\n`)).toEqual([expect.stringMatching(/^yiqiu\.yaml:5 .*is not supported yet$/)]);
    expect(refused(`${head}${line}\n`)[0]).toContain(` ${path}: `);
  });
});

describe('what is refused, with its line', () => {
  it.each([
    ['unknown key', 'proces: {}', 'yiqiu.yaml:5 proces: unknown key "proces" (did you mean "process"?)'],
    [
      'unknown key within',
      'ports: [{ name: a, defualt: 1 }]',
      'yiqiu.yaml:5 ports[0].defualt: unknown key "defualt" (did you mean "default"?)',
    ],
    ['unknown hook', 'hooks: { instal: {} }', 'hooks.instal: unknown key "instal" (did you mean "install"?)'],
    ['unknown hook setting', 'hooks: { install: { retry: 1 } }', 'unknown key "retry" (did you mean "retries"?)'],
    ['a list for a map', 'process: []', 'process: must be a map, not a list'],
    ['a map for a list', 'ports: { a: 1 }', 'ports: must be a list, not a map'],
    ['text for a number', 'update: { canary: one }', 'update.canary: must be a whole number from 0'],
    [
      'a number out of bounds',
      'ports: [{ name: a, default: 70000 }]',
      'ports[0].default: must be a whole number from 1 to 65535',
    ],
    ['a name', 'ports: [{ name: Client_1 }]', 'ports[0].name: is not a DNS label'],
    ['a name twice', 'ports: [{ name: a }, { name: a }]', 'ports[1].name: "a" is there twice'],
    [
      'an endpoint twice',
      'peers: [{ name: a, interface: x }]\nrequires: [{ name: a, interface: x }]',
      'yiqiu.yaml:6 requires[0].name: "a" is there twice',
    ],
    ['no interface', 'peers: [{ name: a }]', 'peers[0].interface: "interface" is missing'],
    ['a limit of none', 'requires: [{ name: a, interface: x, limit: 0 }]', 'limit: must be a whole number from 1'],
    [
      'a duration without a unit',
      'process: { command: [/x], stop: { timeout: 10 } }',
      'process.stop.timeout: is not a whole number with ms, s, m or h',
    ],
    ['a duration past its bound', 'hooks: { install: { timeout: 25h } }', 'hooks.install.timeout: must be 1s to 24h'],
    [
      'a backoff',
      'process: { command: [/x], restart: { backoff: 60s..1s } }',
      'process.restart.backoff: is not two durations',
    ],
    [
      'giveUpAfter',
      'process: { command: [/x], restart: { giveUpAfter: 5/10m } }',
      'giveUpAfter: is not a number of exits',
    ],
    ['a percentage', 'update: { minHealthy: 150% }', 'update.minHealthy: is not a percentage'],
    ['no word', 'update: { rollback: automatic }', '"automatic" is not one of auto, manual, never'],
    ['a signal', 'process: { command: [/x], stop: { signal: TERM } }', '"TERM" is not one of SIGTERM'],
    ['a limit', 'process: { command: [/x], limits: { files: 1 } }', 'unknown key "files"'],
    ['a relative command', 'process: { command: [redis-server] }', 'process.command[0]: must be an absolute path'],
    [
      'another name’s home',
      "process: { command: ['{{machine.name}}/x'] }",
      'process.command[0]: must be an absolute path',
    ],
    ['no command', 'process: { env: {} }', 'process.command: "command" is missing'],
    ['an empty command', 'process: { command: [] }', 'process.command: is empty'],
    [
      '{{…}} without quotes',
      'process: { command: [/x, {{unit.port}}] }',
      'process.command[1]: must be text, not a map: text that begins with {{ needs quotes',
    ],
    [
      'a reload by an absolute path',
      'process: { command: [/x], reload: { run: /bin/true } }',
      '"/bin/true" is absolute',
    ],
    [
      'a reserved variable',
      'process: { command: [/x], env: { YIQIU_X: y } }',
      '"YIQIU_X" is no name for a variable here',
    ],
    [
      'both reloads',
      'process: { command: [/x], reload: { signal: SIGHUP, run: hooks/reload } }',
      'needs one of signal and run',
    ],
    [
      'a reload that is not there',
      'process: { command: [/x], reload: { run: hooks/reload } }',
      '"hooks/reload" does not exist',
    ],
    [
      'a mode without quotes',
      'data: [{ name: d, mode: 0750 }]',
      'data[0].mode: must be a mode in quotes, e.g. "0640", not a number: write it in quotes',
    ],
    ['setuid', 'data: [{ name: d, mode: "4750" }]', 'data[0].mode: is not a mode'],
    ['an absolute data path', 'data: [{ name: d, path: /var/lib/d }]', '"/var/lib/d" is absolute'],
    ['a data path that climbs', 'data: [{ name: d, path: ../d }]', 'climbs out with ".."'],
    ['a data path of the platform', 'data: [{ name: d, path: program/d }]', '"program" is the platform\'s own'],
    [
      'data within data',
      'data: [{ name: a, path: d }, { name: b, path: d/e }]',
      '"d/e" and "d" lie within one another',
    ],
    [
      'tcp of no port',
      'health: { ready: { tcp: clinet } }\nports: [{ name: client }]',
      '"clinet" is no declared port (did you mean "client"?)',
    ],
    ['tcp without ports', 'health: { ready: { tcp: client } }', '"client" is no declared port'],
    [
      'two checks',
      'health: { ready: { tcp: a, exec: [/x] } }\nports: [{ name: a }]',
      'needs one of tcp, http and exec, and has tcp and exec',
    ],
    ['no check', 'health: { alive: { interval: 1s } }', 'needs one of tcp, http and exec, and has none'],
    ['a role by tcp', 'health: { role: { tcp: a } }', 'health.role.tcp: unknown key "tcp"'],
    [
      'an http path',
      'health: { ready: { http: { port: a, path: x } } }\nports: [{ name: a }]',
      'is not a path that begins with /',
    ],
    ['a leader of another kind', 'leader: platform', '"platform" is not one of none'],
    ['an empty leader', 'leader: {}', '"eligible" is missing'],
    ['a user', 'user: "no such"', 'user: is not the name of a user'],
    ['an alias', 'peers: &p []\nrequires: *p', 'yiqiu.yaml:6 : the alias *p is not supported'],
    ['an alias in the config', 'config: { properties: { a: { type: string,*x } } }', 'the alias *x is not supported'],
    ['a key twice', 'user: a\nuser: b', 'this key is there twice'],
    ['a key that is no text', '1: a', 'keys must be text'],
    ['no YAML', 'user: [a', 'is no YAML: '],
    ['two documents', '---\nuser: a', 'is no YAML: '],
    ['a tag', 'user: !!python x', 'is no YAML: '],
  ])('%s', (_, line, problem) => {
    expect(refused(`${head}${line}\n`).join('\n')).toContain(problem);
    expect(refused(`${head}${line}\n`)[0]).toMatch(/^yiqiu\.yaml:[56] /);
  });

  it('what is required', () => {
    expect(refused('user: root\n')).toEqual(
      ['apiVersion', 'name', 'version', 'summary'].map((key) => `yiqiu.yaml:1 ${key}: "${key}" is missing`),
    );
    expect(refused('')).toEqual(['yiqiu.yaml:1 : is empty']);
    expect(refused('- a\n')).toEqual(['yiqiu.yaml:1 : must be a map, not a list']);
  });

  it.each([
    ['apiVersion: yiqiu/v1', 'apiVersion: yiqiu/v2', '1 apiVersion: "yiqiu/v2" is not one of yiqiu/v1'],
    ['name: small', 'name: Small', '2 name: is not a DNS label'],
    ['name: small', 'name:', '2 name: must be a DNS label'],
    ['1.0.0', '1.0', '3 version: must be a semantic version, e.g. 7.0.15, not a number: write it in quotes'],
    ['1.0.0', 'v1.0.0', '3 version: is not a semantic version'],
    ['1.0.0', '1.0.0+build', '3 version: is not a semantic version, e.g. 7.0.15, without build metadata'],
    ['Nothing much', '""', '4 summary: is not one line of text'],
    ['Nothing much', '"a\\nb"', '4 summary: is not one line of text'],
    ['Nothing much', 'x'.repeat(201), '4 summary: is not one line of text, at most 200 characters'],
  ])('%s as %s', (was, is, problem) => {
    expect(refused(head.replace(was, is))).toEqual([expect.stringContaining(`yiqiu.yaml:${problem}`)]);
  });

  it('all of it at once, in the order of the lines', () => {
    const text = `${head}user: "?"\nneeds: {}\nports: [{ name: A }]\nprocess:\n  command: [x]\n  env: { a: '{{unit.nosuch}}' }\n`;
    expect(refused(text).map((problem) => problem.split(' ')[0])).toEqual(
      [5, 6, 7, 9, 10].map((line) => `yiqiu.yaml:${line}`),
    );
  });

  it('bounds: size, depth, lengths of lists', () => {
    expect(refused(`${head}#${'x'.repeat(128 * 1024)}\n`)).toEqual(['yiqiu.yaml:1 : is too long']);
    expect(refused(`${head}user: ${'['.repeat(20_000)}`)[0]).toBe('yiqiu.yaml:5 : is nested too deeply');
    const ports = Array.from({ length: 65 }, (_, index) => `{ name: p${index} }`).join(', ');
    expect(refused(`${head}ports: [${ports}]\n`)).toEqual(['yiqiu.yaml:5 ports: has 65 elements']);
    const wrong = Array.from({ length: 300 }, (_, index) => `wrong${index}: 1\n`).join('');
    expect(refused(head + wrong)).toHaveLength(100);
  });
});
