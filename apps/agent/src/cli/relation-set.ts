/**
 * For hooks: publishes relation data. The agent protocol does not carry it yet, and a hook that counts on it must not go on
 * as if it had been published.
 */
export const relationSet = (): number => {
  process.stderr.write('yiqiu-agent relation-set: not supported yet\n');
  return 1;
};
