/**
 * Documents that answer GETs, written only by projections, thrown away and rebuilt at will.
 * Deliberately absent: increments, partial updates, joins, queries without an index (C17).
 */

export type Scalar = string | number | boolean | null;

/** Whole and immutable: adapters may hand out the same object twice, so nobody changes one. Keys hold no dots. */
export interface Document {
  readonly _id: string;
}

/** As stored: with the position of the event that last wrote it. */
export type Stored<D extends Document> = D & { readonly _position: number };

export interface IndexDefinition {
  readonly name: string;
  /** Paths (`service.host`); equality on the leading ones, then a range or a sort on the next. Values are scalars or absent. */
  readonly fields: readonly string[];
  readonly unique?: boolean;
}

export interface CollectionDefinition<D extends Document = Document> {
  readonly name: string;
  readonly indexes: readonly IndexDefinition[];
  /** Never set: carries the type of the documents. */
  readonly documents?: D;
}

export type Condition =
  | Scalar
  | { readonly in: readonly Scalar[] }
  | { readonly gt?: Scalar; readonly gte?: Scalar; readonly lt?: Scalar; readonly lte?: Scalar };

export interface SortField {
  readonly field: string;
  readonly direction: 'ascending' | 'descending';
}

export interface Find {
  readonly where?: Readonly<Record<string, Condition>>;
  /** All in one direction, along an index; ties are broken by `_id` in the same direction. Default: `_id` ascending. */
  readonly sort?: readonly SortField[];
  /** 1 … 10,000; default 1,000. */
  readonly limit?: number;
  /** The sort values and the `_id` of the last document of the page before. */
  readonly after?: { readonly values: readonly Scalar[]; readonly _id: string };
}

/** A look at one live collection. A find that no declared index serves throws `NoIndex`: it would scan. */
export interface Collection<D extends Document = Document> {
  get(id: string): Promise<Stored<D> | undefined>;
  getMany(ids: readonly string[]): Promise<ReadonlyMap<string, Stored<D>>>;
  find(query?: Find): Promise<readonly Stored<D>[]>;
  count(where?: Readonly<Record<string, Condition>>): Promise<number>;
}

export class NoIndex extends Error {
  override readonly name = 'NoIndex';
}

/** A document that cannot be kept: its `_id` is empty or no text, or an indexed value is not a scalar. Nothing was written. */
export class InvalidDocument extends Error {
  override readonly name = 'InvalidDocument';
}

/** The write would have given two documents the same values in a unique index; null (or absent) counts as a value. */
export class NotUnique extends Error {
  override readonly name = 'NotUnique';
}

/** The batch belongs to another log, another version or a generation that was replaced. Nothing was written. */
export class CheckpointConflict extends Error {
  override readonly name = 'CheckpointConflict';
}

export interface DocumentRef {
  readonly collection: string;
  readonly id: string;
}

export type DocumentWrite =
  | { readonly kind: 'put'; readonly collection: string; readonly position: number; readonly document: Document }
  | { readonly kind: 'delete'; readonly collection: string; readonly position: number; readonly id: string };

/** C8: any mismatch with the log means rebuild. */
export interface Checkpoint {
  readonly epoch: string;
  readonly position: number;
  /** SHA-256, hex, of the event at that position as stored. */
  readonly hash: string;
  /** The fold's version. */
  readonly version: number;
}

export interface ProjectionShape {
  readonly name: string;
  readonly version: number;
  /** `state`: small, one document per thing, kept in memory by the embedded store; `history`: grows for ever, kept on disk. */
  readonly keeps: 'state' | 'history';
  readonly collections: readonly CollectionDefinition[];
}

/** The write side of one projection: its collections in one generation (live, or being built beside it). */
export interface ProjectionStore {
  /** How far the documents are certainly written; never ahead of them. */
  checkpoint(): Promise<Checkpoint | undefined>;
  getMany(refs: readonly DocumentRef[]): Promise<ReadonlyMap<string, Stored<Document>>>;
  /**
   * Writes in order, then the checkpoint. A write is skipped when its position is not above the checkpoint that is
   * stored (it was written then), nor above the stored document's or its tombstone's. So repeating a batch or a part
   * of it, or an old batch by a writer that was paused, changes nothing; an older checkpoint never replaces a newer.
   * Tombstones are needed only above the checkpoint, and are dropped when it has reached them.
   * Throws `CheckpointConflict`, `InvalidDocument`, `NotUnique`; the checkpoint has not moved then.
   */
  apply(writes: readonly DocumentWrite[], checkpoint: Checkpoint): Promise<void>;
  /**
   * Makes what finds need and writes do not, and what a generation beside the live one may lack until then: its
   * secondary indexes. In steps, batches are written in between. `swap` makes what is missing still, without them.
   */
  makeSearchable(): Promise<void>;
  /** Every document, by collection and `_id` in byte order: for comparing with a rebuild. */
  dump(): AsyncIterable<{ readonly collection: string; readonly document: Stored<Document> }>;
}

/** Key of `getMany`'s answer. */
export function refKey(ref: DocumentRef): string {
  return `${ref.collection}/${ref.id}`;
}

export interface ReadStore {
  /** The live generation, made empty where there is none or where its shape's version differs. */
  open(shape: ProjectionShape): Promise<ProjectionStore>;
  /** A new, empty, invisible generation. */
  openBeside(shape: ProjectionShape): Promise<ProjectionStore>;
  /** That generation becomes the live one in one step for every reader; the former is removed. */
  swap(shape: ProjectionShape, beside: ProjectionStore): Promise<void>;
  discard(beside: ProjectionStore): Promise<void>;
  /** Reads the live generation, also after swaps. Throws when no projection with that collection was opened. */
  collection<D extends Document>(definition: CollectionDefinition<D>): Collection<D>;
  /** Disposable texts under a key: snapshots of streams. */
  readonly blobs: Blobs;
  condition(): { readonly ready: true } | { readonly ready: false; readonly reason: string };
  /** Makes what is only in memory durable (embedded: snapshots of `state` projections). */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface Blobs {
  get(key: string): Promise<string | undefined>;
  put(key: string, text: string): Promise<void>;
  delete(key: string): Promise<void>;
}
