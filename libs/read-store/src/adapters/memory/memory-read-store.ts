import { HeldProjection } from '../../in-memory/held-projection.js';
import type { Blobs, CollectionDefinition, Document, ProjectionShape, ReadStore } from '../../port.js';
import { ProjectionRegister } from '../../register.js';
import { freezePlain } from './freeze-plain.js';

export interface MemoryReadStoreOptions {
  /** Called between the documents and the checkpoint of every batch; what it throws makes the batch fail. */
  readonly beforeCheckpoint?: () => void;
}

/**
 * Everything in memory, for tests. Stricter than a real store: documents are frozen in depth, and refused when they are
 * not plain JSON or have a dot in a key.
 */
export function createMemoryReadStore(options: MemoryReadStoreOptions = {}): ReadStore {
  const make = async (shape: ProjectionShape): Promise<HeldProjection> =>
    new HeldProjection(shape, { ...options, inspect: freezePlain });
  const register = new ProjectionRegister<HeldProjection>({
    live: make,
    beside: make,
    replace: async () => undefined,
    remove: async (generation) => {
      generation.remove();
    },
  });
  return {
    open: (shape) => register.open(shape),
    openBeside: (shape) => register.openBeside(shape),
    swap: (shape, beside) => register.swap(shape, beside),
    discard: (beside) => register.discard(beside),
    collection: <D extends Document>(definition: CollectionDefinition<D>) => register.collection(definition),
    blobs: memoryBlobs(() => register.assertOpen()),
    condition: () => (register.isClosed ? { ready: false, reason: 'the read store is closed' } : { ready: true }),
    flush: async () => register.assertOpen(),
    close: async () => {
      for (const generation of register.live()) generation.remove();
      register.close();
    },
  };
}

function memoryBlobs(assertOpen: () => void): Blobs {
  const texts = new Map<string, string>();
  return {
    get: async (key) => {
      assertOpen();
      return texts.get(key);
    },
    put: async (key, text) => {
      assertOpen();
      texts.set(key, text);
    },
    delete: async (key) => {
      assertOpen();
      texts.delete(key);
    },
  };
}
