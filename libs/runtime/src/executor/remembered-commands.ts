/** Where the events of a repeatable command stand in their stream (C2). */
export interface RememberedCommand {
  readonly first: number;
  readonly last: number;
  /** Milliseconds since 1970, for forgetting. */
  readonly at: number;
}

export type RememberedEntry = readonly [commandId: string, first: number, last: number, at: number];

/** Repeatable command ids of one stream, for a day and up to a number; the oldest are forgotten first. */
export class RememberedCommands {
  private readonly byId = new Map<string, RememberedCommand>();

  constructor(
    private readonly forMs: number,
    private readonly atMost: number,
  ) {}

  get size(): number {
    return this.byId.size;
  }

  get(commandId: string): RememberedCommand | undefined {
    return this.byId.get(commandId);
  }

  /** Events arrive in stream order; those of one command stand together. */
  note(commandId: string, revision: number, at: number): void {
    const known = this.byId.get(commandId);
    // Only the first run counts: what an import or a foreign writer stored again under the id is not its outcome.
    if (known !== undefined && known.last !== revision - 1) return;
    this.byId.set(commandId, { first: known?.first ?? revision, last: revision, at });
    this.forget(at);
  }

  entries(): RememberedEntry[] {
    return Array.from(this.byId, ([id, { first, last, at }]) => [id, first, last, at] as const);
  }

  restore(entries: readonly RememberedEntry[]): void {
    for (const [id, first, last, at] of entries) this.byId.set(id, { first, last, at });
  }

  private forget(now: number): void {
    for (const [id, { at }] of this.byId) {
      if (this.byId.size <= this.atMost && at >= now - this.forMs) return;
      this.byId.delete(id);
    }
  }
}
