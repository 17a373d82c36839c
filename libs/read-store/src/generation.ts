import type { Collection, ProjectionShape, ProjectionStore } from './port.js';

/** What an adapter keeps for one generation of a projection: the write side of the port, and reads. */
export interface Generation extends ProjectionStore {
  readonly shape: ProjectionShape;
  reader(collection: string): Collection;
}
