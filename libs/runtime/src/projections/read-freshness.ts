import type { Freshness } from '#read-store';
import { asError, type RuntimeObserver } from '../observer.js';
import type { LogHead } from '../log-head.js';
import type { ProjectionRunner } from './projection-runner.js';

/** C10: no GET waits longer. Milliseconds. */
const longestWait = 2_000;

const fresh = Object.freeze({ stale: false });
const stale = Object.freeze({ stale: true });
const freshAtOnce = Promise.resolve(fresh);

export interface FreshnessSettings {
  /** `eventual`: nobody asks, nobody waits, nothing is called stale. */
  readonly reads: 'fresh' | 'eventual';
  /** Aborts when the wait is over; a virtual one in specs. */
  readonly deadline?: () => AbortSignal;
}

export class ReadFreshness implements Freshness {
  constructor(
    private readonly runner: Pick<ProjectionRunner, 'gate'>,
    private readonly head: LogHead,
    private readonly observer: Pick<RuntimeObserver, 'interrupted'>,
    private readonly settings: FreshnessSettings = { reads: 'fresh' },
  ) {}

  upToDate(projections: readonly string[]): Promise<{ readonly stale: boolean }> {
    if (this.settings.reads === 'eventual') return freshAtOnce;
    const head = this.head.ask();
    if (head instanceof Promise) return this.afterAsking(head, projections);
    if (this.haveReached(projections, head)) return freshAtOnce;
    return this.reached(projections, head, this.deadline());
  }

  private async afterAsking(
    question: Promise<number | undefined>,
    projections: readonly string[],
  ): Promise<{ readonly stale: boolean }> {
    const deadline = this.deadline();
    try {
      const head = await Promise.race([question, aborted(deadline)]);
      return head === tooLate ? stale : await this.reached(projections, head, deadline);
    } catch (error) {
      this.observer.interrupted('the question for the end of the log', asError(error));
      return stale;
    }
  }

  private haveReached(projections: readonly string[], head: number | undefined): boolean {
    return head === undefined || projections.every((name) => this.runner.gate(name).has(head));
  }

  private async reached(
    projections: readonly string[],
    head: number | undefined,
    deadline: AbortSignal,
  ): Promise<{ readonly stale: boolean }> {
    if (head === undefined) return fresh;
    const all = await Promise.all(projections.map((name) => this.runner.gate(name).wait(head, deadline)));
    return all.includes(false) ? stale : fresh;
  }

  private deadline(): AbortSignal {
    return this.settings.deadline?.() ?? AbortSignal.timeout(longestWait);
  }
}

const tooLate = Symbol('too late');

function aborted(signal: AbortSignal): Promise<typeof tooLate> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(tooLate);
    signal.addEventListener('abort', () => resolve(tooLate), { once: true });
  });
}
