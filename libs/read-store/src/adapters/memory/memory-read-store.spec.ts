import { type Document, InvalidDocument, type ReadStore } from '../../port.js';
import { readStoreContract } from '../../read-store.contract.js';
import { createMemoryReadStore } from './index.js';

readStoreContract('memory', async () => {
  let failing = false;
  return {
    open: async () =>
      createMemoryReadStore({
        beforeCheckpoint: () => {
          if (failing) throw new Error('between documents and checkpoint');
        },
      }),
    crash: async (store: ReadStore) => store.close(),
    failCheckpoints: async (to: boolean) => {
      failing = to;
    },
    durable: false,
    remove: async () => undefined,
  };
});

describe('the read store in memory', () => {
  const open = async () =>
    createMemoryReadStore().open({ name: 'p', version: 1, keeps: 'state', collections: [{ name: 'c', indexes: [] }] });
  const checkpoint = { epoch: 'e', position: 1, hash: 'h', version: 1 };
  const write = (document: object) =>
    ({ kind: 'put', collection: 'c', position: 1, document: document as Document }) as const;

  it('freezes documents in depth, so that a fold that changes one is found', async () => {
    const store = await open();
    const document = { _id: 'a', nested: { list: [{ n: 1 }] } };
    await store.apply([write(document)], checkpoint);
    const [kept] = (await store.getMany([{ collection: 'c', id: 'a' }])).values();
    expect(() => (document.nested.list[0]!.n = 2)).toThrow(TypeError);
    expect(() => Object.assign(kept!, { more: true })).toThrow(TypeError);
  });

  it.each([
    ['a key with a dot', { 'a.b': 1 }],
    ['undefined', { a: undefined }],
    ['a date', { a: new Date() }],
    ['a map', { a: { b: [new Map()] } }],
    ['no number', { a: [NaN] }],
    ['a function', { a: () => 1 }],
  ])('refuses what would not come back the same: %s', async (_, fields) => {
    const store = await open();
    await expect(store.apply([write({ _id: 'a', ...fields })], checkpoint)).rejects.toThrow(InvalidDocument);
  });
});
