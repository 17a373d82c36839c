import { Logger } from '@nestjs/common';

/** Logs what is wrong in a pool once, and again only when that changes; and remembers it to be shown. */
export class SupplyJournal {
  private readonly logger = new Logger('Supply');
  /** By pool, then by what it concerns. */
  private readonly troubles = new Map<string, Map<string, string>>();
  private readonly failures = new Map<string, number>();
  private readonly last = new Map<string, string>();

  trouble(pool: string, about: string, message: string): void {
    let troubles = this.troubles.get(pool);
    if (troubles === undefined) this.troubles.set(pool, (troubles = new Map<string, string>()));
    this.last.set(pool, message);
    if (troubles.get(about) === message) return;
    troubles.set(about, message);
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
