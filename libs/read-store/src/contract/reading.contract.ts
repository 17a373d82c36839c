import { type Find, NoIndex, refKey, type Scalar, type SortField } from '../port.js';
import { at, type CreateHarness, fill, ids, type Keeps, put, thing, things, withStore } from './harness.js';

const by = (field: string, direction: SortField['direction'] = 'ascending'): SortField => ({ field, direction });

export function readingSuite(create: CreateHarness, keeps: Keeps): void {
  describe('reading', () => {
    const opened = withStore(create, keeps);
    const collection = () => opened().store.collection(things);
    const found = async (query?: Find) => ids(await collection().find(query));

    it('gives documents by id, whole and with their position', async () => {
      const whole = {
        ...thing('a', 1),
        nested: { list: [1, 'zwei', null, { true: true }], text: 'ü 🦄 \u0000 "\\' },
        empty: {},
      };
      await opened().projection.apply([put(7, whole), put(8, thing('b', 2))], at(9));
      expect(await collection().get('a')).toEqual({ ...whole, _position: 7 });
      expect(await collection().get('b')).toEqual({ _id: 'b', number: 2, _position: 8 });
      expect(await collection().get('c')).toBeUndefined();
      expect(await collection().get('')).toBeUndefined();
      expect(await collection().getMany(['b', 'x', 'a', 'b'])).toEqual(
        new Map([
          ['a', { ...whole, _position: 7 }],
          ['b', { _id: 'b', number: 2, _position: 8 }],
        ]),
      );
      const refs = ['a', 'x'].map((id) => ({ collection: 'things', id }));
      expect(await opened().projection.getMany(refs)).toEqual(
        new Map([[refKey(refs[0]!), { ...whole, _position: 7 }]]),
      );
      expect(await opened().projection.getMany([])).toEqual(new Map());
    });

    it('gives many documents by id at once', async () => {
      await fill(
        opened().projection,
        Array.from({ length: 1500 }, (_, n) => thing(`t${n}`, n)),
      );
      const wanted = Array.from({ length: 2000 }, (_, n) => `t${n}`);
      expect((await collection().getMany(wanted)).size).toBe(1500);
    });

    it('finds by equality, absent and null being the same', async () => {
      await fill(opened().projection, [
        thing('a', 1, { kind: 'x' }),
        thing('b', 2, { kind: null }),
        thing('c', 3),
        thing('d', 4, { kind: 'y' }),
        thing('e', 5, { kind: 'x' }),
      ]);
      expect(await found({ where: { kind: 'x' } })).toEqual(['a', 'e']);
      expect(await found({ where: { kind: null } })).toEqual(['b', 'c']);
      expect(await found({ where: { kind: 'z' } })).toEqual([]);
      expect(await found({ where: { number: '1' } })).toEqual([]);
      expect(await found({ where: { _id: 'd' } })).toEqual(['d']);
      expect(await found({ where: { kind: { in: ['y', null, 'y'] } } })).toEqual(['b', 'c', 'd']);
      expect(await found({ where: { kind: { in: [] } } })).toEqual([]);
      expect(await found({ where: { _id: { in: ['e', 'nobody', 'a'] } } })).toEqual(['a', 'e']);
    });

    it('finds along dotted paths', async () => {
      await fill(opened().projection, [
        thing('a', 2, { service: { host: 'h1' } }),
        thing('b', 1, { service: { host: 'h1' } }),
        thing('c', 3, { service: { host: 'h2' } }),
        thing('d', 4),
      ]);
      expect(await found({ where: { 'service.host': 'h1' }, sort: [by('number')] })).toEqual(['b', 'a']);
      expect(await found({ where: { 'service.host': null }, sort: [by('number')] })).toEqual(['d']);
      expect(await found({ where: { 'service.host': 'h1', number: { gt: 1 } }, sort: [by('number')] })).toEqual(['a']);
    });

    it('finds in ranges, within the type of their ends', async () => {
      const values: Scalar[] = [null, -5, 0, 1.5, 10, '', '10', 'a', 'b', false, true];
      await fill(
        opened().projection,
        values.map((value, n) => ({ _id: `v${n.toString(16)}`, number: value })),
      );
      const range = async (condition: Record<string, Scalar>) =>
        (await collection().find({ where: { number: condition }, sort: [by('number')] })).map(
          ({ number }) => number as Scalar,
        );
      expect(await range({ gt: 0 })).toEqual([1.5, 10]);
      expect(await range({ gte: 0, lt: 10 })).toEqual([0, 1.5]);
      expect(await range({ lte: 0 })).toEqual([-5, 0]);
      expect(await range({ gt: 10, lt: 0 })).toEqual([]);
      expect(await range({ gt: 1, lt: 1 })).toEqual([]);
      expect(await range({ gte: '' })).toEqual(['', '10', 'a', 'b']);
      expect(await range({ gt: '', lte: 'a' })).toEqual(['10', 'a']);
      expect(await range({ lt: true })).toEqual([false]);
      expect(await range({ gte: null })).toEqual([null]);
      expect(await range({ lt: null })).toEqual([]);
      expect(await range({ gt: 0, lt: 'b' })).toEqual([]);
      expect(await collection().count({ number: { gte: '' } })).toBe(4);
      expect(await collection().count({ number: { gt: 10, lt: 0 } })).toBe(0);
    });

    it('sorts null, numbers, texts by their UTF-8 bytes, booleans; and the other way round', async () => {
      const sorted: Scalar[] = [
        null,
        -1,
        0,
        2,
        10,
        '',
        'A',
        'Z',
        'a',
        'ab',
        'b',
        'é',
        '\ue000',
        '\uffff',
        '😀',
        false,
        true,
      ];
      const documents = sorted.map((value, n) => ({ _id: `v${n}`, number: value }));
      await fill(opened().projection, documents.toReversed());
      const read = async (direction: SortField['direction']) =>
        (await collection().find({ sort: [by('number', direction)] })).map(({ number }) => number as Scalar);
      expect(await read('ascending')).toEqual(sorted);
      expect(await read('descending')).toEqual(sorted.toReversed());
    });

    it('sorts ids by their bytes, and by default', async () => {
      const sorted = ['A', 'a', 'a\u0000', 'a1', 'b', 'é', '\uffff', '😀'];
      await fill(
        opened().projection,
        sorted.toReversed().map((id, n) => thing(id, n)),
      );
      expect(await found()).toEqual(sorted);
      expect(await found({ sort: [by('_id', 'descending')] })).toEqual(sorted.toReversed());
      expect(await found({ where: { _id: { gt: 'a', lte: 'b' } } })).toEqual(['a\u0000', 'a1', 'b']);
    });

    it('limits a page to 1,000 unless told, and to 10,000 in any case', async () => {
      await fill(
        opened().projection,
        Array.from({ length: 1001 }, (_, n) => thing(`t${n}`, n)),
      );
      expect(await found()).toHaveLength(1000);
      expect(await found({ limit: 1 })).toEqual(['t0']);
      expect(await found({ limit: 10_000 })).toHaveLength(1001);
      for (const limit of [0, -1, 1.5, 10_001, NaN]) await expect(found({ limit })).rejects.toThrow(RangeError);
    });

    it.each(['ascending', 'descending'] as const)(
      'pages %s, the same documents whatever is written in between',
      async (direction) => {
        const numbers = Array.from({ length: 40 }, (_, n) =>
          thing(`t${n.toString().padStart(2, '0')}`, Math.floor(n / 7)),
        );
        await fill(opened().projection, numbers);
        const read: string[] = [];
        let after: Find['after'];
        for (let page = 0; ; page++) {
          const documents = await collection().find({
            sort: [by('number', direction)],
            limit: 9,
            ...(after && { after }),
          });
          read.push(...ids(documents));
          const last = documents.at(-1);
          if (documents.length < 9 || !last) break;
          after = { values: [last.number], _id: last._id };
          const [gone, behind] = [thing(last._id, last.number), direction === 'ascending' ? -1 : 1000];
          const position = (await opened().projection.checkpoint())!.position + 1;
          await opened().projection.apply(
            [
              { kind: 'delete', collection: 'things', position, id: gone._id },
              put(position + 1, thing(`new-${page}`, behind)),
            ],
            at(position + 1),
          );
        }
        const order = numbers.toSorted((a, b) => a.number - b.number || (a._id < b._id ? -1 : 1));
        expect(read).toEqual(ids(direction === 'ascending' ? order : order.toReversed()));
      },
    );

    it('pages over absent values and over several values of a field', async () => {
      await fill(opened().projection, [
        thing('a', 1, { kind: 'x', at: 2 }),
        thing('b', 1, { kind: 'x' }),
        thing('c', 1, { kind: 'y', at: 1 }),
        thing('d', 1, { kind: 'y', at: 2 }),
        thing('e', 1, { kind: 'x', at: 3 }),
        thing('f', 1, { kind: 'z', at: 0 }),
      ]);
      const where = { kind: { in: ['y', 'x'] } };
      const pages = async (sort: readonly SortField[], values: (document: Record<string, Scalar>) => Scalar[]) => {
        const read: string[] = [];
        let after: Find['after'];
        for (;;) {
          const [document] = await collection().find({ where, sort, limit: 1, ...(after && { after }) });
          if (!document) return read.join('');
          read.push(document._id);
          after = { values: values(document as unknown as Record<string, Scalar>), _id: document._id };
        }
      };
      const time = (document: Record<string, Scalar>) => document.at ?? null;
      const kind = (document: Record<string, Scalar>) => document.kind ?? null;
      expect(await pages([by('at')], (d) => [time(d)])).toBe('bcade');
      expect(await pages([by('at', 'descending')], (d) => [time(d)])).toBe('edacb');
      expect(await pages([by('kind'), by('at')], (d) => [kind(d), time(d)])).toBe('baecd');
      expect(await pages([by('kind', 'descending'), by('at', 'descending')], (d) => [kind(d), time(d)])).toBe('dceab');
      expect(await pages([by('at'), by('kind')], (d) => [time(d), kind(d)])).toBe('bcade');
    });

    it('counts', async () => {
      expect(await collection().count()).toBe(0);
      await fill(
        opened().projection,
        Array.from({ length: 20 }, (_, n) => thing(`t${n}`, n, { kind: n % 2 ? 'odd' : 'even', at: n })),
      );
      expect(await collection().count()).toBe(20);
      expect(await collection().count({})).toBe(20);
      expect(await collection().count({ kind: 'odd' })).toBe(10);
      expect(await collection().count({ kind: { in: ['odd', 'even', 'none'] } })).toBe(20);
      expect(await collection().count({ kind: 'odd', at: { gte: 3, lt: 9 } })).toBe(3);
      expect(await collection().count({ _id: 't3' })).toBe(1);
      await opened().projection.apply([{ kind: 'delete', collection: 'things', position: 90, id: 't3' }], at(90));
      expect(await collection().count()).toBe(19);
      expect(await collection().count({ kind: 'odd' })).toBe(9);
    });

    const uncovered: [string, Find][] = [
      ['an unknown field', { where: { colour: 'red' } }],
      ['an index that does not begin there', { where: { at: 5 } }],
      ['a sort without an index', { sort: [by('at')] }],
      ['a range that the sort does not follow', { where: { number: { gt: 5 } } }],
      ['an index with one more field', { where: { 'service.host': 'h' } }],
      ['a sort in two directions', { where: { kind: 'x' }, sort: [by('at'), by('_id', 'descending')] }],
      ['a range before an equality', { where: { kind: { gt: 'a' }, at: 5 }, sort: [by('kind')] }],
      ['two ranges', { where: { kind: { gt: 'a' }, at: { gt: 5 } }, sort: [by('kind'), by('at')] }],
      ['a sort beyond _id', { sort: [by('_id'), by('number')] }],
    ];
    it.each(uncovered)('refuses to scan: %s', async (_, query) => {
      await expect(collection().find(query)).rejects.toThrow(NoIndex);
    });

    it('refuses to scan when counting, and needs no sort for it', async () => {
      await expect(collection().count({ at: 5 })).rejects.toThrow(NoIndex);
      expect(await collection().count({ 'service.host': 'h' })).toBe(0);
      expect(await collection().count({ number: { gt: 5 } })).toBe(0);
    });

    it.each([{ gt: 1, gte: 1 }, {}, { like: 'a%' }, ['x'], { in: [{}] }, NaN, undefined])(
      'refuses the condition %p',
      async (condition) => {
        const where = { number: condition } as unknown as NonNullable<Find['where']>;
        await expect(collection().find({ where, sort: [by('number')] })).rejects.toThrow(TypeError);
        await expect(collection().count(where)).rejects.toThrow(TypeError);
      },
    );

    it('refuses a page whose start does not fit its sort, and too many combinations', async () => {
      await expect(found({ sort: [by('number')], after: { values: [], _id: 'a' } })).rejects.toThrow(RangeError);
      const many = { in: Array.from({ length: 101 }, (_, n) => n) };
      await expect(found({ where: { kind: many, at: many } })).rejects.toThrow(RangeError);
    });

    it('gives no reader of a collection that no projection has', () => {
      expect(() => opened().store.collection({ name: 'strangers', indexes: [] })).toThrow('strangers');
    });
  });
}
