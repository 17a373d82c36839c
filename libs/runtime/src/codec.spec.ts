import type { EventCatalog } from '#kernel';
import { EventCodec, UnreadableEvent, withoutVersion } from './codec.js';

type ShelfEvent =
  { readonly type: 'BookShelved'; readonly data: unknown } | { readonly type: 'BookLost'; readonly data: unknown };

const shelves: EventCatalog<ShelfEvent> = {
  context: 'library',
  versions: { BookShelved: 3, BookLost: 1 },
  upcasters: {
    'library/BookShelved@1': ({ title }: { title: string }) => ({ name: title }),
    'library/BookShelved@2': ({ name }: { name: string }) => ({ name, shelf: 'unknown' }),
  },
};
const codec = new EventCodec([shelves]);

describe('stored events', () => {
  it('are written under the name and version of the catalog', () => {
    expect(codec.encode({ type: 'BookShelved', data: { name: 'Emma', shelf: 'A' } })).toEqual({
      type: 'library/BookShelved@3',
      data: '{"name":"Emma","shelf":"A"}',
    });
  });

  it.each([
    [1, { title: 'Emma' }, { name: 'Emma', shelf: 'unknown' }],
    [2, { name: 'Emma' }, { name: 'Emma', shelf: 'unknown' }],
    [3, { name: 'Emma', shelf: 'B' }, { name: 'Emma', shelf: 'B' }],
  ])('of version %d are read in the current one, step by step', (version, data, current) => {
    const stored = { type: `library/BookShelved@${version}`, data: JSON.stringify(data) };
    expect(codec.decode(stored)).toEqual({ type: 'BookShelved', data: current });
  });

  it.each([
    ['library/BookShelved@4', '{}', 'newer than this program'],
    ['library/BookBurned@1', '{}', 'no catalog names it'],
    ['elsewhere/BookLost@1', '{}', 'no catalog names it'],
    ['BookLost', '{}', 'no catalog names it'],
    ['library/BookLost@0', '{}', 'no catalog names it'],
    ['library/BookLost@1', '{', 'JSON'],
    ['library/BookShelved@1', 'null', 'title'],
    ['library/toString@1', '{}', 'no catalog names it'],
  ])('%s with %s is unreadable and says why', (type, data, why) => {
    expect(() => codec.decode({ type, data })).toThrow(UnreadableEvent);
    expect(() => codec.decode({ type, data })).toThrow(why);
  });

  it('a missing step is named', () => {
    const gappy = new EventCodec([
      { context: 'library', versions: { BookShelved: 3 }, upcasters: { 'library/BookShelved@2': (x) => x } },
    ]);
    expect(() => gappy.decode({ type: 'library/BookShelved@1', data: '{}' })).toThrow('no step from @1 to @2');
  });

  it('cannot be written when no catalog knows them, or JSON would lose them', () => {
    expect(() => codec.encode({ type: 'BookBurned', data: {} })).toThrow('no catalog knows');
    expect(() => codec.encode({ type: 'BookLost', data: undefined })).toThrow('not JSON');
  });

  it('of several catalogs of one context are told apart', () => {
    const both = new EventCodec([shelves, { context: 'library', versions: { ReaderJoined: 1 } }]);
    expect(both.knows('library/ReaderJoined@1')).toBe(true);
    expect(both.knows('library/BookLost@1')).toBe(true);
    expect(both.knows('library/ReaderLeft@1')).toBe(false);
  });

  it('lose their version in names', () => {
    expect(withoutVersion('library/BookLost@12')).toBe('library/BookLost');
    expect(withoutVersion('odd')).toBe('odd');
  });
});
