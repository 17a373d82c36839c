import { LRUCache } from 'lru-cache';

export interface LoginLimits {
  /** Failures of one user from one address within the window before further attempts are refused. */
  readonly failures: number;
  /** The same for one address, whoever the users are. */
  readonly failuresOfAddress: number;
  readonly windowMs: number;
  /** Counters kept; the least recently used go first. */
  readonly counters: number;
}

interface Counter {
  failures: number;
  underWay: number;
  /** End of the window that the first failure opened. */
  endsAt: number;
}

/** `undecided`: the password was never looked at. */
export type AttemptEnd = 'succeeded' | 'failed' | 'undecided';

/** Counts until it is settled; settling it again changes nothing. */
export interface Attempt {
  readonly settle: (end: AttemptEnd) => void;
}

/**
 * Counts failed logins per user and address, and per address. Attempts under way count as failures until they are
 * settled, so that many at once do not get past the limit; a success clears the user's counter.
 */
export class LoginLimiter {
  private readonly counters: LRUCache<string, Counter>;

  constructor(
    private readonly limits: LoginLimits,
    private readonly now: () => number,
  ) {
    this.counters = new LRUCache({ max: limits.counters });
  }

  /** Seconds to wait, at least 1; undefined: go on. */
  blockedFor(user: string, address: string): number | undefined {
    const [own, ofAddress] = this.keys(user, address);
    const waits = [
      this.waitFor(own, this.limits.failures),
      this.waitFor(ofAddress, this.limits.failuresOfAddress),
    ].filter((wait) => wait !== undefined);
    return waits.length === 0 ? undefined : Math.max(...waits);
  }

  begin(user: string, address: string): Attempt {
    const [own, ofAddress] = this.keys(user, address);
    const counters = [this.counter(own), this.counter(ofAddress)];
    for (const counter of counters) counter.underWay += 1;
    let open = true;
    const settle = (end: AttemptEnd): void => {
      if (!open) return;
      open = false;
      for (const counter of counters) {
        counter.underWay -= 1;
        if (end !== 'failed') continue;
        if (counter.failures === 0) counter.endsAt = this.now() + this.limits.windowMs;
        counter.failures += 1;
      }
      if (end === 'succeeded' && counters[0] !== undefined) counters[0].failures = 0;
    };
    return { settle };
  }

  private keys(user: string, address: string): readonly [own: string, ofAddress: string] {
    return [`${address}\n${user}`, `${address}\n`];
  }

  private waitFor(key: string, limit: number): number | undefined {
    const counter = this.counters.get(key);
    if (counter === undefined) return undefined;
    this.close(counter);
    if (counter.failures >= limit) return Math.max(1, Math.ceil((counter.endsAt - this.now()) / 1000));
    return counter.failures + counter.underWay >= limit ? 1 : undefined;
  }

  private counter(key: string): Counter {
    let counter = this.counters.get(key);
    if (counter === undefined) {
      counter = { failures: 0, underWay: 0, endsAt: 0 };
      this.counters.set(key, counter);
    }
    this.close(counter);
    return counter;
  }

  /** A window that is over takes its failures with it. */
  private close(counter: Counter): void {
    if (counter.failures > 0 && counter.endsAt <= this.now()) counter.failures = 0;
  }
}
