import pc from 'picocolors';

const good = ['RUNNING', 'READY', 'ACTIVE', 'succeeded', 'healthy', 'running', 'connected', 'finished'];
const bad = ['FAILED', 'ERROR', 'ERROR_DETECTED', 'failed', 'unhealthy', 'stopped', 'away', 'frozen'];
const idle = ['STOPPED', 'OFFLINE', 'REMOVED', 'RELEASED', 'cancelled', '-'];

/** A state in its colour: green is well, red wants a person, dim is over, yellow is on the way. */
export const coloured = (state: string): string => {
  if (good.includes(state)) return pc.green(state);
  if (bad.includes(state)) return pc.red(state);
  if (idle.includes(state)) return pc.dim(state);
  return state.startsWith('unknown') ? pc.magenta(state) : pc.yellow(state);
};
