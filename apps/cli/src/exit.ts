/** Exit codes of page Interface. */
export const exitCodes = { done: 0, refused: 1, usage: 2, notFound: 3, unreachable: 4, timedOut: 5 } as const;

/** Ends the command with a message on stderr and this code. */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(
    readonly exitCode: (typeof exitCodes)[keyof typeof exitCodes],
    message: string,
    /** The next command to type. */
    readonly next: string | null = null,
  ) {
    super(message);
  }
}
