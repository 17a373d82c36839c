/** What was decided, by id: for some time and up to a number; the oldest are forgotten first. */
export class Remembered<Outcome extends string> {
  private readonly byId = new Map<string, readonly [outcome: Outcome, at: number]>();

  constructor(
    private readonly forMs: number,
    private readonly atMost: number,
  ) {}

  get(id: string): Outcome | undefined {
    return this.byId.get(id)?.[0];
  }

  note(id: string, outcome: Outcome, at: number): void {
    this.byId.delete(id);
    this.byId.set(id, [outcome, at]);
    for (const [oldest, [, since]] of this.byId) {
      if (this.byId.size <= this.atMost && since >= at - this.forMs) return;
      this.byId.delete(oldest);
    }
  }

  entries(): (readonly [id: string, outcome: Outcome, at: number])[] {
    return Array.from(this.byId, ([id, [outcome, at]]) => [id, outcome, at] as const);
  }

  restore(entries: readonly (readonly [id: string, outcome: Outcome, at: number])[]): this {
    for (const [id, outcome, at] of entries) this.byId.set(id, [outcome, at]);
    return this;
  }
}
