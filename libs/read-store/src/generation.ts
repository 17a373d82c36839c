import type { Where } from './conditions.js';
import type { Document, Find, ProjectionShape, ProjectionStore, Stored } from './port.js';

/** Reads of one collection of one generation; without waiting, so that a look costs one promise, and a find is one moment. */
export interface Reader {
  get(id: string): Stored<Document> | undefined;
  find(query?: Find): readonly Stored<Document>[];
  count(where?: Where): number;
}

/** What an adapter keeps for one generation of a projection: the write side of the port, and reads. */
export interface Generation extends ProjectionStore {
  readonly shape: ProjectionShape;
  reader(collection: string): Reader;
}
