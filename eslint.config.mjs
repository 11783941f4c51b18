import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import { purity } from './tools/eslint/purity.mjs';

/**
 * Who may import whom (docs/architecture.md). `layer:domain` is pure and shared, `layer:business` is one
 * context's behaviour, pure too; their purity is `purity` below. `layer:testing` is for
 * every layer's specs, and for nothing but specs (`testingOnly`).
 */
const depConstraints = [
  { sourceTag: 'layer:domain', onlyDependOnLibsWithTags: ['layer:domain', 'layer:contracts', 'layer:testing'] },
  { sourceTag: 'layer:business', onlyDependOnLibsWithTags: ['layer:domain', 'layer:contracts', 'layer:testing'] },
  { sourceTag: 'layer:business', onlyDependOnLibsWithTags: ['layer:domain', 'layer:contracts', 'layer:testing'] },
  { sourceTag: 'layer:contracts', onlyDependOnLibsWithTags: ['layer:domain', 'layer:testing'] },
  {
    sourceTag: 'layer:infra',
    onlyDependOnLibsWithTags: ['layer:domain', 'layer:contracts', 'layer:infra', 'layer:testing'],
  },
  {
    sourceTag: 'layer:app',
    onlyDependOnLibsWithTags: ['layer:domain', 'layer:business', 'layer:contracts', 'layer:infra', 'layer:testing'],
  },
  {
    sourceTag: 'layer:testing',
    onlyDependOnLibsWithTags: ['layer:domain', 'layer:business', 'layer:contracts', 'layer:infra'],
  },
];

const testingOnly = {
  files: ['libs/**/*.ts', 'apps/**/*.ts'],
  ignores: ['**/*.spec.ts', '**/*.fixture.ts', 'libs/testing/**', 'apps/bench/**'],
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: [{ group: ['@yiqiu/testing'], message: 'harnesses are for specs' }] },
    ],
  },
};

export default tseslint.config(
  { ignores: ['**/dist/**', '**/gen/**', '.nx/**', '**/node_modules/**', '.yiqiu/**'] },
  {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    plugins: { '@nx': nx, '@typescript-eslint': tseslint.plugin },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { allow: [], enforceBuildableLibDependency: true, depConstraints }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/ban-ts-comment': 'error',
      'no-empty': 'error',
      'prefer-const': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-constant-condition': ['error', { checkLoops: false }],
    },
  },
  testingOnly,
  ...purity,
);
