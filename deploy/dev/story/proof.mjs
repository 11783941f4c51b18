// What the logs have to show after anything, read through REST.
import { promise } from './say.mjs';

const contexts = ['machine', 'resource', 'service'];
const resultTypes = new Set(['StepSucceeded', 'StepFailed']);

const counted = (keys) => {
  const counts = new Map();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
};

const several = (keys) =>
  [...counted(keys)].filter(([, count]) => count > 1).map(([key, count]) => `${key}: ${count} times`);

const commandOf = ({ data }) => `${data.machineUid}, generation ${data.generation}, seq ${data.seq}`;

/** Positions without a hole, no id twice, and each command to an agent issued once and answered at most once. */
export const proveLogs = async (platform) => {
  const all = [];
  for (const context of contexts) {
    const events = await platform.list(`/events?context=${context}`);
    const positions = events.map(({ position }) => position);
    const wrong = positions.find((position, at) => at > 0 && position !== positions[at - 1] + 1);
    promise(
      `${context}: positions are consecutive`,
      wrong === undefined && positions[0] === 1,
      wrong === undefined ? `${positions[0]} to ${positions.at(-1)}` : `a hole before ${wrong}`,
    );
    all.push(...events);
  }
  const doubledIds = several(all.map(({ id }) => id));
  promise('every id is there once', doubledIds.length === 0, doubledIds.join(', ') || `${all.length} events`);
  const issued = all.filter(({ type }) => type === 'StepIssued');
  const results = all.filter(({ type }) => resultTypes.has(type));
  const issuedTwice = several(issued.map(commandOf));
  const answeredTwice = several(results.map(commandOf));
  promise(
    'each (machine, generation, seq) was issued once and took effect once',
    issuedTwice.length === 0 && answeredTwice.length === 0,
    [...issuedTwice, ...answeredTwice].join('; ') || `${issued.length} commands, ${results.length} results`,
  );
  return all;
};
