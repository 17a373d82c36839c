import type {
  Append,
  AppendOutcome,
  EventStore,
  Head,
  ReadAllOptions,
  ReadStreamOptions,
  RecordedEvent,
  StoreCondition,
  Subscription,
  SubscriptionOptions,
} from '#event-store';
import { StoreUnavailable } from '#kernel';
import { turns, withFault, type FaultPlan } from './fault-plan.js';

const failed = (): Error => new StoreUnavailable('the plan wants a fault');

/** An event store that fails by plan: `append`, `readStream`, `readAll`, `head`, `headAt`, `deliver` (a batch of a subscription). */
export class FaultyEventStore implements EventStore {
  constructor(
    private readonly inner: EventStore,
    private readonly plan: FaultPlan,
  ) {}

  get exclusive(): boolean {
    return this.inner.exclusive;
  }

  get epoch(): string {
    return this.inner.epoch;
  }

  async append(batch: readonly Append[]): Promise<readonly AppendOutcome[]> {
    const fault = this.plan.next('append');
    if (fault === 'before') return batch.map(() => ({ kind: 'unavailable', reason: 'before' }));
    if (fault === 'timeout') return batch.map(() => ({ kind: 'unknown', reason: 'timeout' }));
    if (fault === 'slow') await turns(3);
    const outcomes = await this.inner.append(batch);
    return fault === 'after' ? batch.map(() => ({ kind: 'unknown', reason: 'after' })) : outcomes;
  }

  readStream(stream: string, options?: ReadStreamOptions): Promise<readonly RecordedEvent[]> {
    return withFault(this.plan, 'readStream', () => this.inner.readStream(stream, options), failed);
  }

  readAll(options?: ReadAllOptions): Promise<readonly RecordedEvent[]> {
    return withFault(this.plan, 'readAll', () => this.inner.readAll(options), failed);
  }

  subscribeToAll(options: SubscriptionOptions): Subscription {
    return this.inner.subscribeToAll({
      ...options,
      onEvents: (events) => withFault(this.plan, 'deliver', async () => options.onEvents(events), failed),
    });
  }

  head(): Promise<Head | undefined> {
    return withFault(this.plan, 'head', () => this.inner.head(), failed);
  }

  headAt(moment: number): Promise<Head | undefined> {
    return withFault(this.plan, 'headAt', () => this.inner.headAt(moment), failed);
  }

  condition(): StoreCondition {
    return this.inner.condition();
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
