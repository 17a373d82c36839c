import type { LogEvent } from '../log-event.js';

/** How far everything is done, although pieces finish out of order: the checkpoint may go there and not further. */
export class LowWater {
  private readonly outstanding: { readonly event: LogEvent; done: boolean }[] = [];
  private first = 0;
  private last: LogEvent | undefined;
  private seen: LogEvent | undefined;

  /** Pieces that are not done, or wait for one that is not. */
  get size(): number {
    return this.outstanding.length - this.first;
  }

  /** An event that is not done before `done` is called. */
  begin(event: LogEvent): { readonly done: () => void } {
    const piece = { event, done: false };
    this.outstanding.push(piece);
    this.seen = event;
    return {
      done: () => {
        piece.done = true;
        this.advance();
      },
    };
  }

  /** An event with which nothing is to be done. */
  pass(event: LogEvent): void {
    this.seen = event;
  }

  /** The last event up to which everything is done. */
  get through(): LogEvent | undefined {
    return this.size === 0 ? this.seen : this.last;
  }

  private advance(): void {
    for (let piece = this.outstanding[this.first]; piece?.done === true; piece = this.outstanding[this.first]) {
      this.last = piece.event;
      this.first += 1;
    }
    if (this.first < 1_024 && this.size > 0) return;
    this.outstanding.splice(0, this.first);
    this.first = 0;
  }
}
