import type { EventStore } from '#event-store';

/**
 * The position of the last event of the log. Where no other process writes it is known in memory (every append of this
 * process reports here); else the store is asked, once for all who wait together: whoever comes while a question is
 * under way shares the next one, since the answer to the first may be older than the write he wants to see (C10).
 */
export class LogHead {
  private known: number | undefined;
  private current: Promise<number | undefined> | undefined;
  private next: Promise<number | undefined> | undefined;

  constructor(private readonly store: EventStore) {}

  /** To be awaited before anybody asks. */
  async start(): Promise<void> {
    this.advance((await this.store.head())?.position);
  }

  advance(position: number | undefined): void {
    if (position !== undefined && (this.known === undefined || position > this.known)) this.known = position;
  }

  /** As far as this process has heard: for metrics. */
  get latestKnown(): number | undefined {
    return this.known;
  }

  /** Undefined for an empty log. A promise only where it must be asked; it rejects when the store does not answer. */
  ask(): number | undefined | Promise<number | undefined> {
    if (this.store.exclusive) return this.known;
    if (this.current === undefined) return (this.current = this.question());
    this.next ??= this.current.then(
      () => this.follow(),
      () => this.follow(),
    );
    return this.next;
  }

  private follow(): Promise<number | undefined> {
    this.next = undefined;
    return (this.current = this.question());
  }

  private async question(): Promise<number | undefined> {
    const mine = this.store.head();
    try {
      const head = await mine;
      this.advance(head?.position);
      return head?.position;
    } finally {
      if (this.next === undefined) this.current = undefined;
    }
  }
}
