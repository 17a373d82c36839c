import { chainHash, type RecordedEvent } from '#event-store';
import type { AggregateDefinition, DomainEvent, StoredMetadata } from '#kernel';
import type { AnyState } from '../any-state.js';
import { EventCodec } from '../codec.js';
import { type RememberedCommands } from './remembered-commands.js';

export type AnyAggregate = AggregateDefinition<AnyState, unknown, DomainEvent>;

/** A stream's state at a known revision, with the hash of the event there. `-1`: there is no such stream yet. */
export class FoldedStream {
  revision = -1;
  hash: string | null = null;
  /** Of the last event. */
  position: number | undefined = undefined;
  /** Revision of the snapshot that is known to be stored. */
  snapshotRevision = -1;

  constructor(
    public state: AnyState,
    readonly remembered: RememberedCommands,
  ) {}

  /** Folds stored events that follow. When it throws, this object is to be thrown away. */
  fold(aggregate: AnyAggregate, events: readonly RecordedEvent[]): void {
    const codec = codecOf(aggregate);
    for (const recorded of events) {
      if (recorded.revision !== this.revision + 1) {
        throw new Error(
          `${recorded.stream}: revision ${String(recorded.revision)} came after ${String(this.revision)}`,
        );
      }
      this.state = aggregate.decider.evolve(this.state, codec.decode(recorded));
      this.revision = recorded.revision;
      // Cheap look first: metadata is parsed only for the few events that a repeat may ask for.
      if (recorded.metadata.includes('"repeatable":true')) {
        const { repeatable, command } = JSON.parse(recorded.metadata) as StoredMetadata;
        if (repeatable) this.remembered.note(command, recorded.revision, recorded.recordedAt);
      }
    }
    const last = events.at(-1);
    if (last === undefined) return;
    this.hash = chainHash(last);
    this.position = last.position;
  }
}

const codecs = new WeakMap<object, EventCodec>();

export function codecOf(aggregate: AnyAggregate): EventCodec {
  let codec = codecs.get(aggregate.catalog);
  if (codec === undefined) {
    codec = new EventCodec([aggregate.catalog]);
    codecs.set(aggregate.catalog, codec);
  }
  return codec;
}
