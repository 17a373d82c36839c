import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { defaultScryptCost, scryptHash, scryptVerify, type ScryptCost } from './scrypt.js';

export interface PasswordCheckerSettings {
  readonly cost: ScryptCost;
  /** Derivations at a time: each takes a thread of libuv's pool of four, which files and DNS need too. */
  readonly concurrency: number;
  /** Derivations that may wait; more are turned away. */
  readonly maxWaiting: number;
  /** How long a verified password is known again without deriving. Milliseconds. */
  readonly rememberMs: number;
  readonly rememberAtMost: number;
}

export const defaultPasswordCheckerSettings: PasswordCheckerSettings = {
  cost: defaultScryptCost,
  concurrency: 2,
  maxWaiting: 64,
  rememberMs: 5 * 60_000,
  rememberAtMost: 10_000,
};

/** Stands for the hash of somebody who has none. */
const nobodysHash = '';

/** Too many derivations are waiting already. */
export class PasswordCheckerBusy extends Error {
  override readonly name = 'PasswordCheckerBusy';
}

/**
 * Hashes and verifies passwords. What was verified is remembered for minutes under a keyed hash (of a key that this
 * process made and never writes down) that also covers the stored hash: after a change of password nothing matches.
 */
export class PasswordChecker {
  private readonly settings: PasswordCheckerSettings;
  private readonly key = randomBytes(32);
  private readonly verified: LRUCache<string, true>;
  private readonly flights = new Map<string, Promise<boolean>>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private dummy: Promise<string> | undefined;

  constructor(settings: Partial<PasswordCheckerSettings> = {}, now: () => number = () => performance.now()) {
    this.settings = { ...defaultPasswordCheckerSettings, ...settings };
    this.verified = new LRUCache({
      max: this.settings.rememberAtMost,
      ttl: this.settings.rememberMs,
      perf: { now },
      ttlResolution: 0,
    });
  }

  /** Throws PasswordCheckerBusy. */
  hash(password: string): Promise<string> {
    return this.inTurn(() => scryptHash(password, this.settings.cost));
  }

  /** True: verified within the last minutes against this very hash. Costs a few microseconds. `owner`: whose hash it is. */
  remembers(owner: string, password: string, hash: string | undefined): boolean {
    return hash !== undefined && this.verified.has(this.fingerprint(owner, password, hash));
  }

  /** The very same check is going on; another one would join it. */
  isUnderWay(owner: string, password: string, hash: string | undefined): boolean {
    return this.flights.has(this.fingerprint(owner, password, hash ?? nobodysHash));
  }

  /**
   * `hash` undefined: there is no such user or they have no password; that costs as much as a wrong one.
   * Simultaneous checks of the same are one. Throws PasswordCheckerBusy.
   */
  verify(owner: string, password: string, hash: string | undefined): Promise<boolean> {
    if (this.remembers(owner, password, hash)) return Promise.resolve(true);
    const fingerprint = this.fingerprint(owner, password, hash ?? nobodysHash);
    return this.flights.get(fingerprint) ?? this.takeOff(fingerprint, password, hash);
  }

  private takeOff(fingerprint: string, password: string, hash: string | undefined): Promise<boolean> {
    const flight = this.inTurn(async () => scryptVerify(password, hash ?? (await this.dummyHash())))
      .then((matches) => {
        const right = matches && hash !== undefined;
        if (right) this.verified.set(fingerprint, true);
        return right;
      })
      .finally(() => this.flights.delete(fingerprint));
    this.flights.set(fingerprint, flight);
    return flight;
  }

  private dummyHash(): Promise<string> {
    return (this.dummy ??= scryptHash(randomBytes(16).toString('hex'), this.settings.cost));
  }

  /** Lengths stand before the texts, so that no two triples look alike. */
  private fingerprint(owner: string, password: string, hash: string): string {
    const text = `${String(owner.length)}:${owner}${String(hash.length)}:${hash}${password}`;
    return createHmac('sha256', this.key).update(text).digest('base64');
  }

  private async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running >= this.settings.concurrency) {
      if (this.waiting.length >= this.settings.maxWaiting) throw new PasswordCheckerBusy('too many logins at once');
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      // The place goes to whoever waits longest, without becoming free in between.
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }
}
