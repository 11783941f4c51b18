import type { UnitRow } from './state.ts';

/** One line for a failed unit: which step, how, and the last line it said. Empty where it has not failed. */
export const failureText = ({ name, failed }: UnitRow): string => {
  if (failed === null) return '';
  const how = failed.exitCode === null ? '' : ` with exit code ${failed.exitCode}`;
  const why = [failed.message, failed.tail].filter((text) => text !== '').join(': ');
  return `${name}: ${failed.step} failed${how}${why === '' ? '' : `: ${why}`}`;
};
