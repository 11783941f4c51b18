import { describe } from '@jest/globals';
import { appendContract } from './append.fixture.ts';
import { besideContract } from './beside.fixture.ts';
import type { StartLog } from './harness.fixture.ts';
import { hostileContract } from './hostile.fixture.ts';
import { readContract } from './read.fixture.ts';
import { subscribeContract } from './subscribe.fixture.ts';

export * from './harness.fixture.ts';

/** What every adapter of the port must do. `start` gives a new, empty log. */
export const eventLogContract = (adapter: string, start: StartLog): void => {
  describe(`event log contract: ${adapter}`, () => {
    appendContract(start);
    readContract(start);
    subscribeContract(start);
    hostileContract(start);
    besideContract(start);
  });
};
