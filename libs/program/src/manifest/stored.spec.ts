import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { filesOf, head } from './manifest.fixture.ts';
import { parseManifest } from './parse.ts';
import { storedManifest } from './types.ts';

describe('a manifest in an event', () => {
  it('is JSON to the compiler, to zod, and back', () => {
    const parsed = parseManifest(
      `${head}process: { command: [/x], limits: { nofile: 1 } }\n`,
      filesOf({ 'hooks/start': '' }),
    );
    if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
    const json: Record<string, z.core.util.JSONType> = parsed.manifest;
    const stored = z.record(z.string(), z.json()).parse(json);
    expect(storedManifest.parse(stored)).toEqual(parsed.manifest);
  });
});
