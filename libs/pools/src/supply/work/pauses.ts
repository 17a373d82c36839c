import { pauseAfter } from '../pace/check-pace.policy.js';

/** After a failure the same thing is left alone for a while, longer with each failure in a row. */
export class Pauses {
  private readonly failures = new Map<string, { readonly inRow: number; readonly until: number }>();

  constructor(private readonly world: { now(): number }) {}

  failed(key: string): void {
    const inRow = (this.failures.get(key)?.inRow ?? 0) + 1;
    this.failures.set(key, { inRow, until: this.world.now() + pauseAfter(inRow) });
  }

  worked(key: string): void {
    this.failures.delete(key);
  }

  /** A clock that was set back must not make the pause longer. */
  pausing(key: string): boolean {
    const failure = this.failures.get(key);
    if (failure === undefined) return false;
    const left = failure.until - this.world.now();
    return left > 0 && left <= pauseAfter(failure.inRow);
  }
}
