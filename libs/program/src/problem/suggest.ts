import { closest, distance } from 'fastest-levenshtein';

/** Words longer than this are no typing mistakes; comparing them would only cost time. */
const wordCharactersMax = 64;

/**
 * The known word that was probably meant, as ` (did you mean "x"?)`, or an empty string where none is near: at most
 * half of the letters differ, and at most three.
 */
export function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0 || word.length > wordCharactersMax) return '';
  const candidate = closest(word, known);
  const differs = distance(word.toLowerCase(), candidate.toLowerCase());
  const allowed = Math.min(3, Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 2)));
  return differs <= allowed ? ` (did you mean "${candidate}"?)` : '';
}
