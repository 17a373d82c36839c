import { CheckpointConflict, type Document, type DocumentWrite, InvalidDocument, NotUnique } from '../port.js';
import {
  at,
  type CreateHarness,
  dumpOf,
  fill,
  type Keeps,
  others,
  put,
  remove,
  thing,
  things,
  withStore,
} from './harness.js';

export function writingSuite(create: CreateHarness, keeps: Keeps): void {
  describe('writing', () => {
    const opened = withStore(create, keeps);
    const get = (id: string) => opened().store.collection(things).get(id);

    it('starts empty, without a checkpoint', async () => {
      const { projection } = opened();
      expect(await projection.checkpoint()).toBeUndefined();
      expect(await dumpOf(projection)).toEqual([]);
    });

    it('knows its checkpoint, also when no document changed', async () => {
      const { projection } = opened();
      await projection.apply([put(3, thing('a', 1))], at(4));
      expect(await projection.checkpoint()).toEqual(at(4));
      await projection.apply([], at(50));
      expect(await projection.checkpoint()).toEqual(at(50));
    });

    it('replaces whole documents, and their places in indexes', async () => {
      const { projection, store } = opened();
      await projection.apply([put(1, thing('a', 1, { kind: 'x', at: 5 }))], at(1));
      await projection.apply([put(2, thing('a', 2, { kind: 'y' }))], at(2));
      expect(await get('a')).toEqual({ _id: 'a', number: 2, kind: 'y', _position: 2 });
      expect(await store.collection(things).find({ where: { kind: 'x' } })).toEqual([]);
      expect(await store.collection(things).find({ where: { kind: 'y' } })).toHaveLength(1);
      expect(await store.collection(things).count()).toBe(1);
    });

    it('writes in order: the last write to a document in a batch wins', async () => {
      const { projection } = opened();
      await projection.apply(
        [put(1, thing('a', 1)), put(2, thing('a', 2)), remove(3, 'b'), put(4, thing('b', 4))],
        at(4),
      );
      await projection.apply([put(5, thing('c', 5)), remove(6, 'c'), remove(7, 'a')], at(7));
      expect(await dumpOf(projection)).toEqual(['things {"_id":"b","number":4,"_position":4}']);
    });

    it('gives several writes of one event to several documents', async () => {
      const { projection } = opened();
      await projection.apply([put(9, thing('a', 1)), put(9, thing('b', 2)), remove(9, 'c')], at(9));
      expect(await dumpOf(projection)).toHaveLength(2);
    });

    const batch: readonly DocumentWrite[] = [
      put(2, thing('a', 1)),
      put(3, thing('b', 1)),
      put(4, thing('a', 2)),
      remove(5, 'b'),
      put(6, thing('c', 3)),
      remove(7, 'unheard-of'),
    ];

    it('changes nothing when a batch is repeated', async () => {
      const { projection } = opened();
      await projection.apply(batch, at(7));
      const once = await dumpOf(projection);
      await projection.apply(batch, at(7));
      expect(await dumpOf(projection)).toEqual(once);
      expect(await projection.checkpoint()).toEqual(at(7));
    });

    it.each(batch.map((_, n) => n))(
      'changes nothing when a batch is repeated after only its first %i writes got in',
      async (n) => {
        const { projection } = opened();
        await projection.apply([], at(1));
        await projection.apply(batch.slice(0, n), at(1));
        expect(await projection.checkpoint()).toEqual(at(1));
        await projection.apply(batch, at(7));
        const dump = await dumpOf(projection);
        expect(dump).toEqual([
          'things {"_id":"a","number":2,"_position":4}',
          'things {"_id":"c","number":3,"_position":6}',
        ]);
        for (const part of [batch.slice(n), batch.slice(0, n), batch.slice(n, n + 1)])
          await projection.apply(part, at(7));
        expect(await dumpOf(projection)).toEqual(dump);
      },
    );

    it('skips writes at or below the position of a document or a tombstone that is ahead of the checkpoint', async () => {
      const { projection } = opened();
      await projection.apply([], at(1));
      await projection.apply([put(10, thing('a', 10)), put(8, thing('b', 8)), remove(12, 'b')], at(1));
      await projection.apply(
        [put(9, thing('a', 9)), put(10, thing('a', 99)), put(11, thing('b', 11)), put(12, thing('b', 12))],
        at(1),
      );
      expect(await dumpOf(projection)).toEqual(['things {"_id":"a","number":10,"_position":10}']);
      await projection.apply([remove(9, 'a'), remove(10, 'a'), put(13, thing('b', 13))], at(13));
      expect(await dumpOf(projection)).toEqual([
        'things {"_id":"a","number":10,"_position":10}',
        'things {"_id":"b","number":13,"_position":13}',
      ]);
    });

    it('is not changed by a writer that was paused: neither documents nor checkpoint', async () => {
      const { projection } = opened();
      await projection.apply([put(1, thing('a', 1)), put(2, thing('b', 2))], at(2));
      await projection.apply([put(3, thing('a', 3)), remove(4, 'b'), put(5, thing('c', 5))], at(5));
      const before = await dumpOf(projection);
      await projection.apply([put(1, thing('a', 1)), put(2, thing('b', 2))], at(2));
      await projection.apply([put(3, thing('a', 33)), put(4, thing('b', 44)), put(5, thing('d', 5))], at(4));
      expect(await dumpOf(projection)).toEqual(before);
      expect(await projection.checkpoint()).toEqual(at(5));
    });

    it('refuses batches of another log, another version, another event at its position', async () => {
      const { projection } = opened();
      await projection.apply([put(5, thing('a', 1))], at(5));
      for (const checkpoint of [at(9, { epoch: 'epoch-2' }), at(9, { version: 2 }), at(5, { hash: 'another' })])
        await expect(projection.apply([put(9, thing('a', 9))], checkpoint)).rejects.toThrow(CheckpointConflict);
      expect(await get('a')).toMatchObject({ number: 1 });
      expect(await projection.checkpoint()).toEqual(at(5));
    });

    it('never has a checkpoint ahead of its documents, when writing fails between the two', async () => {
      const { projection, harness } = opened();
      await projection.apply([put(1, thing('a', 1)), put(2, thing('b', 2))], at(2));
      await harness.failCheckpoints(true);
      await expect(projection.apply([put(3, thing('a', 3)), remove(4, 'b')], at(4))).rejects.toThrow();
      expect(await projection.checkpoint()).toEqual(at(2));
      await harness.failCheckpoints(false);
      await projection.apply([put(3, thing('a', 3)), remove(4, 'b')], at(4));
      expect(await dumpOf(projection)).toEqual(['things {"_id":"a","number":3,"_position":3}']);
      expect(await projection.checkpoint()).toEqual(at(4));
    });

    it('guards unique indexes, null being a value', async () => {
      const { projection, store } = opened();
      await fill(projection, [{ _id: 'a', code: 'x' } as Document, { _id: 'b' }], 'others');
      const checkpoint = await projection.checkpoint();
      for (const document of [{ _id: 'c', code: 'x' }, { _id: 'c', code: null }, { _id: 'c' }, { _id: 'a' }])
        await expect(projection.apply([put(20, document, 'others')], at(20))).rejects.toThrow(NotUnique);
      expect(await projection.checkpoint()).toEqual(checkpoint);
      expect(await store.collection(others).get('c')).toBeUndefined();
      expect(await store.collection(others).get('a')).toMatchObject({ code: 'x' });
      expect(await store.collection(others).find({ where: { code: 'x' } })).toHaveLength(1);
      const moved = [put(21, { _id: 'a', code: 'y' } as Document, 'others'), remove(22, 'b', 'others')];
      await projection.apply(
        [...moved, put(23, { _id: 'c', code: 'x' } as Document, 'others'), put(24, { _id: 'd' }, 'others')],
        at(24),
      );
      expect(
        (await store.collection(others).find({ sort: [{ field: 'code', direction: 'ascending' }] })).map(
          ({ _id }) => _id,
        ),
      ).toEqual(['d', 'c', 'a']);
    });

    const invalid: [string, DocumentWrite][] = [
      ['an empty id', put(9, thing('', 1))],
      ['half a surrogate pair as id', put(9, thing('\ud800', 1))],
      ['a number as id', put(9, { _id: 5 } as unknown as Document)],
      ['an object in an indexed field', put(9, { _id: 'a', kind: { x: 1 } } as Document)],
      ['a list in an indexed field', put(9, { _id: 'a', kind: ['x'] } as Document)],
      ['no number in an indexed field', put(9, { _id: 'a', number: NaN } as Document)],
      ['an empty id to delete', remove(9, '')],
      ['a collection of another projection', put(9, thing('a', 1), 'strangers')],
    ];
    it.each(invalid)('refuses %s, and the checkpoint with it', async (_, write) => {
      const { projection } = opened();
      await projection.apply([], at(1));
      await expect(projection.apply([write], at(9))).rejects.toThrow(InvalidDocument);
      expect(await projection.checkpoint()).toEqual(at(1));
      expect(await dumpOf(projection)).toEqual([]);
      await projection.apply([put(9, thing('a', 1))], at(9));
      expect(await get('a')).toMatchObject({ _position: 9 });
    });

    it('dumps every document, by collection and by the bytes of the id', async () => {
      const { projection } = opened();
      const names = ['z', 'a', '\uffff', '😀', 'é', 'Z'];
      await projection.apply(
        [
          ...names.map((id, n) => put(n + 1, thing(id, n))),
          put(20, { _id: '2', code: 2 } as Document, 'others'),
          put(21, { _id: '10', code: 1 } as Document, 'others'),
        ],
        at(30),
      );
      const order: string[] = [];
      for await (const { collection, document } of projection.dump()) order.push(`${collection}/${document._id}`);
      expect(order).toEqual([
        'others/10',
        'others/2',
        ...['Z', 'a', 'z', 'é', '\uffff', '😀'].map((id) => `things/${id}`),
      ]);
    });

    it('dumps more than fits in one look', async () => {
      const { projection } = opened();
      await fill(
        projection,
        Array.from({ length: 2345 }, (_, n) => thing(`t${n}`, n)),
      );
      expect(new Set(await dumpOf(projection)).size).toBe(2345);
    });

    it('keeps half surrogate pairs inside documents', async () => {
      const { projection } = opened();
      await projection.apply([put(1, thing('a', 1, { kind: 'x\ud800' }))], at(1));
      expect(await get('a')).toMatchObject({ kind: 'x\ud800' });
      expect(await opened().store.collection(things).count({ kind: 'x\ud800' })).toBe(1);
    });
  });
}
