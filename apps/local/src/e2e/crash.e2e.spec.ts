import { describe, it } from '@jest/globals';
import { withPlatform, type TestPlatform } from './platform.fixture.ts';

/** The crash matrix on real processes. What each script promises and counts is said in it: deploy/dev/story. */
describe('crashes while units are deployed', () => {
  let platform: TestPlatform;
  withPlatform((started) => {
    platform = started;
  });

  it('each part of the platform killed in turn: the deployment completes, nothing is done twice', async () => {
    await platform.tell('crash-parts.mjs', '1');
  }, 600_000);

  it('agents killed 50 times: no unit is killed, doubled or lost', async () => {
    await platform.tell('crash-agents.mjs', '50');
  }, 600_000);

  it('the store of NATS deleted: streams are made again from the logs', async () => {
    await platform.tell('nats-lost.mjs');
  }, 300_000);
});
