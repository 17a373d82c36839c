import type { EventStore } from '#event-store';
import type { Clock } from '#kernel';
import type { Provider } from '#providers';
import type { ReadStore } from '#read-store';
import type { Vault } from '#runtime';
import type { Timers } from '#timers';

/** Everything outside that the program talks to, chosen by a profile. */
export interface Ports {
  readonly eventStore: EventStore;
  readonly readStore: ReadStore;
  readonly timers: Timers;
  readonly vault: Vault;
  readonly providers: readonly Provider[];
  readonly clock: Clock;
  /** In the right order, after everything that uses them has stopped. */
  close(): Promise<void>;
}
