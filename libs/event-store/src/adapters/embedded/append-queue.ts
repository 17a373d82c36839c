import type { Append, AppendOutcome } from '../../port.js';

interface Waiting {
  readonly append: Append;
  readonly settle: (outcome: AppendOutcome) => void;
}

/** What is on its way to the writer's thread: first in, first answered. Bounded. */
export class AppendQueue {
  /** Behind `sent` those that wait for the end of the turn. */
  private waiting: Waiting[] = [];
  private answered = 0;
  private sent = 0;
  private events = 0;
  private characters = 0;

  constructor(
    private readonly maxEvents: number,
    private readonly maxCharacters: number,
  ) {}

  /** Undefined: full. */
  add(batch: readonly Append[]): Promise<readonly AppendOutcome[]> | undefined {
    const events = batch.reduce((sum, append) => sum + append.events.length, 0);
    const characters = batch.reduce((sum, append) => sum + charactersOf(append), 0);
    // One call always finds room in an empty queue, however large it is.
    const full = this.events + events > this.maxEvents || this.characters + characters > this.maxCharacters;
    if (full && this.events > 0) return undefined;
    this.events += events;
    this.characters += characters;
    return new Promise((resolve) => {
      const outcomes: AppendOutcome[] = new Array<AppendOutcome>(batch.length);
      let open = batch.length;
      batch.forEach((append, index) => {
        const settle = (outcome: AppendOutcome): void => {
          outcomes[index] = outcome;
          open -= 1;
          if (open === 0) resolve(outcomes);
        };
        this.waiting.push({ append, settle });
      });
    });
  }

  /** Those not sent yet; they count as sent from now on. */
  takeUnsent(): Append[] {
    const unsent = this.waiting.slice(this.sent).map(({ append }) => append);
    this.sent = this.waiting.length;
    return unsent;
  }

  /** Answers the oldest. */
  settle(outcomes: readonly AppendOutcome[], onEach: (append: Append, outcome: AppendOutcome) => void): void {
    for (const outcome of outcomes) {
      const next = this.waiting[this.answered];
      if (next === undefined) return;
      this.answered += 1;
      this.events -= next.append.events.length;
      this.characters -= charactersOf(next.append);
      onEach(next.append, outcome);
      next.settle(outcome);
    }
    this.forgetAnswered();
  }

  /** Answers the oldest `first` so, the other ones that were sent so, and those never sent so. */
  settleAll(outcomes: { readonly first: AppendOutcome; readonly count: number; readonly rest: AppendOutcome }): void {
    const open = this.waiting.length - this.answered;
    const all = Array.from({ length: open }, (_, index) => (index < outcomes.count ? outcomes.first : outcomes.rest));
    this.settle(all, () => undefined);
  }

  get sentAppends(): number {
    return this.sent - this.answered;
  }

  get isEmpty(): boolean {
    return this.answered === this.waiting.length;
  }

  private forgetAnswered(): void {
    if (this.answered < this.waiting.length && this.answered < 4_096) return;
    this.waiting = this.waiting.slice(this.answered);
    this.sent = Math.max(0, this.sent - this.answered);
    this.answered = 0;
  }
}

function charactersOf({ events }: Append): number {
  let characters = 0;
  for (const { data, metadata } of events) characters += data.length + metadata.length;
  return characters;
}
