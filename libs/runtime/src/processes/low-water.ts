import type { LogEvent } from '../log-event.js';

/** How far everything is done, although pieces finish out of order: the checkpoint may go there and not further. */
export class LowWater {
  private readonly outstanding: { readonly event: LogEvent; left: number }[] = [];
  private first = 0;
  private last: LogEvent | undefined;
  private seen: LogEvent | undefined;

  /** Events that are not done, or wait for one that is not. */
  get size(): number {
    return this.outstanding.length - this.first;
  }

  /** An event that is not done before `done` was called once for each of its pieces. */
  begin(event: LogEvent, pieces = 1): { readonly done: () => void } {
    // What was passed stays passed: the mark never goes back.
    if (this.size === 0) this.last = this.seen;
    const begun = { event, left: pieces };
    this.outstanding.push(begun);
    this.seen = event;
    return {
      done: () => {
        begun.left -= 1;
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
    for (let next = this.outstanding[this.first]; next?.left === 0; next = this.outstanding[this.first]) {
      this.last = next.event;
      this.first += 1;
    }
    if (this.first < 1_024 && this.size > 0) return;
    this.outstanding.splice(0, this.first);
    this.first = 0;
  }
}
