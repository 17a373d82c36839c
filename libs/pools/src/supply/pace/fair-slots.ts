export interface Pace {
  /** Milliseconds until a pool's next piece of work may begin; 0: now, and then it does. */
  readonly pause: (pool: string) => number;
  readonly wait: (callback: () => void, ms: number) => void;
}

const unhurried: Pace = { pause: () => 0, wait: () => undefined };

/**
 * So many places for work of all pools. Each pool says what it has to do; free places are given to the pools in turn,
 * one piece of work at a time, so that none waits behind another's long list.
 */
export class FairSlots<Job> {
  /** What has not been begun, by pool; in order of turns. */
  private readonly backlogs = new Map<string, Job[]>();
  private taken = 0;
  private pumping = false;
  private waiting = false;

  constructor(
    private readonly limit: number,
    /** Never rejects. */
    private readonly run: (pool: string, job: Job) => Promise<void>,
    /** The last piece of a pool's list has been begun. */
    private readonly drained: (pool: string) => void,
    private readonly pace: Pace = unhurried,
  ) {}

  /** From now on this, and nothing else, is what the pool has still to begin. */
  replace(pool: string, jobs: readonly Job[]): void {
    const former = this.backlogs.get(pool);
    if (jobs.length === 0) this.backlogs.delete(pool);
    // In place, so that a pool which says so often keeps its turn.
    else if (former !== undefined) former.splice(0, former.length, ...jobs);
    else this.backlogs.set(pool, [...jobs]);
    this.pump();
  }

  clear(): void {
    this.backlogs.clear();
  }

  /** Pieces of work under way, of all pools. */
  get active(): number {
    return this.taken;
  }

  private pump(): void {
    // Work may call back while it is begun.
    if (this.pumping) return;
    this.pumping = true;
    while (this.taken < this.limit) {
      const pool = this.next();
      const jobs = pool === undefined ? undefined : this.backlogs.get(pool);
      if (pool === undefined || jobs === undefined) break;
      const job = jobs.shift() as Job;
      this.backlogs.delete(pool);
      if (jobs.length > 0) this.backlogs.set(pool, jobs);
      else this.drained(pool);
      this.taken += 1;
      void this.run(pool, job).then(() => {
        this.taken -= 1;
        this.pump();
      });
    }
    this.pumping = false;
  }

  /** The first pool in order of turns whose work may begin. */
  private next(): string | undefined {
    let shortest = Infinity;
    for (const pool of this.backlogs.keys()) {
      const ms = this.pace.pause(pool);
      if (ms === 0) return pool;
      shortest = Math.min(shortest, ms);
    }
    if (shortest < Infinity && !this.waiting) {
      this.waiting = true;
      this.pace.wait(() => {
        this.waiting = false;
        this.pump();
      }, shortest);
    }
    return undefined;
  }
}
