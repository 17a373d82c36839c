import { chainHash, type RecordedEvent } from '#event-store';
import type { Blobs } from '#read-store';
import type { FoldedStream, AnyAggregate } from './folded-stream.js';
import type { RememberedEntry } from './remembered-commands.js';

/** As kept under `snapshot/<stream>`: disposable, ignored on any mismatch with program or log (C8). */
interface StoredSnapshot {
  readonly shape: 1;
  readonly aggregate: string;
  readonly version: number;
  readonly epoch: string;
  readonly revision: number;
  /** Of the event at that revision. */
  readonly hash: string;
  readonly state: unknown;
  readonly remembered: readonly RememberedEntry[];
}

export class Snapshots {
  constructor(
    private readonly blobs: Blobs | undefined,
    private readonly epoch: () => string,
  ) {}

  /** Undefined when there is none, none that fits, or the store does not answer: the stream is then folded from its start. */
  async find(aggregate: AnyAggregate, stream: string): Promise<StoredSnapshot | undefined> {
    if (this.blobs === undefined || aggregate.snapshot === undefined) return undefined;
    try {
      const text = await this.blobs.get(keyOf(stream));
      if (text === undefined) return undefined;
      const stored = JSON.parse(text) as Omit<StoredSnapshot, 'shape'> & { readonly shape: number };
      const fits =
        stored.shape === 1 &&
        stored.aggregate === aggregate.name &&
        stored.version === aggregate.snapshot.version &&
        stored.epoch === this.epoch();
      return fits ? { ...stored, shape: 1 } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Puts the snapshot into an empty folded stream when the event that it stands on is this one. */
  restore(aggregate: AnyAggregate, stored: StoredSnapshot, at: RecordedEvent | undefined, into: FoldedStream): boolean {
    if (at?.revision !== stored.revision || chainHash(at) !== stored.hash) return false;
    try {
      if (aggregate.snapshot === undefined) return false;
      into.state = aggregate.snapshot.read(stored.state as never);
    } catch {
      return false;
    }
    into.revision = stored.revision;
    into.hash = stored.hash;
    into.position = at.position;
    into.snapshotRevision = stored.revision;
    into.remembered.restore(stored.remembered);
    return true;
  }

  isDue(aggregate: AnyAggregate, folded: FoldedStream): boolean {
    if (this.blobs === undefined || aggregate.snapshot === undefined) return false;
    return folded.revision - folded.snapshotRevision >= aggregate.snapshot.everyEvents;
  }

  /** Only of a state that is durable. The text is taken at once; the promise is about storing it. */
  write(aggregate: AnyAggregate, stream: string, folded: FoldedStream): Promise<void> {
    if (this.blobs === undefined || aggregate.snapshot === undefined || folded.hash === null) return Promise.resolve();
    const snapshot: StoredSnapshot = {
      shape: 1,
      aggregate: aggregate.name,
      version: aggregate.snapshot.version,
      epoch: this.epoch(),
      revision: folded.revision,
      hash: folded.hash,
      state: aggregate.snapshot.write(folded.state),
      remembered: folded.remembered.entries(),
    };
    folded.snapshotRevision = folded.revision;
    return this.blobs.put(keyOf(stream), JSON.stringify(snapshot));
  }
}

function keyOf(stream: string): string {
  return `snapshot/${stream}`;
}
