import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ReadyQueue } from './ready-queue.state.js';

const named = (place: number) => ({ name: `vm-${String(place)}`, place });
const names = (places: readonly number[]) => places.map((place) => named(place).name);

describe('the ready queue', () => {
  it('is an ordered list, whatever is added and removed', () => {
    const changes = fc.array(
      fc.record({ places: fc.uniqueArray(fc.nat(40), { maxLength: 20 }), limit: fc.nat(12), behind: fc.nat(40) }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(changes, (given) => {
        const queue = new ReadyQueue();
        let list: number[] = [];
        for (const { places, limit, behind } of given) {
          const leaving = places.filter((place) => list.includes(place));
          queue.remove(leaving);
          list = list.filter((place) => !leaving.includes(place));
          for (const place of places.filter((each) => !leaving.includes(each))) {
            queue.add(named(place));
            list = [...list, place].sort((one, other) => one - other);
          }
          expect([queue.length, queue.oldest(99)]).toEqual([list.length, names(list)]);
          expect(queue.oldest(limit)).toEqual(names(list.slice(0, limit)));
          expect(queue.newest(limit)).toEqual(names(list.reverse().slice(0, limit)));
          list.reverse();
          expect(queue.oldest(limit, behind)).toEqual(names(list.filter((place) => place > behind).slice(0, limit)));
        }
      }),
    );
  });

  it('forgets what was taken from its front', () => {
    const queue = ReadyQueue.of(Array.from({ length: 5_000 }, (_, place) => named(place)));
    for (let place = 0; place < 4_990; place += 1) queue.remove([place]);
    queue.remove([4_995]);
    queue.add(named(3));
    expect(queue.oldest(99)).toEqual(names([3, 4_990, 4_991, 4_992, 4_993, 4_994, 4_996, 4_997, 4_998, 4_999]));
    expect((queue as unknown as { readonly entries: readonly unknown[] }).entries.length).toBeLessThan(2_100);
  });

  it('leaves alone what is not in it', () => {
    const queue = ReadyQueue.of([named(1), named(5)]);
    queue.remove([3]);
    queue.remove([9]);
    expect(queue.oldest(9)).toEqual(names([1, 5]));
  });
});
