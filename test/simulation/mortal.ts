import type { Append, AppendOutcome, EventStore } from '#event-store';
import type { Provider } from '#providers';

/** For ever: whoever waits for it is dead. One for each, which goes with its waiter. */
const never = (): Promise<never> => new Promise(() => undefined);

/** The life of one server: at its n-th step of those that change something it dies, just before it or just after. */
export class Life {
  private steps = 0;
  private over = false;
  private readonly mourners: (() => void)[] = [];

  constructor(
    private readonly lastStep: number,
    private readonly diesAfter: boolean,
  ) {}

  get ended(): boolean {
    return this.over;
  }

  onEnd(callback: () => void): void {
    this.mourners.push(callback);
  }

  end(): void {
    if (this.over) return;
    this.over = true;
    for (const mourner of this.mourners) mourner();
  }

  /** Nothing that a dead server does has an effect, and nothing answers it. */
  async step<T>(work: () => Promise<T>, counts: boolean): Promise<T> {
    if (this.over) return never();
    if (counts) this.steps += 1;
    const last = counts && this.steps === this.lastStep;
    if (last && !this.diesAfter) {
      this.end();
      return never();
    }
    const result = await work();
    if (last) this.end();
    return this.ended ? never() : result;
  }
}

/** The log as a server sees it that may die. Subscriptions fall silent with it. `delay`: before each append. */
export function mortalStore(store: EventStore, life: Life, delay: () => Promise<void>): EventStore {
  return new Proxy(store, {
    get: (target, key) => {
      if (key === 'append')
        return async (batch: readonly Append[]): Promise<readonly AppendOutcome[]> => {
          await delay();
          return life.step(() => target.append(batch), true);
        };
      if (key === 'subscribeToAll')
        return (options: Parameters<EventStore['subscribeToAll']>[0]) => {
          const subscription = target.subscribeToAll({
            ...options,
            onEvents: (events) => (life.ended ? never() : options.onEvents(events)),
          });
          life.onEnd(() => void subscription.stop());
          return subscription;
        };
      const member = Reflect.get(target, key) as unknown;
      if (typeof member !== 'function') return member;
      const call = member.bind(target) as (...args: unknown[]) => unknown;
      if (key === 'condition') return call;
      return (...args: unknown[]) => life.step(async () => call(...args), false);
    },
  });
}

const changing: readonly PropertyKey[] = ['createVm', 'destroyVm', 'snapshotVm', 'revertVm', 'addDisk'];

/** What was begun at the provider goes on without the server. */
export function mortalProvider(provider: Provider, life: Life): Provider {
  return new Proxy(provider, {
    get: (target, key) => {
      const member = Reflect.get(target, key) as unknown;
      if (typeof member !== 'function') return member;
      const call = member.bind(target) as (...args: unknown[]) => Promise<unknown>;
      return (...args: unknown[]) => life.step(() => call(...args), changing.includes(key));
    },
  });
}
