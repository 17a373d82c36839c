import type { EventStore } from '#event-store';
import { refKey, type Document, type Projection, type ProjectionStore, type ReadStore, type Stored } from '#read-store';
import { defaultPauses } from './backoff.js';
import { EventCodec } from './codec.js';
import { readLog, type LogConsumer } from './log-reading.js';
import { asError, silentObserver } from './observer.js';
import { belongs } from './projections/checkpoints.js';
import { ReadModel } from './projections/read-model.js';
import { readSkipped } from './projections/skipped-events.js';

export interface Difference {
  /** `collection/id`. */
  readonly document: string;
  /** As JSON; undefined: it is not there. */
  readonly live: string | undefined;
  readonly rebuilt: string | undefined;
}

export interface Verification {
  readonly projection: string;
  readonly documents: number;
  /** Why they could not be compared; undefined when they were. */
  readonly problem: string | undefined;
  /** The first ones, in order of their place; at most 100. Empty: byte for byte the same. */
  readonly differences: readonly Difference[];
}

const maxDifferences = 100;

/**
 * Folds a read model anew up to the live one's checkpoint, beside it and invisible, and compares every document, its
 * position included. Nothing may write the live one meanwhile (`leasebook verify` holds the data folder).
 */
export async function verifyProjection(
  store: EventStore,
  readStore: ReadStore,
  projection: Projection,
  progress: (position: number, events: number) => void = () => undefined,
): Promise<Verification> {
  const live = await readStore.open(projection);
  const checkpoint = await live.checkpoint();
  const answer = { projection: projection.name, documents: 0, differences: [] };
  if (checkpoint === undefined)
    return { ...answer, problem: (await isEmpty(live)) ? undefined : 'documents without a checkpoint' };
  if (!(await belongs(checkpoint, projection.version, store))) {
    return {
      ...answer,
      problem: `its checkpoint at ${String(checkpoint.position)} does not belong to this log and version: it will be rebuilt`,
    };
  }
  const beside = await readStore.openBeside(projection);
  try {
    const problem = await fold(store, readStore, projection, beside, checkpoint.position, progress);
    return problem === undefined ? { ...answer, problem, ...(await compare(live, beside)) } : { ...answer, problem };
  } finally {
    await readStore.discard(beside);
  }
}

/** What went wrong; undefined: it stands at that position. */
async function fold(
  store: EventStore,
  readStore: ReadStore,
  projection: Projection,
  beside: ProjectionStore,
  upTo: number,
  progress: (position: number, events: number) => void,
): Promise<string | undefined> {
  const gaveUp = new AbortController();
  let failure: Error | undefined;
  const failed = (error: unknown): void => {
    failure = asError(error);
    gaveUp.abort();
  };
  const skipped = await readSkipped(readStore.blobs, projection);
  const observer = { ...silentObserver, interrupted: (_: string, error: Error) => failed(error) };
  const around = {
    epoch: store.epoch,
    observer,
    pauses: defaultPauses,
    advanced: () => undefined,
    parked: () => undefined,
  };
  const model = new ReadModel(projection, beside, undefined, around, skipped);
  const bounded: LogConsumer = {
    get offeredTo() {
      return model.offeredTo;
    },
    offer: (events) => model.offer(events.filter(({ position }) => position <= upTo)),
  };
  const codec = new EventCodec(projection.catalogs);
  const reading = { store, codec, pauses: defaultPauses, signal: gaveUp.signal, failed };
  await readLog(reading, [bounded], (position, atEnd) => atEnd || position >= upTo, progress);
  if (failure === undefined) await model.settled();
  await model.stop();
  return model.parkedAt?.error ?? failure?.message;
}

async function compare(
  live: ProjectionStore,
  beside: ProjectionStore,
): Promise<Pick<Verification, 'documents' | 'differences'>> {
  const differences: Difference[] = [];
  const [left, right] = [live.dump()[Symbol.asyncIterator](), beside.dump()[Symbol.asyncIterator]()];
  let [a, b] = await Promise.all([left.next(), right.next()]);
  let documents = 0;
  while ((a.done !== true || b.done !== true) && differences.length < maxDifferences) {
    const order = a.done === true ? 1 : b.done === true ? -1 : byPlace(a.value, b.value);
    const first: Place = order <= 0 ? (a.value as Place) : (b.value as Place);
    const one = order <= 0 ? canonical((a.value as Place).document) : undefined;
    const other = order >= 0 ? canonical((b.value as Place).document) : undefined;
    documents += 1;
    if (one !== other) {
      const document = refKey({ collection: first.collection, id: first.document._id });
      differences.push({ document, live: one, rebuilt: other });
    }
    if (order <= 0) a = await left.next();
    if (order >= 0) b = await right.next();
  }
  await Promise.all([left.return?.(), right.return?.()]);
  return { documents, differences };
}

interface Place {
  readonly collection: string;
  readonly document: Stored<Document>;
}

/** As `dump` orders them: by the bytes of collection and id. */
function byPlace(a: Place, b: Place): number {
  return (
    Buffer.compare(Buffer.from(a.collection), Buffer.from(b.collection)) ||
    Buffer.compare(Buffer.from(a.document._id), Buffer.from(b.document._id))
  );
}

/** The order of the keys says nothing about a document. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

async function isEmpty(store: ProjectionStore): Promise<boolean> {
  const documents = store.dump()[Symbol.asyncIterator]();
  const first = await documents.next();
  await documents.return?.();
  return first.done === true;
}
