/** Events of one append. A runtime's group commit stays far below; one command of a whole fleet fits. */
export const batchEventsMax = 100_000;
/** Commands of one append, ids of one look-up, rows of one pruning. */
export const batchCommandsMax = 10_000;
/** Bodies and answers of one append together, bytes of UTF-8. */
export const batchBytesMax = 64 * 1024 * 1024;
export const commandIdLengthMax = 200;
/** A command's answer as JSON text, bytes of UTF-8. */
export const answerBytesMax = 1024 * 1024;
/** One chunk of a snapshot, characters. */
export const snapshotChunkLengthMax = 16 * 1024 * 1024;
/** Complete snapshots kept per fold version. */
export const snapshotsKept = 2;
export const blobBytesMax = 256 * 1024 * 1024;
/** One piece of a blob read back, bytes. */
export const blobReadBytesMax = 8 * 1024 * 1024;
/** Rows of one page of a reader. */
export const pageRowsMax = 5_000;
/** How often a subscription looks without being woken, ms. */
export const pollMsDefault = 1_000;
