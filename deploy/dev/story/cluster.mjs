// A redis service of rig.mjs, looked at from outside.
import { info, Redis } from './resp.mjs';
import { until } from './say.mjs';

export const at = (unit) => Redis.open({ host: unit.ip, port: unit.port });
/** One question on a connection of its own. */
export const ask = async (unit, ...words) => {
  const redis = await at(unit);
  try {
    return await redis.call(...words);
  } finally {
    redis.close();
  }
};
export const replication = async (unit) => {
  const redis = await at(unit);
  try {
    return await info(redis, 'replication');
  } finally {
    redis.close();
  }
};
export const lostOf = async (writer, unit) => {
  const redis = await at(unit);
  try {
    return (await writer.lost(redis)).length;
  } finally {
    redis.close();
  }
};
export const ready = (unit) => until(`${unit.name} ready`, 30, () => unit.isReady());
export const follows = (unit, leader) =>
  until(`${unit.name} follows ${leader.name}`, 30, async () => {
    const is = await replication(unit);
    return is.role === 'slave' && is.master_host === leader.ip && is.master_link_status === 'up';
  });
export const whole = (service) =>
  until('every unit ready, all follow the leader', 40, async () => {
    for (const unit of service.units) if (!(await unit.isReady())) return false;
    for (const unit of service.units) if (unit !== service.leader) await follows(unit, service.leader);
    return true;
  });
export const names = (candidates) => candidates.map(({ unit, rank }) => `${unit.name} (${rank})`).join(', ') || 'none';
export const master = (service) => async () => [{ host: service.leader.ip, port: service.leader.port }];
