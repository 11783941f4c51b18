export { openMemoryLog, MemoryLog, type MemoryLogOptions } from './log.ts';
export { MemoryStore, type AppendFault, type MemoryStoreOptions } from './store.ts';
