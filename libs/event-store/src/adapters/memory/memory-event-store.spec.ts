import { describe, expect, it } from '@jest/globals';
import { eventStoreContract } from '../../event-store.contract.js';
import { appendOne, everything, newEvent, newEvents, until } from '../../contract/store-under-test.js';
import { MemoryEventStore } from './memory-event-store.js';
import { MemoryLog } from './memory-log.js';

describe.each([1, 3])('with steps of %d between positions', (step) => {
  eventStoreContract('memory', async (clock) => {
    const log = new MemoryLog(undefined, step);
    const open = (): MemoryEventStore => new MemoryEventStore({ log, clock });
    const store = open();
    return {
      store,
      reopen: async () => {
        await store.close();
        return open();
      },
      crash: () => Promise.resolve(open()),
      dispose: () => store.close(),
    };
  });
});

describe('two stores on one log', () => {
  it('are two servers: each sees at once what the other one writes', async () => {
    const log = new MemoryLog();
    const [one, two] = [
      new MemoryEventStore({ log, exclusive: false }),
      new MemoryEventStore({ log, exclusive: false }),
    ];
    const seen: string[] = [];
    const subscription = two.subscribeToAll({
      after: undefined,
      onEvents: (events) => void seen.push(...events.map(({ id }) => id)),
    });
    const [first, second] = [newEvent(), newEvent()];
    await appendOne(one, 'a', 'noStream', first);
    expect(await appendOne(two, 'a', 'noStream', second)).toEqual({ kind: 'conflict', actual: 0 });
    await appendOne(two, 'a', 0, second);
    await until(() => seen.length === 2);
    expect(seen).toEqual([first.id, second.id]);
    expect(await everything(one)).toEqual(await everything(two));
    expect([one.exclusive, one.epoch === two.epoch]).toEqual([false, true]);
    await subscription.stop();
  });
});

describe('a long catch-up', () => {
  it('leaves turns to others', async () => {
    const store = new MemoryEventStore();
    for (let index = 0; index < 10; index += 1) await appendOne(store, `s-${index}`, 'noStream', ...newEvents(4_096));
    let batches = 0;
    const turns: number[] = [];
    const takeTurns = (): void => {
      turns.push(batches);
      if (batches < 40) setImmediate(takeTurns);
    };
    setImmediate(takeTurns);
    const subscription = store.subscribeToAll({ after: undefined, onEvents: () => void (batches += 1) });
    await until(() => batches === 40);
    await subscription.stop();
    expect(turns.some((seen) => seen > 0 && seen < 40)).toBe(true);
  });
});
