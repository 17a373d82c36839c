import type { PoolsWorld } from '../../pools.settings.js';
import { betweenNudgedMs, nextInterval, type CheckPace } from './check-pace.policy.js';

/** Answers whether anything was begun; never rejects. */
export type Check = () => Promise<boolean>;

/**
 * Checks again and again, never twice at once. A nudge brings the next check forward; nudges during a check make one
 * more afterwards, however many they were.
 */
export class CheckLoop {
  private interval = 0;
  private nudged = false;
  private checking: Promise<void> | undefined;
  private wait: { readonly handle: unknown; readonly nudged: boolean } | undefined;
  private beganAt = -Infinity;
  private stopped = true;

  constructor(
    private readonly check: Check,
    private readonly pace: CheckPace,
    private readonly world: PoolsWorld,
  ) {}

  start(): void {
    this.stopped = false;
    this.begin();
  }

  nudge(): void {
    if (this.stopped) return;
    this.nudged = true;
    if (this.checking === undefined) this.waitForNext();
  }

  /** Fulfilled when no check is under way and none will begin. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.endWait();
    await this.checking;
  }

  private begin(): void {
    const asked = this.nudged;
    this.nudged = false;
    this.beganAt = this.world.now();
    this.checking = this.check().then((eventful) => {
      this.checking = undefined;
      this.interval = nextInterval(this.interval, eventful || asked || this.nudged, this.pace);
      if (!this.stopped) this.waitForNext();
    });
  }

  private waitForNext(): void {
    if (this.wait?.nudged === true) return;
    this.endWait();
    // A clock that was set back must not make it wait for longer.
    const since = Math.max(0, this.world.now() - this.beganAt);
    const ms = this.nudged ? Math.max(0, betweenNudgedMs - since) : this.interval;
    const handle = this.world.setTimeout(() => {
      this.wait = undefined;
      this.begin();
    }, ms);
    this.wait = { handle, nudged: this.nudged };
  }

  private endWait(): void {
    if (this.wait !== undefined) this.world.clearTimeout(this.wait.handle);
    this.wait = undefined;
  }
}
