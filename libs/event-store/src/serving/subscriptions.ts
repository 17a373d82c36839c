import { StoreUnavailable } from '#kernel';
import type { Subscription, SubscriptionOptions } from '../port.js';
import { LogSubscription, type NextEvents } from './log-subscription.js';

/** The running subscriptions of one store. */
export class Subscriptions {
  private readonly running = new Set<LogSubscription>();
  private closed: StoreUnavailable | undefined;

  constructor(private readonly next: NextEvents) {}

  start(options: SubscriptionOptions): Subscription {
    const subscription = new LogSubscription(options, this.next, (ended) => this.running.delete(ended));
    this.running.add(subscription);
    if (this.closed !== undefined) subscription.fail(this.closed);
    return subscription;
  }

  wake(): void {
    for (const subscription of this.running) subscription.wake();
  }

  /** Ends those that run and, at once, every later one. */
  close(): void {
    this.closed = new StoreUnavailable('the event store is closed');
    for (const subscription of this.running) subscription.fail(this.closed);
  }
}
