import { proxyTargets, whole } from './platform.mjs';
import { tell, until } from './say.mjs';
import { Writer } from './writer.mjs';

/**
 * Tells a story of the demo group while somebody writes through its proxies: begins when the group is whole and the first write
 * is acknowledged. `story(writer, proxies)` may stop the writer itself; `after` is run at its end, however that came.
 */
export const tellUnderWrites = async (platform, title, { everyMs = 5 }, story, after = async () => {}) => {
  const proxies = proxyTargets(platform);
  let writer = null;
  await tell(
    title,
    async () => {
      await whole(platform, 60);
      writer = new Writer({ prefix: `story-${Date.now()}`, targets: proxies.targets, everyMs }).start();
      await until('the first write is acknowledged', 30, () => writer.acknowledged.length > 0);
      await story(writer, proxies);
    },
    async () => {
      await after();
      await writer?.stop();
      proxies.close();
    },
  );
};
