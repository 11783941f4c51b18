/** The starting package: a real server in what every Debian machine has (perl-base is Essential), small enough to read. */

export interface StarterFile {
  path: string;
  text: string;
  executable: boolean;
}

const manifest = (
  name: string,
) => `# What the platform must know about this program. Check it with: yiqiu program lint .
apiVersion: yiqiu/v1
name: ${name}
version: 0.1.0                 # semver; a version once pushed never changes
summary: A small web server that greets

# Endpoints that other services may use. "interface" is what both sides must agree on.
provides:
  - { name: web, interface: http }
# requires:                    # what this program needs of others; their addresses come into templates and hooks
#   - { name: db, interface: mysql }

# Ports that the platform gives each unit; the first one is unit.port.
ports:
  - { name: http, default: 8080 }

# What people may set: a JSON Schema. x-apply says how a change takes effect: live, reload or restart.
config:
  type: object
  properties:
    greeting:
      type: string
      maxLength: 200
      pattern: '^[^\\r\\n]*$'
      default: Hello
      description: The first word of the answer
      x-apply: reload

# Files made for each unit from what is known then (Handlebars). onChange: restart, reload or none.
templates:
  - { from: templates/server.conf.hbs, to: conf/server.conf, onChange: reload }

# What the agent starts, watches and stops.
process:
  command: [/usr/bin/perl, '{{program.home}}/bin/server.pl', '{{unit.home}}/conf/server.conf']
  stop: { signal: SIGTERM, timeout: 5s }
  reload: { signal: SIGHUP }

# ready: shown to others from now on. alive: failing means restart.
health:
  ready: { http: { port: http, path: /healthz }, interval: 1s }
  alive: { tcp: http, interval: 5s, failures: 3 }

# Data that must outlive restarts and upgrades:
# data:
#   - { name: data, path: data, onLoss: wait }      # wait | rebuild | init

update: { maxParallel: 1, minHealthy: 50% }
`;

const template = `{{!-- A name that does not exist is an error, found by "yiqiu program lint". --}}
ip = {{unit.ip}}
port = {{unit.port}}
unit = {{unit.name}}
greeting = {{config.greeting}}
members = {{join members "{ip}:{port}" " "}}
`;

const server = `#!/usr/bin/perl
# A web server in the core modules of Perl: one request at a time, the file read again on SIGHUP.
use strict;
use warnings;
use IO::Socket::INET;

my ($path) = @ARGV;
my %conf;

sub load {
    open my $file, '<', $path or die "cannot read $path: $!\\n";
    %conf = map { /^(\\w+) = (.*)$/ ? ($1 => $2) : () } <$file>;
    close $file;
}

load();
my $reload = 0;
$SIG{HUP} = sub { $reload = 1 };
$SIG{TERM} = sub { exit 0 };
$SIG{PIPE} = 'IGNORE';

my $listener = IO::Socket::INET->new(LocalAddr => $conf{ip}, LocalPort => $conf{port}, Listen => 64, ReuseAddr => 1)
    or die "cannot listen on $conf{ip}:$conf{port}: $@\\n";
print STDERR "listening on $conf{ip}:$conf{port}\\n";

while (1) {
    my $client = $listener->accept;
    if ($reload) { $reload = 0; load(); }
    next unless $client;
    eval {
        local $SIG{ALRM} = sub { die "too slow\\n" };
        alarm 5;
        my $request = <$client> // '';
        while (my $line = <$client>) { last if $line =~ /^\\r?$/ }
        my $body = $request =~ m{^GET /healthz } ? "ok\\n" : "$conf{greeting} from $conf{unit}, one of $conf{members}\\n";
        print $client "HTTP/1.0 200 OK\\r\\nContent-Type: text/plain; charset=utf-8\\r\\nContent-Length: ", length $body, "\\r\\n\\r\\n", $body;
        alarm 0;
    };
    alarm 0;
    close $client;
}
`;

const install = `#!/bin/sh
# Runs once per unit, before anything else: put software in place here. Hooks are idempotent, since the platform repeats
# them; exit code 0 is success. What they know is in YIQIU_* variables, and as JSON in the file $YIQIU_CONTEXT.
set -eu

if [ ! -x /usr/bin/perl ]; then
  echo "this program needs /usr/bin/perl (on Debian: apt-get install perl-base)" >&2
  exit 1
fi
echo "nothing to install for $YIQIU_UNIT"
`;

const readme = (name: string) => `# ${name}

A small web server that answers every request with a greeting. It shows the parts of a program package:

| | |
|---|---|
| \`yiqiu.yaml\` | the manifest |
| \`templates/\` | files rendered for each unit |
| \`hooks/\` | executables for the steps of a unit; a hook exists by being there |
| \`bin/\` | the program itself |

\`\`\`
yiqiu program lint .
yiqiu program push .
\`\`\`
`;

export function starterFiles(name: string): StarterFile[] {
  return [
    { path: 'yiqiu.yaml', text: manifest(name), executable: false },
    { path: 'templates/server.conf.hbs', text: template, executable: false },
    { path: 'bin/server.pl', text: server, executable: true },
    { path: 'hooks/install', text: install, executable: true },
    { path: 'README.md', text: readme(name), executable: false },
  ];
}
