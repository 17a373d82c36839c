export { EmbeddedEventStore, type EmbeddedEventStoreOptions } from './embedded-event-store.js';
export type { BackupProgress } from './backup.js';
export { beginNewEpoch, LOG_FORMAT } from './schema.js';
export { DataFolderLock } from './data-folder-lock.js';
