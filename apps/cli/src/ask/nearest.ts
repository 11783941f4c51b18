import { distance } from 'fastest-levenshtein';

const nearMax = 3;

/** The names that a person may have meant, nearest first: a third of the letters may differ, or one contains the other. */
export const nearest = (asked: string, names: readonly string[]): string[] =>
  names
    .filter((name) => name !== asked)
    .map((name) => ({ name, far: distance(asked, name), inside: asked.length > 2 && name.includes(asked) }))
    .filter(
      ({ name, far, inside }) => inside || far <= Math.max(1, Math.floor(Math.max(name.length, asked.length) / 3)),
    )
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, nearMax)
    .map(({ name }) => name);
