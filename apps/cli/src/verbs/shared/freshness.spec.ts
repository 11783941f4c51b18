import { describe, expect, it } from '@jest/globals';
import { shownState } from './freshness.ts';

const now = Date.parse('2026-01-01T00:10:00.000Z');
const fresh = { now, staleMs: 30_000, away: new Set(['m9']) };
const at = (secondsAgo: number): string => new Date(now - secondsAgo * 1_000).toISOString();

describe('a state as a person is told it', () => {
  it.each([
    ['RUNNING', at(5), 'm1', 'RUNNING'],
    ['RUNNING', at(360), 'm1', 'unknown (was RUNNING 6 m ago)'],
    ['RUNNING', at(5), 'm9', 'unknown (was RUNNING 5 s ago)'],
    ['RUNNING', null, 'm1', 'unknown (was RUNNING)'],
    ['DEGRADED', at(31), 'm1', 'unknown (was DEGRADED 31 s ago)'],
    // Nobody observes these: they are what the platform decided.
    ['PENDING', null, null, 'PENDING'],
    ['STOPPED', at(360), 'm9', 'STOPPED'],
    ['FAILED', at(360), 'm1', 'FAILED'],
  ])('%s, seen at %s on %s, is %s', (state, observedAt, machine, text) =>
    expect(shownState({ state, observedAt, machine }, fresh)).toBe(text),
  );
});
