/**
 * Node's flags for a small resident set: without them a quiet agent takes 92 MiB, with them 82. The optimising compilers
 * are off; what the agent does is waiting.
 */
export const smallHeapFlags = ['--max-semi-space-size=1', '--lite-mode'] as const;

/** Replaces this process by the same one with these flags, where they are missing: same pid, same file descriptors. */
export const withSmallHeap = (): void => {
  const missing = smallHeapFlags.filter((flag) => !process.execArgv.includes(flag));
  // `execve` is not there on every system; the flags only save memory.
  if (missing.length === 0 || process.execve === undefined) return;
  const [, script = '', ...args] = process.argv;
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...missing, script, ...args], process.env);
};
