import { Inject, Injectable } from '@nestjs/common';
import { POOLS_WORLD, type PoolsWorld } from '../../pools.settings.js';

/** So many commands of users in so many milliseconds are a rush. */
const rushOf = 50;
const windowMs = 250;
/** In a rush a piece of each kind of work in the background begins every so many milliseconds … */
const betweenMs = 20;
/** … and one that could not begin in time does so later, if not too late. */
const makeUpMs = 60;

/** One kind does not wait behind the other. */
export type PacedWork = 'clone' | 'destroy';

/**
 * Whether many users are being served at this moment. They come first: machines are made and destroyed at a bounded rate
 * as long as it lasts, and at full speed afterwards. Only commands that had an effect count, so that asking an empty pool
 * again and again does not keep it empty.
 */
@Injectable()
export class Rush {
  private beganAt = -Infinity;
  private served = 0;
  private servedBefore = 0;
  private readonly nextAt: Record<PacedWork, number> = { clone: -Infinity, destroy: -Infinity };

  constructor(@Inject(POOLS_WORLD) private readonly world: Pick<PoolsWorld, 'now'>) {}

  /** A user's command has been carried out. */
  note(): void {
    this.turnOver(this.world.now());
    this.served += 1;
  }

  /** 0: the next piece of the kind may begin, and counts as begun. Otherwise milliseconds until it may. */
  pause(kind: PacedWork): number {
    const now = this.world.now();
    this.turnOver(now);
    if (Math.max(this.served, this.servedBefore) < rushOf) return 0;
    // A clock that was set back must not make it wait for longer.
    const nextAt = Math.min(this.nextAt[kind], now + betweenMs);
    this.nextAt[kind] = nextAt > now ? nextAt : Math.max(nextAt, now - makeUpMs) + betweenMs;
    return Math.max(0, nextAt - now);
  }

  private turnOver(now: number): void {
    const passed = now - this.beganAt;
    if (passed >= 0 && passed < windowMs) return;
    this.servedBefore = passed >= 0 && passed < 2 * windowMs ? this.served : 0;
    this.served = 0;
    this.beganAt = now;
  }
}
