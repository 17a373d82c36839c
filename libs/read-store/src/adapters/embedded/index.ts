import { EmbeddedReadStore, type EmbeddedReadStoreOptions } from './embedded-read-store.js';
import type { ReadStore } from '../../port.js';

export type { EmbeddedReadStoreOptions } from './embedded-read-store.js';

/** Rejects when the folder cannot be written. Damaged files are told to `warn` and made anew. */
export function openEmbeddedReadStore(options: EmbeddedReadStoreOptions): Promise<ReadStore> {
  return EmbeddedReadStore.open(options);
}
