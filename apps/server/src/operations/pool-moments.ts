import type { EventStore, RecordedEvent, Subscription } from '#event-store';
import { poolCatalog, type PoolEvent } from '#pools';
import { EventCodec, UnreadableEvent } from '#runtime';

/** What became of a machine, for histograms. */
export interface PoolMoment {
  readonly kind: 'clone' | 'ready' | 'destroy';
  readonly pool: string;
  readonly seconds: number;
}

const told = /^pools\/(?:VmCloned|VmReady|VmDelivered|VmDestroyed)@/;
const renewAfterMs = 1_000;

/**
 * Listens to the log's end for machines that were cloned, became ready, or are gone. Figures for whoever looks at this
 * process: nothing is kept, and what happens while the store is away is not told later.
 */
export class PoolMoments {
  private readonly codec = new EventCodec([poolCatalog]);
  private subscription: Subscription | undefined;
  private renewal: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(
    private readonly store: Pick<EventStore, 'head' | 'subscribeToAll'>,
    private readonly tell: (moment: PoolMoment) => void,
    private readonly pauseMs = renewAfterMs,
  ) {}

  async start(): Promise<void> {
    const head = await this.store.head();
    if (!this.isStopped) this.listen(head?.position);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.renewal);
    await this.subscription?.stop();
  }

  private listen(after: number | undefined): void {
    let last = after;
    this.subscription = this.store.subscribeToAll({
      after,
      onEvents: (events) => {
        for (const event of events) this.hear(event);
        last = events.at(-1)?.position ?? last;
      },
      onEnd: () => {
        if (this.isStopped) return;
        this.renewal = setTimeout(() => {
          if (!this.isStopped) this.listen(last);
        }, this.pauseMs);
      },
    });
  }

  private hear(recorded: RecordedEvent): void {
    if (!told.test(recorded.type)) return;
    const event = this.read(recorded);
    const moment = event === undefined ? undefined : momentOf(event);
    if (moment !== undefined) this.tell(moment);
  }

  /** Undefined: it cannot be read, which the read models tell. */
  private read(recorded: RecordedEvent): PoolEvent | undefined {
    try {
      return this.codec.decode(recorded) as PoolEvent;
    } catch (error) {
      if (error instanceof UnreadableEvent) return undefined;
      throw error;
    }
  }
}

/** Undefined: nothing that a histogram shows. */
export function momentOf({ type, data }: PoolEvent): PoolMoment | undefined {
  switch (type) {
    case 'VmCloned':
      return { kind: 'clone', pool: data.pool, seconds: data.seconds };
    case 'VmReady':
    case 'VmDelivered':
      return { kind: 'ready', pool: data.pool, seconds: data.seconds };
    case 'VmDestroyed': {
      const { retiredAt } = data.record;
      return retiredAt === null
        ? undefined
        : { kind: 'destroy', pool: data.pool, seconds: (data.at - retiredAt) / 1000 };
    }
    default:
      return undefined;
  }
}
