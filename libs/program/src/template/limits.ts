/** A template's text. */
export const templateCharactersMax = 128 * 1024;
/** What one template may render to. */
export const outputCharactersMax = 4 * 1024 * 1024;
/** Blocks and brackets within one another. */
export const nestingMax = 64;
/** Statements and rounds of loops in one rendering: bounds loops within loops. */
export const stepsMax = 1_000_000;
