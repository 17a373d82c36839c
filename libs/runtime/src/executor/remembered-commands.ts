/** Where the events of a repeatable command stand in their stream (C2). */
export interface RememberedCommand {
  readonly first: number;
  readonly last: number;
  /** Milliseconds since 1970, for forgetting. */
  readonly at: number;
}

export type RememberedEntry = readonly [commandId: string, first: number, last: number, at: number];

const none: ReadonlyMap<string, RememberedCommand> = new Map();

/** Repeatable command ids of one stream, for a day and up to a number; the oldest are forgotten first. */
export class RememberedCommands {
  /** Made for the first one: most of the streams that are kept folded have none. */
  private byId: Map<string, RememberedCommand> | undefined;

  constructor(
    private readonly forMs: number,
    private readonly atMost: number,
  ) {}

  get size(): number {
    return this.byId?.size ?? 0;
  }

  get(commandId: string): RememberedCommand | undefined {
    return this.byId?.get(commandId);
  }

  /** Events arrive in stream order; those of one command stand together. */
  note(commandId: string, revision: number, at: number): void {
    const byId = (this.byId ??= new Map<string, RememberedCommand>());
    const known = byId.get(commandId);
    // Only the first run counts: what an import or a foreign writer stored again under the id is not its outcome.
    if (known !== undefined && known.last !== revision - 1) return;
    byId.set(commandId, { first: known?.first ?? revision, last: revision, at });
    this.forget(byId, at);
  }

  entries(): RememberedEntry[] {
    return Array.from(this.byId ?? none, ([id, { first, last, at }]) => [id, first, last, at] as const);
  }

  restore(entries: readonly RememberedEntry[]): void {
    for (const [id, first, last, at] of entries)
      (this.byId ??= new Map<string, RememberedCommand>()).set(id, { first, last, at });
  }

  private forget(byId: Map<string, RememberedCommand>, now: number): void {
    for (const [id, { at }] of byId) {
      if (byId.size <= this.atMost && at >= now - this.forMs) return;
      byId.delete(id);
    }
  }
}
