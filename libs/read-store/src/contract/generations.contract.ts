import { CheckpointConflict } from '../port.js';
import {
  at,
  type CreateHarness,
  dumpOf,
  fill,
  ids,
  type Keeps,
  others,
  put,
  shapeOf,
  thing,
  things,
  withStore,
} from './harness.js';

export function generationsSuite(create: CreateHarness, keeps: Keeps): void {
  describe('generations', () => {
    const opened = withStore(create, keeps);
    const shape = shapeOf(keeps);

    it('opens the same live documents again', async () => {
      const { store, projection } = opened();
      await fill(projection, [thing('a', 1)]);
      const again = await store.open(shape);
      expect(await dumpOf(again)).toEqual(await dumpOf(projection));
      await again.apply([put(10, thing('b', 2))], at(10));
      expect(await projection.checkpoint()).toEqual(at(10));
    });

    it('starts empty where the version of the shape differs', async () => {
      const { store, projection } = opened();
      await fill(projection, [thing('a', 1)]);
      const reader = store.collection(things);
      const next = await store.open({ ...shape, version: 2 });
      expect(await next.checkpoint()).toBeUndefined();
      expect(await dumpOf(next)).toEqual([]);
      expect(await reader.find()).toEqual([]);
      await next.apply([put(1, thing('b', 1))], at(1, { version: 2 }));
      expect(ids(await reader.find())).toEqual(['b']);
      await expect(projection.apply([put(9, thing('c', 9))], at(9))).rejects.toThrow(CheckpointConflict);
      expect(ids(await reader.find())).toEqual(['b']);
    });

    it('builds a generation beside the live one, unseen, and swaps it in for every reader', async () => {
      const { store, projection } = opened();
      await projection.apply([put(1, thing('old', 1)), put(2, thing('both', 2))], at(2));
      const reader = store.collection(things);
      const beside = await store.openBeside(shape);
      expect(await beside.checkpoint()).toBeUndefined();
      await beside.apply([put(1, thing('new', 1)), put(2, thing('both', 22))], at(2, { epoch: 'epoch-2' }));
      await projection.apply([put(3, thing('old', 3))], at(3));
      expect(ids(await reader.find())).toEqual(['both', 'old']);
      expect(await dumpOf(await store.open(shape))).toEqual(await dumpOf(projection));
      await store.swap(shape, beside);
      expect(ids(await reader.find())).toEqual(['both', 'new']);
      expect(await reader.get('both')).toMatchObject({ number: 22 });
      expect(ids(await store.collection(things).find())).toEqual(['both', 'new']);
      const live = await store.open(shape);
      expect(await live.checkpoint()).toEqual(at(2, { epoch: 'epoch-2' }));
      await beside.apply([put(3, thing('more', 3))], at(3, { epoch: 'epoch-2' }));
      expect(ids(await reader.find())).toEqual(['both', 'more', 'new']);
    });

    it('makes a generation searchable before or after it is live, while it is written, and changes nothing by it', async () => {
      const { store, projection } = opened();
      await projection.makeSearchable();
      const beside = await store.openBeside(shape);
      await beside.apply([put(1, thing('a', 1))], at(1));
      await Promise.all([beside.makeSearchable(), beside.apply([put(2, thing('b', 2))], at(2))]);
      await beside.apply([put(3, thing('c', 3))], at(3));
      expect(ids(await store.collection(things).find())).toEqual([]);
      await store.swap(shape, beside);
      expect(
        ids(await store.collection(things).find({ sort: [{ field: 'number', direction: 'descending' }] })),
      ).toEqual(['c', 'b', 'a']);
      await beside.makeSearchable();
    });

    it('is not changed by a writer that goes on with the generation that was replaced', async () => {
      const { store, projection } = opened();
      await projection.apply([put(1, thing('a', 1))], at(1));
      const beside = await store.openBeside(shape);
      await beside.apply([put(1, thing('a', 100))], at(1));
      await store.swap(shape, beside);
      const before = await dumpOf(await store.open(shape));
      await expect(projection.apply([put(2, thing('a', 2))], at(2))).rejects.toThrow(CheckpointConflict);
      expect(await dumpOf(await store.open(shape))).toEqual(before);
    });

    it('shows readers the old or the new documents while it swaps, never some of each', async () => {
      const { store, projection } = opened();
      await fill(
        projection,
        Array.from({ length: 300 }, (_, n) => thing(`t${n}`, n, { kind: 'old' })),
      );
      const beside = await store.openBeside(shape);
      await fill(
        beside,
        Array.from({ length: 500 }, (_, n) => thing(`t${n}`, n, { kind: 'new' })),
      );
      const reader = store.collection(things);
      let swapped = false;
      const seen: string[] = [];
      const reading = (async () => {
        for (let after = 0; after < 3; after += Number(swapped)) {
          const documents = await reader.find({ sort: [{ field: 'number', direction: 'ascending' }] });
          seen.push(`${[...new Set(documents.map(({ kind }) => kind))].join('+')} ${documents.length}`);
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      await store.swap(shape, beside).finally(() => (swapped = true));
      await reading;
      expect([...new Set(seen)].filter((what) => what !== 'old 300')).toEqual(['new 500']);
      expect(seen.lastIndexOf('old 300')).toBeLessThan(seen.indexOf('new 500'));
    });

    it('swaps in a generation of another version', async () => {
      const { store, projection } = opened();
      await fill(projection, [thing('a', 1)]);
      const next = shapeOf(keeps, { version: 2, collections: [things] });
      const beside = await store.openBeside(next);
      await beside.apply([put(1, thing('b', 1))], at(1, { version: 2 }));
      await store.swap(next, beside);
      expect(ids(await store.collection(things).find())).toEqual(['b']);
      expect(() => store.collection(others)).toThrow('others');
    });

    it('discards a generation, which can then neither be written nor swapped in', async () => {
      const { store, projection } = opened();
      await fill(projection, [thing('a', 1)]);
      const beside = await store.openBeside(shape);
      await fill(beside, [thing('b', 1)]);
      await store.discard(beside);
      await expect(beside.apply([put(9, thing('c', 9))], at(9))).rejects.toThrow(CheckpointConflict);
      await expect(store.swap(shape, beside)).rejects.toThrow(TypeError);
      await expect(store.discard(projection)).rejects.toThrow(TypeError);
      expect(ids(await store.collection(things).find())).toEqual(['a']);
    });

    it('keeps several projections apart, and no collection in two of them', async () => {
      const { store, projection } = opened();
      const second = shapeOf(keeps, { name: 'second', collections: [{ name: 'seconds', indexes: [] }] });
      const other = await store.open(second);
      await fill(projection, [thing('a', 1)]);
      await other.apply([put(1, { _id: 'a' }, 'seconds')], at(77));
      expect(await projection.checkpoint()).toEqual(at(2));
      expect(await other.checkpoint()).toEqual(at(77));
      expect(await dumpOf(other)).toEqual(['seconds {"_id":"a","_position":1}']);
      await expect(store.open(shapeOf(keeps, { name: 'thief' }))).rejects.toThrow(TypeError);
    });
  });
}
