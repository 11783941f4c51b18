/**
 * Node's flags for a small resident set: without them a quiet agent takes 97 MiB, with them 84. The optimising compilers are
 * off; what the agent does is waiting. Its 17 MiB of code and schemas are not marked again and again while it is at work,
 * which they are where the old generation may only grow step by step: only beyond 40 MiB.
 */
export const smallHeapFlags = ['--max-semi-space-size=1', '--lite-mode', '--initial-old-space-size=40'] as const;

/** Replaces this process by the same one with these flags, where they are missing: same pid, same file descriptors. */
export const withSmallHeap = (): void => {
  const missing = smallHeapFlags.filter((flag) => !process.execArgv.includes(flag));
  // `execve` is not there on every system; the flags only save memory.
  if (missing.length === 0 || process.execve === undefined) return;
  const [, script = '', ...args] = process.argv;
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...missing, script, ...args], process.env);
};
