import { setTimeout as pause } from 'node:timers/promises';

const started = Date.now();
let broken = 0;
let kept = 0;

const stamp = () => `${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s`;

export const say = (text) => process.stdout.write(`${stamp()}  ${text}\n`);
export const chapter = (text) => process.stdout.write(`\n${stamp()}  == ${text}\n`);

/** A promise: kept or broken, and said either way. Returns whether it was kept. */
export const promise = (text, holds, seen = '') => {
  if (holds) kept += 1;
  else broken += 1;
  process.stdout.write(`${stamp()}  ${holds ? 'ok    ' : 'BROKEN'} ${text}${seen === '' ? '' : `: ${seen}`}\n`);
  return holds;
};

/** Asks until the answer is neither false, null nor undefined; at the deadline throws with the last error. */
export const until = async (what, seconds, ask, everyMs = 100) => {
  const end = Date.now() + seconds * 1_000;
  let last = '';
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== false && answer != null) return answer;
      last = '';
    } catch (error) {
      last = `: ${error.message}`;
    }
    if (Date.now() >= end) throw new Error(`${what}: not within ${seconds} s${last}`);
    await pause(everyMs);
  }
};

/** Runs the story; the exit code is 1 where a promise was broken or it could not be told to its end. */
export const tell = async (title, story, after = async () => {}) => {
  process.stdout.write(`${title}\n`);
  try {
    await story();
  } catch (error) {
    promise('the story goes on to its end', false, error.stack ?? String(error));
  } finally {
    await after();
  }
  process.stdout.write(`\n${title}: ${kept} promises kept, ${broken} broken\n`);
  process.exit(broken > 0 ? 1 : 0);
};
