import type { Clock } from '#kernel';
import { LRUCache } from 'lru-cache';

interface Entry {
  readonly text: string | null;
  readonly askedAt: number;
}

export interface UptimeCacheOptions {
  readonly clock: Clock;
  /** Asks the host; rejects when it does not answer. */
  readonly ask: (uuid: string) => Promise<string | null>;
  /** A text is asked for again when it is older. */
  readonly freshMs: number;
  /** Asked side by side. */
  readonly concurrency: number;
  /** Hosts waiting to be asked; more are left for a later question. */
  readonly maxQueue: number;
  /** Texts kept. */
  readonly max: number;
}

/** Uptime texts, volatile and never in the log (C13). A text that was told once is kept, also when its host is down. */
export class UptimeCache {
  private readonly texts: LRUCache<string, Entry>;
  private readonly asking = new Map<string, Promise<void>>();
  private readonly queue: (() => void)[] = [];
  private busy = 0;

  constructor(private readonly options: UptimeCacheOptions) {
    this.texts = new LRUCache({ maxSize: options.max, sizeCalculation: () => 1 });
  }

  get(uuid: string): string | null {
    return this.texts.get(uuid)?.text ?? null;
  }

  /** Begins to ask for what is unknown or old; fulfilled when everything unknown has been asked for. Never rejects. */
  async refresh(uuids: readonly string[]): Promise<void> {
    const now = this.options.clock.now();
    const unknown: Promise<void>[] = [];
    for (const uuid of uuids) {
      const entry = this.texts.get(uuid);
      if (entry !== undefined && now - entry.askedAt <= this.options.freshMs) continue;
      const asked = this.asking.get(uuid) ?? this.begin(uuid);
      if (entry === undefined && asked !== undefined) unknown.push(asked);
    }
    await Promise.all(unknown);
  }

  private begin(uuid: string): Promise<void> | undefined {
    if (this.asking.size >= this.options.maxQueue) return undefined;
    const asked = this.turn()
      .then(() => this.options.ask(uuid))
      .then(
        (text) => this.keep(uuid, text),
        () => this.keep(uuid, this.get(uuid)),
      )
      .finally(() => {
        this.asking.delete(uuid);
        this.busy -= 1;
        this.queue.shift()?.();
      });
    this.asking.set(uuid, asked);
    return asked;
  }

  private keep(uuid: string, text: string | null): void {
    this.texts.set(uuid, { text, askedAt: this.options.clock.now() });
  }

  private async turn(): Promise<void> {
    if (this.busy >= this.options.concurrency) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.busy += 1;
  }
}
