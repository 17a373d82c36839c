import type { AppendOutcome, Append, RecordedEvent } from '../../port.js';

/** About a second at the rate at which events are written at most: whoever is further behind reads the disk. */
const MAX_EVENTS = 8_192;
const MAX_CHARACTERS = 16 * 1024 * 1024;

/** The end of the log in memory, so that live subscribers need not ask the disk. Positions follow each other. */
export class RecentEvents {
  private events: RecordedEvent[] = [];
  private characters = 0;

  add(append: Append, outcome: Extract<AppendOutcome, { kind: 'appended' | 'repeated' }>): void {
    const { stream, events } = append;
    const firstRevision = outcome.revision - events.length + 1;
    if (this.events.length > 0 && this.end !== outcome.firstPosition) this.clear();
    events.forEach(({ id, type, data, metadata }, index) => {
      const [revision, position] = [firstRevision + index, outcome.firstPosition + index];
      this.events.push({ id, type, data, metadata, stream, revision, position, recordedAt: outcome.recordedAt });
      this.characters += data.length + metadata.length;
    });
    if (this.events.length > MAX_EVENTS || this.characters > MAX_CHARACTERS) this.forget();
  }

  /** Undefined: they begin later than that. */
  after(position: number, limit: number): readonly RecordedEvent[] | undefined {
    const first = this.events[0];
    if (first === undefined || position < first.position - 1) return undefined;
    const from = position - first.position + 1;
    return this.events.slice(from, from + limit);
  }

  clear(): void {
    this.events = [];
    this.characters = 0;
  }

  private get end(): number {
    return (this.events.at(-1)?.position ?? -1) + 1;
  }

  /** Half at a time, so that forgetting costs little for each event. */
  private forget(): void {
    this.events = this.events.slice(-MAX_EVENTS / 2);
    this.characters = this.events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
    if (this.characters > MAX_CHARACTERS) this.clear();
  }
}
