import {
  at,
  type CreateHarness,
  dumpOf,
  fill,
  ids,
  type Keeps,
  put,
  remove,
  shapeOf,
  thing,
  things,
  withStore,
} from './harness.js';

/** Documents as one fold would make them: event n writes number n to one of 20 things, or deletes one. */
const history = Array.from({ length: 200 }, (_, n) =>
  n % 7 === 6 ? remove(n + 1, `t${n % 20}`) : put(n + 1, thing(`t${n % 20}`, n, { kind: n % 3 ? 'x' : 'y' })),
);

export function durabilitySuite(create: CreateHarness, keeps: Keeps): void {
  describe('stops and crashes', () => {
    const opened = withStore(create, keeps);
    const shape = shapeOf(keeps);

    async function reopen(how: 'close' | 'crash') {
      const { harness, store, use } = opened();
      await (how === 'close' ? store.close() : harness.crash(store));
      const next = await harness.open();
      use(next);
      return { store: next, projection: await next.open(shape) };
    }

    it.each(['close', 'crash'] as const)(
      'after a %s has exactly what its checkpoint says, and goes on from there',
      async (how) => {
        const { projection, harness } = opened();
        for (let n = 0; n < 150; n += 10) await projection.apply(history.slice(n, n + 10), at(n + 10));
        const before = await dumpOf(projection);
        const again = await reopen(how);
        const reached = (await again.projection.checkpoint())?.position ?? 0;
        if (!harness.durable) expect(reached).toBe(0);
        else if (how === 'close') expect(reached).toBe(150);

        const model = await modelOf(reached);
        expect(await dumpOf(again.projection)).toEqual(model);
        for (let n = reached; n < 150; n += 10) await again.projection.apply(history.slice(n, n + 10), at(n + 10));
        expect(await dumpOf(again.projection)).toEqual(before);
        expect(await again.store.collection(things).count({ kind: 'x' })).toBe(
          before.filter((line) => line.includes('"x"')).length,
        );
      },
    );

    /** What the first events alone give, in a store of their own. */
    async function modelOf(reached: number): Promise<readonly string[]> {
      const harness = await create();
      const store = await harness.open();
      const projection = await store.open(shape);
      if (reached > 0) await projection.apply(history.slice(0, reached), at(reached));
      const dump = await dumpOf(projection);
      await store.close();
      await harness.remove();
      return dump;
    }

    it('does not lose what was flushed before a crash', async () => {
      const { projection, store, harness } = opened();
      await projection.apply(history.slice(0, 100), at(100));
      await store.flush();
      await projection.apply(history.slice(100, 110), at(110));
      const again = await reopen('crash');
      const reached = (await again.projection.checkpoint())?.position ?? 0;
      if (harness.durable) expect(reached).toBeGreaterThanOrEqual(100);
      expect(await dumpOf(again.projection)).toEqual(await modelOf(reached));
    });

    it.each(['close', 'crash'] as const)('after a %s changes nothing when an old batch is repeated', async (how) => {
      const { projection, store } = opened();
      await projection.apply([put(1, thing('a', 1)), remove(2, 'a'), put(3, thing('b', 3))], at(3));
      await store.flush();
      const again = await reopen(how);
      await again.projection.apply([put(1, thing('a', 1)), remove(2, 'a'), put(3, thing('b', 3))], at(3));
      await again.projection.apply([put(1, thing('a', 1))], at(3));
      expect(ids(await again.store.collection(things).find())).not.toContain('a');
    });

    it('has the old generation after a crash before the swap, the new one after a crash behind it', async () => {
      const { projection, store, harness } = opened();
      await fill(projection, [thing('old', 1)]);
      await store.flush();
      const lost = await store.openBeside(shape);
      await fill(lost, [thing('lost', 1)]);
      const second = await reopen('crash');
      const seen = async (reader = second.store.collection(things)) => ids(await reader.find()).join();
      expect(await seen()).toBe(harness.durable ? 'old' : '');

      const beside = await second.store.openBeside(shape);
      await fill(beside, [thing('new', 1)]);
      await second.store.swap(shape, beside);
      const third = await reopen('crash');
      expect(await seen(third.store.collection(things))).toBe(harness.durable ? 'new' : '');
      const left = await third.store.openBeside(shape);
      expect(await dumpOf(left)).toEqual([]);
    });

    it('starts empty when it is opened again with another version', async () => {
      const { projection } = opened();
      await fill(projection, [thing('a', 1)]);
      const again = await reopen('close');
      const next = await again.store.open({ ...shape, version: 2 });
      expect(await next.checkpoint()).toBeUndefined();
      expect(await dumpOf(next)).toEqual([]);
    });

    it('keeps blobs', async () => {
      const { store, harness } = opened();
      expect(await store.blobs.get('a/b')).toBeUndefined();
      await store.blobs.put('a/b', 'text ü 😀 \u0000'.repeat(10_000));
      await store.blobs.put('other', '');
      await store.blobs.put('a/b', 'second');
      expect(await store.blobs.get('a/b')).toBe('second');
      expect(await store.blobs.get('other')).toBe('');
      await store.blobs.delete('other');
      await store.blobs.delete('unknown');
      expect(await store.blobs.get('other')).toBeUndefined();
      const again = await reopen('close');
      expect(await again.store.blobs.get('a/b')).toBe(harness.durable ? 'second' : undefined);
    });

    it('says how it is, and does nothing more once closed', async () => {
      const { store, projection } = opened();
      expect(store.condition()).toEqual({ ready: true });
      const reader = store.collection(things);
      await store.close();
      await store.close();
      expect(store.condition()).toEqual({ ready: false, reason: 'the read store is closed' });
      await expect(reader.get('a')).rejects.toThrow('closed');
      await expect(store.open(shape)).rejects.toThrow('closed');
      await expect(store.blobs.get('a')).rejects.toThrow('closed');
      await expect(projection.apply([put(1, thing('a', 1))], at(1))).rejects.toThrow();
    });
  });
}
