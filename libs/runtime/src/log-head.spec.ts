import type { EventStore, Head } from '#event-store';
import { MemoryEventStore } from '#event-store/adapters/memory';
import { counterExecutor } from '#specs';
import { LogHead } from './log-head.js';

/** A store whose `head` answers when told to. */
function asked(exclusive: boolean) {
  const questions: { readonly answer: (position: number) => void; readonly fail: () => void }[] = [];
  const store = Object.create(new MemoryEventStore({ exclusive }), {
    head: {
      value: () =>
        new Promise<Head>((resolve, reject) => {
          questions.push({
            answer: (position) => resolve({ position, recordedAt: 0 }),
            fail: () => reject(new Error('no answer')),
          });
        }),
    },
  }) as EventStore;
  return { head: new LogHead(store), questions };
}

describe('the end of the log', () => {
  it('is known in memory where nobody else writes', async () => {
    const store = new MemoryEventStore();
    await counterExecutor(store).add(1);
    const head = new LogHead(store);
    await head.start();
    expect(head.ask()).toBe((await store.head())?.position);
    head.advance(7);
    head.advance(3);
    head.advance(undefined);
    expect(head.ask()).toBe(7);
  });

  it('of an empty log is nowhere', async () => {
    const head = new LogHead(new MemoryEventStore());
    await head.start();
    expect(head.ask()).toBeUndefined();
  });

  it('is asked once for all who wait together, and never answered from a question asked before them', async () => {
    const { head, questions } = asked(false);
    const first = head.ask();
    const second = [1, 2, 3].map(async () => head.ask());
    expect(questions).toHaveLength(1);
    questions[0]!.answer(1);
    expect(await first).toBe(1);
    expect(questions).toHaveLength(2);
    const third = head.ask();
    questions[1]!.answer(2);
    expect(await Promise.all(second)).toEqual([2, 2, 2]);
    questions[2]!.answer(3);
    expect(await third).toBe(3);
    expect(head.latestKnown).toBe(3);
    const later = head.ask();
    expect(questions).toHaveLength(4);
    questions[3]!.answer(4);
    expect(await later).toBe(4);
  });

  it('a question that fails fails for those who share it, and not for the next', async () => {
    const { head, questions } = asked(false);
    const first = head.ask();
    const second = head.ask();
    questions[0]!.fail();
    await expect(first).rejects.toThrow('no answer');
    questions[1]!.answer(5);
    expect(await second).toBe(5);
  });
});
