import fc from 'fast-check';
import { at, dumpOf, put, remove, shapeOf, thing, things } from '../contract/harness.js';
import { compareKeys, type Key } from '../ordering.js';
import { HeldProjection } from './held-projection.js';
import { compareSortableKeys, sortableKey } from './sortable-key.js';

const write = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), number: fc.nat({ max: 3 }), deletes: fc.boolean() });
const batch = fc.array(write, { maxLength: 8 });

describe('a projection in memory', () => {
  it('is after a batch that failed as it was before: documents, indexes, tombstones', async () => {
    await fc.assert(
      fc.asyncProperty(batch, batch, async (first, second) => {
        let failing = false;
        const held = new HeldProjection(shapeOf('state'), {
          beforeCheckpoint: () => {
            if (failing) throw new Error('fault');
          },
        });
        let position = 1;
        const writes = (batchOf: typeof first) =>
          batchOf.map(({ id, number, deletes }) =>
            deletes ? remove(++position, id) : put(++position, thing(id, number)),
          );
        // The checkpoint stays behind, so that tombstones are kept.
        await held.apply(writes(first), at(1));
        const state = async () => ({
          dump: await dumpOf(held),
          counts: [0, 1, 2, 3].map((number) => held.reader(things.name).count({ number })),
          sorted: held.reader(things.name).find({ sort: [{ field: 'number', direction: 'descending' }] }),
        });
        const [before, reached] = [await state(), position];
        failing = true;
        await expect(held.apply(writes(second), at(position))).rejects.toThrow('fault');
        expect(await state()).toEqual(before);
        expect(await held.checkpoint()).toEqual(at(1));
        failing = false;
        // Were a tombstone or a position lost or left behind, these would get in, or the next ones would not.
        await held.apply(
          ['a', 'b', 'c', 'd'].filter((id) => first.some((one) => one.id === id)).map((id) => put(2, thing(id, 9))),
          at(1),
        );
        expect(await state()).toEqual(before);
        await held.apply(
          ['a', 'b', 'c', 'd'].map((id) => put(reached + 1, thing(id, 7))),
          at(reached + 1),
        );
        expect(held.reader(things.name).count({ number: 7 })).toBe(4);
      }),
    );
  });

  it('orders the keys of its trees as keys are ordered everywhere', () => {
    const part = fc.oneof(
      fc.constantFrom(null, true, false, '', '\uffff', '\ue000', '\ud7ff'),
      fc.integer({ min: -3, max: 3 }),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 2, maxLength: 2 }),
        fc.array(part, { minLength: 2, maxLength: 2 }),
        (a: Key, b: Key) => {
          expect(Math.sign(compareSortableKeys(sortableKey(a), sortableKey(b)))).toBe(Math.sign(compareKeys(a, b)));
        },
      ),
    );
  });

  it('orders texts by their UTF-8 bytes', () => {
    const text = fc.string({ unit: 'binary', maxLength: 4 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareKeys([a], [b]))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
