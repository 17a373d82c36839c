import { TokenUses } from '#pools';
import { READ_STORE, type ReadStore } from '#read-store';
import { Inject, Injectable, Optional, type OnApplicationShutdown, type Provider } from '@nestjs/common';

/** Between two times at which uses are written. Milliseconds. */
const writeEvery = 60_000;
/** Tokens whose use is held in memory; of more, those are written early that were not used for the longest time. */
const mostHeld = 10_000;

export interface TokenUseTimers {
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

const realTimers: TokenUseTimers = {
  setTimeout: (callback, ms) => setTimeout(callback, ms).unref(),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

/** Nest injection token, for tests: `TokenUseTimers`. */
export const TOKEN_USE_TIMERS = Symbol('TokenUseTimers');

/**
 * Uses are noted in memory and written beside the documents once a minute, together. A crash loses the last minute; a
 * store that does not answer gets them a minute later. Neither hinders anybody.
 */
@Injectable()
export class StoredTokenUses extends TokenUses implements OnApplicationShutdown {
  /** In the order of their last use. */
  private readonly noted = new Map<string, number>();
  private readonly underWay = new Map<string, number>();
  private timer: unknown;
  private stopping = false;
  /** One batch after the other, so that none undoes a later one. */
  private work: Promise<void> = Promise.resolve();

  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Optional() @Inject(TOKEN_USE_TIMERS) private readonly timers: TokenUseTimers = realTimers,
  ) {
    super();
  }

  note(tokenHash: string, at: number): void {
    const former = this.noted.get(tokenHash) ?? at;
    this.noted.delete(tokenHash);
    this.noted.set(tokenHash, Math.max(former, at));
    if (!this.stopping) this.timer ??= this.timers.setTimeout(() => this.writeAll(), writeEvery);
    if (this.noted.size <= mostHeld) return;
    const [longestUnused] = this.noted;
    if (longestUnused !== undefined) this.write([longestUnused]);
  }

  async last(tokenHashes: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const uses = new Map<string, number>();
    for (const tokenHash of tokenHashes) {
      // Another server may have seen a later use than this one.
      const held = Math.max(this.noted.get(tokenHash) ?? never, this.underWay.get(tokenHash) ?? never);
      const last = Math.max(held, await this.stored(tokenHash));
      if (last > never) uses.set(tokenHash, last);
    }
    return uses;
  }

  async forget(tokenHash: string): Promise<void> {
    this.noted.delete(tokenHash);
    this.underWay.delete(tokenHash);
    await this.afterOthers(() => this.store.blobs.delete(keyOf(tokenHash)));
  }

  /** After the last request. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.writeAll();
    await this.work;
  }

  private writeAll(): void {
    if (this.timer !== undefined) this.timers.clearTimeout(this.timer);
    this.timer = undefined;
    this.write([...this.noted]);
  }

  private write(uses: readonly Use[]): void {
    for (const [tokenHash, at] of uses) {
      this.noted.delete(tokenHash);
      this.underWay.set(tokenHash, at);
    }
    void this.afterOthers(() => Promise.all(uses.map((use) => this.writeOne(use))));
  }

  private async writeOne([tokenHash, at]: Use): Promise<void> {
    // A token that was forgotten meanwhile, or used again in a later batch.
    if (this.underWay.get(tokenHash) !== at) return;
    try {
      if ((await this.stored(tokenHash)) < at) await this.store.blobs.put(keyOf(tokenHash), String(at));
    } catch {
      if (this.underWay.get(tokenHash) === at && !this.noted.has(tokenHash)) this.note(tokenHash, at);
    }
    if (this.underWay.get(tokenHash) === at) this.underWay.delete(tokenHash);
  }

  /** What cannot be read was never noted. */
  private async stored(tokenHash: string): Promise<number> {
    const text = await this.store.blobs.get(keyOf(tokenHash)).catch(() => undefined);
    return Number(text ?? never) || never;
  }

  private afterOthers(work: () => Promise<unknown>): Promise<void> {
    this.work = this.work
      .then(work)
      .then(() => undefined)
      .catch(() => undefined);
    return this.work;
  }
}

type Use = readonly [tokenHash: string, at: number];

const never = -Infinity;

const keyOf = (tokenHash: string): string => `poolTokenUse/${tokenHash}`;

export const tokenUsesProviders: Provider[] = [{ provide: TokenUses, useClass: StoredTokenUses }];
