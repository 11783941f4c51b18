/** A step did not do what it was to do. The message is for people; output is kept beside it. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  constructor(
    message: string,
    readonly exitCode: number | null = null,
    options: { readonly cause?: unknown } = {},
  ) {
    super(message, options);
  }
}
