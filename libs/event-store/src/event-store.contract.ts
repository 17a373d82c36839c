import { afterEach, beforeEach, describe } from '@jest/globals';
import type { EventStore } from './port.js';
import { appending } from './contract/appending.contract.js';
import { living } from './contract/living.contract.js';
import { reading } from './contract/reading.contract.js';
import type { Bench, EventStoreUnderTest, OpenEventStoreUnderTest } from './contract/store-under-test.js';
import { subscribing } from './contract/subscribing.contract.js';

export type { EventStoreUnderTest, OpenEventStoreUnderTest } from './contract/store-under-test.js';

/** What every event store does. An adapter's spec calls it with the adapter's name and a way to open an empty one. */
export function eventStoreContract(name: string, open: OpenEventStoreUnderTest): void {
  describe(`${name} as an event store`, () => {
    const bench = new OpenBench();
    beforeEach(async () => {
      bench.clock.time = 1_000_000;
      bench.subject = await open({ now: () => (bench.clock.time += 1) });
    });
    afterEach(() => bench.subject.dispose());

    appending(bench);
    reading(bench);
    subscribing(bench);
    living(bench);
  });
}

class OpenBench implements Bench {
  readonly clock = { time: 0 };
  private opened: EventStoreUnderTest | undefined;

  get subject(): EventStoreUnderTest {
    if (this.opened === undefined) throw new Error('a store is open only while a test runs');
    return this.opened;
  }

  set subject(subject: EventStoreUnderTest) {
    this.opened = subject;
  }

  get store(): EventStore {
    return this.subject.store;
  }
}
