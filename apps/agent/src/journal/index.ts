export { Journal, type Admitted, type MetaKey } from './journal.ts';
export { JournalVersionError } from './database.ts';
export { admit, type Admission, type PushOrigin } from './admit.ts';
export { keyText, type AcceptedCommand, type CommandKey, type RunRow, type UnitRecord } from './rows.ts';
export type { WaitingReport } from './reports.ts';
