import { Inject, Injectable, Logger } from '@nestjs/common';
import { POOLS_WORLD, type PoolsWorld } from '../../pools.settings.js';

interface Trouble {
  readonly message: string;
  readonly loggedAt: number;
}

/** Messages that name one machine after the other must not fill the log. */
const betweenLinesMs = 60_000;

/** Logs what is wrong in a pool once, and again only when that changes; and remembers it to be shown. */
@Injectable()
export class SupplyJournal {
  private readonly logger = new Logger('Supply');
  /** By pool, then by what it concerns. */
  private readonly troubles = new Map<string, Map<string, Trouble>>();
  private readonly failures = new Map<string, number>();
  private readonly last = new Map<string, string>();

  constructor(@Inject(POOLS_WORLD) private readonly world: PoolsWorld) {}

  trouble(pool: string, about: string, message: string): void {
    let troubles = this.troubles.get(pool);
    if (troubles === undefined) this.troubles.set(pool, (troubles = new Map<string, Trouble>()));
    this.last.set(pool, message);
    const former = troubles.get(about);
    const now = this.world.now();
    if (former !== undefined && (former.message === message || now - former.loggedAt < betweenLinesMs)) return;
    troubles.set(about, { message, loggedAt: now });
    this.logger.warn(`pool ${pool}: ${message}`);
  }

  /** As `trouble`, and counted. */
  failure(pool: string, about: string, message: string): void {
    this.failures.set(pool, this.failuresOf(pool) + 1);
    this.trouble(pool, about, message);
  }

  fine(pool: string, about: string): void {
    const troubles = this.troubles.get(pool);
    if (troubles?.delete(about) !== true) return;
    if (troubles.size === 0) this.last.delete(pool);
    this.logger.log(`pool ${pool}: ${about} works again`);
  }

  note(pool: string, message: string): void {
    this.logger.warn(`pool ${pool}: ${message}`);
  }

  failuresOf(pool: string): number {
    return this.failures.get(pool) ?? 0;
  }

  lastErrorOf(pool: string): string | null {
    return this.last.get(pool) ?? null;
  }
}
