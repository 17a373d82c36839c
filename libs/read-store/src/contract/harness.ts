import type {
  Checkpoint,
  CollectionDefinition,
  Document,
  DocumentWrite,
  ProjectionShape,
  ProjectionStore,
  ReadStore,
} from '../port.js';

/** A place where one adapter keeps its data; `open` can be called again after `close` or `crash`. */
export interface ReadStoreHarness {
  open(): Promise<ReadStore>;
  /** As kill -9 of the process: nothing is flushed or closed in order. */
  crash(store: ReadStore): Promise<void>;
  /** From now on, batches fail between their documents and their checkpoint; or no longer. */
  failCheckpoints(failing: boolean): Promise<void>;
  /** Is anything there after `close` and `open`? */
  readonly durable: boolean;
  remove(): Promise<void>;
}

export type CreateHarness = () => Promise<ReadStoreHarness>;
export type Keeps = ProjectionShape['keeps'];

export interface Thing extends Document {
  readonly number: number;
  readonly kind?: string | null;
  readonly at?: number;
  readonly service?: { readonly host: string };
}

export const things: CollectionDefinition<Thing> = {
  name: 'things',
  indexes: [
    { name: 'byNumber', fields: ['number'] },
    { name: 'byKind', fields: ['kind'] },
    { name: 'byKindAndTime', fields: ['kind', 'at'] },
    { name: 'byHost', fields: ['service.host', 'number'] },
  ],
};

export const others: CollectionDefinition<Document & { readonly code?: string | number | null }> = {
  name: 'others',
  indexes: [{ name: 'byCode', fields: ['code'], unique: true }],
};

export const shapeOf = (keeps: Keeps, over: Partial<ProjectionShape> = {}): ProjectionShape => ({
  name: 'sample',
  version: 1,
  keeps,
  collections: [things, others],
  ...over,
});

export const at = (position: number, over: Partial<Checkpoint> = {}): Checkpoint => ({
  epoch: 'epoch-1',
  position,
  hash: `hash-${position}`,
  version: 1,
  ...over,
});

export const thing = (_id: string, number: number, over: Partial<Thing> = {}): Thing => ({ _id, number, ...over });

export const put = (position: number, document: Document, collection = 'things'): DocumentWrite => ({
  kind: 'put',
  collection,
  position,
  document,
});

export const remove = (position: number, id: string, collection = 'things'): DocumentWrite => ({
  kind: 'delete',
  collection,
  position,
  id,
});

/** Documents at the positions 1, 2, 3, …, all in one batch. */
export async function fill(
  projection: ProjectionStore,
  documents: readonly Document[],
  collection = 'things',
): Promise<void> {
  const first = ((await projection.checkpoint())?.position ?? 0) + 1;
  await projection.apply(
    documents.map((document, index) => put(first + index, document, collection)),
    at(first + documents.length),
  );
}

export const ids = (documents: readonly Document[]): readonly string[] => documents.map(({ _id }) => _id);

export async function dumpOf(projection: ProjectionStore): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { collection, document } of projection.dump())
    lines.push(`${collection} ${JSON.stringify(document)}`);
  return lines;
}

export interface Opened {
  readonly harness: ReadStoreHarness;
  readonly store: ReadStore;
  readonly projection: ProjectionStore;
  /** Instead of the present one. */
  use(store: ReadStore): void;
}

/** A store with the sample projection opened, for each test of one `describe`. */
export function withStore(create: CreateHarness, keeps: Keeps): () => Opened {
  let harness: ReadStoreHarness;
  let store: ReadStore;
  let projection: ProjectionStore;
  beforeEach(async () => {
    harness = await create();
    store = await harness.open();
    projection = await store.open(shapeOf(keeps));
  });
  afterEach(async () => {
    await store.close();
    await harness.remove();
  });
  return () => ({ harness, store, projection, use: (next) => (store = next) });
}
