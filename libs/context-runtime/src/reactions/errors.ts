import type { ContextName } from '@yiqiu/kernel';

/** The foreign log has another history than the cursor: its consumer stops until an operator adopts it. */
export class ForeignLineageError extends Error {
  override readonly name = 'ForeignLineageError';
  constructor(
    context: ContextName,
    known: { readonly lineage: string; readonly position: number },
    found: { readonly lineage: string; readonly position: number },
  ) {
    super(
      `log ${context} is of lineage ${found.lineage} at position ${found.position}; consumed is lineage ${known.lineage} up to ${known.position}. ` +
        `Compare the two and adopt the new one at the position where it goes on`,
    );
  }
}

/** A foreign event is from further in the future than clocks may differ. */
export class ForeignClockError extends Error {
  override readonly name = 'ForeignClockError';
}
