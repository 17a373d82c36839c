const rememberedForMs = 24 * 3_600_000;
const rememberedAtMost = 10_000;

type Entry = readonly [attempt: string, outcome: 'confirmed' | 'released', at: number];

/** What became of holds: for a day, and up to a number; the oldest are forgotten first. */
export class DecidedAttempts {
  private readonly byAttempt = new Map<string, Entry>();

  has(attempt: string): boolean {
    return this.byAttempt.has(attempt);
  }

  note(...[attempt, outcome, at]: Entry): void {
    this.byAttempt.delete(attempt);
    this.byAttempt.set(attempt, [attempt, outcome, at]);
    for (const [oldest, [, , since]] of this.byAttempt) {
      if (this.byAttempt.size <= rememberedAtMost && since >= at - rememberedForMs) return;
      this.byAttempt.delete(oldest);
    }
  }

  entries(): Entry[] {
    return [...this.byAttempt.values()];
  }

  restore(entries: readonly Entry[]): this {
    for (const entry of entries) this.byAttempt.set(entry[0], entry);
    return this;
  }
}
