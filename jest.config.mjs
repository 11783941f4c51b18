import { readdirSync } from 'node:fs';

/**
 * One jest project per workspace project and reach:
 *   unit:<name>  *.spec.ts       pure, in process
 *   int:<name>   *.int.spec.ts   against the real PostgreSQL or NATS, or real child processes
 *   e2e:<name>   *.e2e.spec.ts   the whole platform, through its surfaces
 */
const swc = [
  '@swc/jest',
  {
    swcrc: false,
    module: { type: 'es6' },
    sourceMaps: 'inline',
    jsc: {
      target: 'es2024',
      keepClassNames: true,
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
    },
  },
];

const base = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': swc },
  testEnvironmentOptions: { customExportConditions: ['@yiqiu/source', 'node', 'node-addons'] },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/\\.nx/'],
};

const projects = ['libs', 'apps'].flatMap((kind) =>
  readdirSync(`${import.meta.dirname}/${kind}`).flatMap((name) => {
    const src = `<rootDir>/${kind}/${name}/src`;
    const project = (reach, testMatch, testPathIgnorePatterns = []) => ({
      ...base,
      id: `${reach}:${name}`,
      displayName: `${reach}:${name}`,
      testMatch,
      testPathIgnorePatterns,
    });
    return [
      project('unit', [`${src}/**/*.spec.ts`], ['\\.(int|e2e)\\.spec\\.ts$']),
      project('int', [`${src}/**/*.int.spec.ts`]),
      project('e2e', [`${src}/**/*.e2e.spec.ts`]),
    ];
  }),
);

export default { projects, coverageProvider: 'v8' };
