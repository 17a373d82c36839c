import type { DomainEvent, EventCatalog, EventEnvelope, StoredMetadata } from '#kernel';
import { deriveUuid, EventCodec, leasebookNamespace } from '#runtime';

/** Writes events down as a log would, for specs of folds: ids, revisions, positions and times follow from the order. */
export class RecordedHistory {
  readonly envelopes: EventEnvelope[] = [];
  private readonly codec: EventCodec;
  private readonly revisions = new Map<string, number>();

  constructor(...catalogs: readonly EventCatalog[]) {
    this.codec = new EventCodec(catalogs);
  }

  /** The next event of the log. `metadata`: what a spec cares about. */
  on<E extends DomainEvent>(stream: string, event: E, metadata: Partial<StoredMetadata> = {}): EventEnvelope<E> {
    const revision = this.revisions.get(stream) ?? 0;
    this.revisions.set(stream, revision + 1);
    const position = this.envelopes.length + 1;
    const recordedAt = Date.UTC(2026, 10, 21, 12) + position * 1_000;
    const stored = this.codec.encode(event);
    const envelope: EventEnvelope<E> = {
      id: deriveUuid(leasebookNamespace, `specs\n${String(position)}`),
      stream,
      revision,
      position,
      recordedAt,
      storedType: stored.type,
      event: this.codec.decode(stored) as E,
      metadata: { ...sampleMetadata(recordedAt, position), ...metadata },
    };
    this.envelopes.push(envelope);
    return envelope;
  }
}

function sampleMetadata(time: number, position: number): StoredMetadata {
  const command = deriveUuid(leasebookNamespace, `specs command\n${String(position)}`);
  return {
    envelope: 1,
    time: new Date(time).toISOString(),
    actor: { user: 'ada', project: 'engines', method: 'password', name: null },
    facade: 'specs',
    request: `req-${command}`,
    command,
    repeatable: false,
    causation: null,
    correlation: command,
    client: null,
    previous: null,
  };
}
