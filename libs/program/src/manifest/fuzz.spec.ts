import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkTemplate } from '../template/index.ts';
import { sampleShape } from '../template/sample.fixture.ts';
import { filesOf, pageManifest, pageTemplate } from './manifest.fixture.ts';
import { parseManifest } from './parse.ts';

/** A text with a few pieces of it cut out, doubled or replaced. */
const damaged = (text: string) =>
  fc
    .array(
      fc.tuple(
        fc.nat(text.length),
        fc.nat(12),
        fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('{{', '}}', '\n  ', ': ', '- ', '[', '&a ', '*a', '"')),
      ),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map((edits) =>
      edits.reduce((now, [at, length, piece]) => now.slice(0, at) + piece + now.slice(at + length), text),
    );

describe('whatever is written', () => {
  it('a manifest is accepted, or refused with reasons that have lines', () => {
    const lines = pageManifest.split('\n').length + 12;
    fc.assert(
      fc.property(damaged(pageManifest), (text) => {
        const parsed = parseManifest(text, filesOf({ 'templates/redis.conf.hbs': pageTemplate, 'hooks/install': '' }));
        if ('manifest' in parsed) return;
        expect(parsed.problems.length).toBeGreaterThan(0);
        for (const { line, reason } of parsed.problems) {
          expect(reason).not.toBe('');
          expect(line).toBeGreaterThan(0);
          expect(line).toBeLessThanOrEqual(lines);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('a template is checked without an exception', () => {
    const text =
      '{{#each members as |m i|}}{{m.ip}}{{#if (eq i 0)}}{{join config.tags ","}}{{else}}{{../unit.ip}}{{/if}}{{/each}}\n';
    fc.assert(
      fc.property(damaged(text), (template) => {
        for (const { line, column } of checkTemplate(template, sampleShape)) {
          expect(line).toBeGreaterThan(0);
          expect(column).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
