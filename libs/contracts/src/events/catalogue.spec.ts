import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { contextNames } from '@yiqiu/kernel';
import { eventCatalogue } from './index.ts';

const goldenDir = (context: string) => join(import.meta.dirname, context, 'golden');
const goldenName = (type: string, version: string) => `${type}.v${version}.json`;

describe.each(contextNames)('the event catalogue of %s', (context) => {
  const catalogue = eventCatalogue[context];
  const wanted = Object.entries(catalogue).flatMap(([type, versions]) =>
    Object.keys(versions).map((version) => ({ type, version })),
  );

  it('has one golden file per event and version, and no other', () => {
    expect(readdirSync(goldenDir(context)).sort()).toEqual(
      wanted.map(({ type, version }) => goldenName(type, version)).sort(),
    );
  });

  it.each(wanted)('still reads $type of version $version as it was written, to the letter', ({ type, version }) => {
    const golden: unknown = JSON.parse(readFileSync(join(goldenDir(context), goldenName(type, version)), 'utf8'));
    expect(catalogue[type]?.[Number(version)]?.parse(golden)).toEqual(golden);
  });

  it.each(wanted)('refuses a key that $type of version $version does not have', ({ type, version }) => {
    const golden: unknown = JSON.parse(readFileSync(join(goldenDir(context), goldenName(type, version)), 'utf8'));
    const result = catalogue[type]?.[Number(version)]?.safeParse({ ...(golden as object), surplus: 1 });
    expect(result?.success).toBe(false);
  });
});
