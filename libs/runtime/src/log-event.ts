import { chainHash, type RecordedEvent } from '#event-store';
import type { EventEnvelope } from '#kernel';
import { decodeAsStored, enveloped, type EventCodec } from './codec.js';

/** One event on its way to several readers: parsed when the first of them wants it, and only once. */
export class LogEvent {
  private upcast: EventEnvelope | undefined;
  private raw: EventEnvelope | undefined;

  constructor(
    readonly recorded: RecordedEvent,
    private readonly codec: EventCodec,
  ) {}

  get position(): number {
    return this.recorded.position;
  }

  /** In the current version. Throws UnreadableEvent. */
  get envelope(): EventEnvelope {
    return (this.upcast ??= this.codec.envelope(this.recorded));
  }

  get asStored(): EventEnvelope {
    return (this.raw ??= enveloped(this.recorded, decodeAsStored(this.recorded)));
  }

  get hash(): string {
    return chainHash(this.recorded);
  }
}
