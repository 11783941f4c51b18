// SET through one proxy, GET through the other; cache/redis scaled to 5, 2, 3: `show stat` of both proxies lists exactly the
// RUNNING units within 5 s of each change, and exactly one is UP. usage: node scale-stat.mjs [--data DIR]
import { ask, isWhole, options, Platform, showStat, whole } from './platform.mjs';
import { chapter, promise, tell, until } from './say.mjs';

const platform = new Platform(options().dataDir);
const lagMsMax = 5_000;
/** A leader that steps down is told from the new one by a check, three times a second. */
const manyUpMsMax = 1_500;

const running = async () =>
  (await platform.units('cache/redis'))
    .filter(({ state }) => state === 'RUNNING')
    .map(({ ordinal }) => `redis-${ordinal}`)
    .sort()
    .join(' ');
const upOf = (stat) => Object.keys(stat).filter((server) => stat[server] === 'UP');

/** Watches one proxy until `stop`: for how long, at most, it listed other units than are RUNNING, and had more than one UP. */
const watch = (proxy) => {
  const seen = { longestMs: 0, manyUpMs: 0, looks: 0, listed: '' };
  let differsSince = null;
  let manySince = null;
  let stopped = false;
  const done = (async () => {
    while (!stopped) {
      const [wanted, stat] = await Promise.all([running(), showStat(platform, proxy)]);
      seen.looks += 1;
      seen.listed = Object.keys(stat).sort().join(' ');
      const now = Date.now();
      differsSince = seen.listed === wanted ? null : (differsSince ?? now);
      if (differsSince !== null) seen.longestMs = Math.max(seen.longestMs, now - differsSince);
      manySince = upOf(stat).length > 1 ? (manySince ?? now) : null;
      if (manySince !== null) seen.manyUpMs = Math.max(seen.manyUpMs, now - manySince);
      await new Promise((next) => setTimeout(next, 50));
    }
    return seen;
  })();
  return { stop: () => ((stopped = true), done) };
};

await tell('Scale, and what the proxies show', async () => {
  await whole(platform, 60);
  const [one, two] = await platform.units('cache/proxy');
  chapter('SET through one, GET through the other');
  await ask(one, 'SET', 'story', 'told');
  promise('the same value', (await ask(two, 'GET', 'story')) === 'told');
  for (const wanted of [5, 2, 3]) {
    chapter(`scale cache/redis ${wanted}`);
    const watches = [one, two].map((proxy) => ({ proxy, ...watch(proxy) }));
    await platform.yiqiu('scale', 'cache/redis', String(wanted), '--yes', '--reason', 'story');
    await until('whole', 120, () => isWhole(platform, 'cache/redis', { leader: true }));
    await new Promise((next) => setTimeout(next, lagMsMax));
    for (const { proxy, stop } of watches) {
      const { longestMs, manyUpMs, looks } = await stop();
      promise(
        `${proxy.name}: never for more than 5 s other units than those RUNNING`,
        longestMs <= lagMsMax,
        `at most ${longestMs} ms in ${looks} looks`,
      );
      promise(`${proxy.name}: never two UP for more than ${manyUpMsMax} ms`, manyUpMs <= manyUpMsMax, `${manyUpMs} ms`);
      const stat = await showStat(platform, proxy);
      const leader = await platform.leader('cache/redis');
      promise(
        `${proxy.name}: all ${wanted}, exactly the leader UP`,
        Object.keys(stat).length === wanted && upOf(stat).join() === `redis-${leader.ordinal}`,
        JSON.stringify(stat),
      );
    }
  }
});
