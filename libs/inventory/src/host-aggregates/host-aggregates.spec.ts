import { describe, expect, it } from '@jest/globals';
import { decisionsOf } from '#specs';
import fc from 'fast-check';
import { aggregateFacts, hostAggregates, type HostAggregatesCommand } from './host-aggregates.decider.js';
import type { HostAggregatesEvent } from './host-aggregates.events.js';
import type { HostAggregates } from './host-aggregates.state.js';

const { decider, snapshot } = hostAggregates;
const language = decisionsOf(hostAggregates);
const uuid = '0d9e5bd1-4a5e-4b55-9a53-1c2f1f0f7c10';
const at = 1000;
const none = new Map<string, number>();

const fold = (events: readonly HostAggregatesEvent[]): HostAggregates =>
  events.reduce(decider.evolve, decider.initialState());

function given(...events: readonly HostAggregatesEvent[]) {
  return {
    /** The language checks that deciding is pure, and that its events can be stored and folded. */
    when: (command: HostAggregatesCommand) => {
      language.given(...events).when(command);
      const decision = decider.decide(command, fold(events));
      return decision.kind === 'accepted' ? decision.events : { refused: decision.code, ...decision.facts };
    },
  };
}

const created = (id: number, name: string, availabilityZone: string | null = null): HostAggregatesEvent => ({
  type: 'AggregateCreated',
  data: { id, uuid, name, availabilityZone, at: 1 },
});
const hostAdded = (id: number, host: string): HostAggregatesEvent => ({
  type: 'HostAddedToAggregate',
  data: { id, host, at: 2 },
});
const create = (name: string, availabilityZone: string | null = null): HostAggregatesCommand => ({
  type: 'create',
  uuid,
  name,
  availabilityZone,
  at,
});
type Update = Extract<HostAggregatesCommand, { type: 'update' }>;
const update = (id: number, change: Partial<Update>): Update => ({ type: 'update', id, servers: none, at, ...change });
const move = (
  type: 'add-host' | 'remove-host',
  id: number,
  host: string,
  more: { hostKnown?: boolean; servers?: ReadonlyMap<string, number> } = {},
): HostAggregatesCommand => ({ type, id, host, hostKnown: true, defaultZone: 'nova', servers: none, at, ...more });
const setMetadata = (
  id: number,
  metadata: readonly (readonly [string, string | null])[],
  servers: ReadonlyMap<string, number> = none,
): HostAggregatesCommand => ({ type: 'set-metadata', id, metadata, servers, at });
const metadataSet = (
  id: number,
  set: Record<string, string>,
  removed: readonly string[] = [],
): HostAggregatesEvent => ({
  type: 'AggregateMetadataSet',
  data: { id, set: Object.entries(set).map(([key, value]) => ({ key, value })), removed, at },
});
const renamed = (id: number, name: string): HostAggregatesEvent => ({
  type: 'AggregateRenamed',
  data: { id, name, at },
});
const deleted = (id: number): HostAggregatesEvent => ({ type: 'AggregateDeleted', data: { id, at } });

describe('creating an aggregate', () => {
  it('given none, when created, then its id is 1', () => {
    expect(given().when(create('gpu', 'hall-b'))).toEqual([
      { type: 'AggregateCreated', data: { id: 1, uuid, name: 'gpu', availabilityZone: 'hall-b', at } },
    ]);
  });

  it('given the last one was deleted, when created, then its id is not used again', () => {
    expect(given(created(1, 'a'), created(2, 'b'), deleted(2)).when(create('c'))).toMatchObject([{ data: { id: 3 } }]);
  });

  it('given the name is in use, when created, then refused', () => {
    expect(given(created(1, 'gpu')).when(create('gpu'))).toEqual({ refused: 'aggregate-name-taken', name: 'gpu' });
  });

  it.each([
    ['deleted', deleted(1)],
    ['renamed', renamed(1, 'other')],
  ])('given the one of that name was %s, when created, then accepted', (_how, event) => {
    expect(given(created(1, 'gpu'), event).when(create('gpu'))).toMatchObject([{ data: { id: 2, name: 'gpu' } }]);
  });
});

describe('updating an aggregate', () => {
  const a = created(1, 'a', 'hall-a');
  const conflict = [a, hostAdded(1, 'h'), created(2, 'b'), hostAdded(2, 'h')];

  it.each<[string, readonly HostAggregatesEvent[], Update, unknown]>([
    ['unknown', [a], update(9, { name: 'x' }), { refused: 'aggregate-unknown', id: 9 }],
    ['another name', [a], update(1, { name: 'x' }), [renamed(1, 'x')]],
    ['its own name', [a], update(1, { name: 'a' }), []],
    ['the name of another', [a, created(2, 'b')], update(1, { name: 'b' }), { refused: 'aggregate-name-taken', name: 'b' }],
    ['a zone', [created(1, 'a')], update(1, { availabilityZone: 'z' }), [metadataSet(1, { availability_zone: 'z' })]],
    ['the zone it has', [a], update(1, { availabilityZone: 'hall-a' }), []],
    ['name and zone', [a], update(1, { name: 'x', availabilityZone: 'z' }), [renamed(1, 'x'), metadataSet(1, { availability_zone: 'z' })]],
    ['no zone', [a], update(1, { availabilityZone: null }), { refused: 'zone-empty', id: 1, name: 'a' }],
    ['an empty zone', [a], update(1, { availabilityZone: '' }), { refused: 'zone-empty', id: 1, name: 'a' }],
    ['no zone, but a name', [a], update(1, { name: 'x', availabilityZone: null }), { refused: 'zone-empty', id: 1, name: 'x' }],
    ['a zone other than its host has elsewhere', conflict, update(2, { availabilityZone: 'z' }), { refused: 'zone-in-conflict', id: 2, zones: ['hall-a'] }],
    ['a name, and a refused zone', conflict, update(2, { name: 'x', availabilityZone: 'z' }), { refused: 'zone-in-conflict', id: 2, zones: ['hall-a'] }],
    ['the zone its host has elsewhere', conflict, update(2, { availabilityZone: 'hall-a', servers: new Map([['h', 0]]) }), [metadataSet(2, { availability_zone: 'hall-a' })]],
    ['a zone while servers are not known', conflict.slice(0, 2), update(1, { availabilityZone: 'z' }), { refused: 'servers-unasked', hosts: ['h'] }],
    ['a zone while there are servers', conflict.slice(0, 2), update(1, { availabilityZone: 'z', servers: new Map([['h', 3]]) }), { refused: 'zone-has-servers', id: 1 }],
    ['a zone while there are none', conflict.slice(0, 2), update(1, { availabilityZone: 'z', servers: new Map([['h', 0]]) }), [metadataSet(1, { availability_zone: 'z' })]],
    ['a name while there are servers', conflict.slice(0, 2), update(1, { name: 'x' }), [renamed(1, 'x')]],
  ])('%s', (_what, events, command, expected) => {
    expect(given(...events).when(command)).toEqual(expected);
  }); // prettier-ignore

  it('names the zone of each other aggregate, by its id', () => {
    const events = [
      created(1, 'a'),
      created(2, 'b', 'z1'),
      created(3, 'c', 'z1'),
      ...[3, 2, 1].map((id) => hostAdded(id, 'h')),
    ];
    expect(given(...events).when(update(1, { availabilityZone: 'z2' }))).toEqual({
      refused: 'zone-in-conflict',
      id: 1,
      zones: ['z1', 'z1'],
    });
  });
});

describe('deleting an aggregate', () => {
  it('given it is empty, then deleted', () => {
    expect(given(created(1, 'a')).when({ type: 'delete', id: 1, at })).toEqual([deleted(1)]);
  });
  it('given it has hosts, then refused', () => {
    expect(given(created(1, 'a'), hostAdded(1, 'h')).when({ type: 'delete', id: 1, at })).toEqual({
      refused: 'aggregate-not-empty',
      id: 1,
    });
  });
  it('given it is gone, then refused', () => {
    expect(given(created(1, 'a'), deleted(1)).when({ type: 'delete', id: 1, at })).toEqual({
      refused: 'aggregate-unknown',
      id: 1,
    });
  });
});

describe('adding a host', () => {
  const zoned = created(1, 'a', 'hall-a');
  const plain = created(2, 'b');
  const other = created(3, 'c', 'hall-c');
  const native = created(4, 'd', 'nova');
  const added = (id: number) => [{ type: 'HostAddedToAggregate', data: { id, host: 'h', at } }];
  const three = new Map([['h', 3]]);
  const zero = new Map([['h', 0]]);

  it.each<[string, readonly HostAggregatesEvent[], HostAggregatesCommand, unknown]>([
    ['nobody knows, to nothing', [], move('add-host', 9, 'h', { hostKnown: false }), { refused: 'host-unknown', host: 'h' }],
    ['to nothing', [], move('add-host', 9, 'h'), { refused: 'aggregate-unknown', id: 9 }],
    ['to one without zone', [plain], move('add-host', 2, 'h'), added(2)],
    ['to one without zone, with servers', [plain], move('add-host', 2, 'h', { servers: three }), added(2)],
    ['to one with the default zone, with servers', [native], move('add-host', 4, 'h', { servers: three }), added(4)],
    ['to one with a zone, servers not known', [zoned], move('add-host', 1, 'h'), { refused: 'servers-unasked', hosts: ['h'] }],
    ['to one with a zone, without servers', [zoned], move('add-host', 1, 'h', { servers: zero }), added(1)],
    ['to one with a zone, with servers', [zoned], move('add-host', 1, 'h', { servers: three }), { refused: 'host-has-servers', id: 1, host: 'h', direction: 'add', fromZone: 'nova', toZone: 'hall-a', servers: 3 }],
    ['that is in another zone', [zoned, other, hostAdded(3, 'h')], move('add-host', 1, 'h'), { refused: 'host-in-other-zone', id: 1, zones: ['hall-c'] }],
    ['that is in the same zone already, with servers', [zoned, created(5, 'e', 'hall-a'), hostAdded(5, 'h')], move('add-host', 1, 'h', { servers: three }), added(1)],
    ['that is in a zone, to one without', [zoned, hostAdded(1, 'h'), plain], move('add-host', 2, 'h', { servers: three }), added(2)],
    ['that is there already', [zoned, hostAdded(1, 'h')], move('add-host', 1, 'h'), { refused: 'host-already-in-aggregate', id: 1, host: 'h' }],
  ])('%s', (_what, events, command, expected) => {
    expect(given(...events).when(command)).toEqual(expected);
  }); // prettier-ignore
});

describe('removing a host', () => {
  const zoned = [created(1, 'a', 'hall-a'), hostAdded(1, 'h')];
  const removed = (id: number) => [{ type: 'HostRemovedFromAggregate', data: { id, host: 'h', at } }];
  const three = new Map([['h', 3]]);

  it.each<[string, readonly HostAggregatesEvent[], HostAggregatesCommand, unknown]>([
    ['nobody knows', zoned, move('remove-host', 1, 'x', { hostKnown: false }), { refused: 'host-unknown', host: 'x' }],
    ['from nothing', zoned, move('remove-host', 9, 'h'), { refused: 'aggregate-unknown', id: 9 }],
    ['that is not in it', zoned, move('remove-host', 1, 'x'), { refused: 'host-not-in-aggregate', id: 1, host: 'x' }],
    ['without servers', zoned, move('remove-host', 1, 'h', { servers: new Map([['h', 0]]) }), removed(1)],
    ['servers not known', zoned, move('remove-host', 1, 'h'), { refused: 'servers-unasked', hosts: ['h'] }],
    ['with servers', zoned, move('remove-host', 1, 'h', { servers: three }), { refused: 'host-has-servers', id: 1, host: 'h', direction: 'remove', fromZone: 'hall-a', toZone: 'nova', servers: 3 }],
    ['with servers, while another keeps it in the zone', [...zoned, created(2, 'b', 'hall-a'), hostAdded(2, 'h')], move('remove-host', 1, 'h', { servers: three }), removed(1)],
    ['with servers, from one without zone', [...zoned, created(2, 'b'), hostAdded(2, 'h')], move('remove-host', 2, 'h', { servers: three }), removed(2)],
    ['with servers, from the default zone', [created(1, 'a', 'nova'), hostAdded(1, 'h')], move('remove-host', 1, 'h', { servers: three }), removed(1)],
  ])('%s', (_what, events, command, expected) => {
    expect(given(...events).when(command)).toEqual(expected);
  }); // prettier-ignore

  it('given it was removed, then it is free for another zone', () => {
    const events = [...zoned, removed(1)[0] as HostAggregatesEvent, created(2, 'b', 'hall-b')];
    expect(given(...events).when(move('add-host', 2, 'h', { servers: new Map([['h', 0]]) }))).toHaveLength(1);
  });
});

describe('setting metadata', () => {
  const a = created(1, 'a', 'hall-a');
  it.each<[string, readonly HostAggregatesEvent[], HostAggregatesCommand, unknown]>([
    ['of nothing', [a], setMetadata(9, []), { refused: 'aggregate-unknown', id: 9 }],
    ['new keys', [a], setMetadata(1, [['ssd', 'true'], ['x', '']]), [metadataSet(1, { ssd: 'true', x: '' })]],
    ['nothing', [a], setMetadata(1, []), []],
    ['what is so already', [a, metadataSet(1, { ssd: 'true' })], setMetadata(1, [['ssd', 'true']]), []],
    ['a key away', [a, metadataSet(1, { ssd: 'true' })], setMetadata(1, [['ssd', null], ['y', '1']]), [metadataSet(1, { y: '1' }, ['ssd'])]],
    ['a key away that is not there', [a], setMetadata(1, [['ssd', null]]), []],
    ['the zone away', [a], setMetadata(1, [['availability_zone', null]]), { refused: 'zone-empty', id: 1, name: 'a' }],
    ['the same zone', [a, hostAdded(1, 'h')], setMetadata(1, [['availability_zone', 'hall-a']]), []],
    ['another zone, servers not known', [a, hostAdded(1, 'h')], setMetadata(1, [['availability_zone', 'z']]), { refused: 'servers-unasked', hosts: ['h'] }],
    ['another zone, with servers', [a, hostAdded(1, 'h')], setMetadata(1, [['availability_zone', 'z']], new Map([['h', 1]])), { refused: 'zone-has-servers', id: 1 }],
    ['another zone, with none', [a, hostAdded(1, 'h')], setMetadata(1, [['availability_zone', 'z'], ['k', 'v']], new Map([['h', 0]])), [metadataSet(1, { availability_zone: 'z', k: 'v' })]],
    ['a zone in conflict', [a, hostAdded(1, 'h'), created(2, 'b'), hostAdded(2, 'h')], setMetadata(2, [['availability_zone', 'z']]), { refused: 'zone-in-conflict', id: 2, zones: ['hall-a'] }],
  ])('%s', (_what, events, command, expected) => {
    expect(given(...events).when(command)).toEqual(expected);
  }); // prettier-ignore
});

describe('caching images', () => {
  const cache = (id: number, unknownImage: string | null = null): HostAggregatesCommand => ({
    type: 'cache-images',
    requestId: 'q',
    id,
    imageIds: ['i'],
    unknownImage,
    at,
  });
  const requested = (hosts: readonly string[]): HostAggregatesEvent => ({
    type: 'ImageCachingRequested',
    data: { requestId: 'q', id: 1, imageIds: ['i'], hosts, at },
  });
  const finish: HostAggregatesCommand = { type: 'finish-caching', requestId: 'q', at };

  it.each<[string, HostAggregatesCommand, unknown]>([
    ['on the hosts of the aggregate', cache(1), [requested(['h'])]],
    ['in an aggregate that is not there, of an unknown image', cache(9, 'i'), { refused: 'aggregate-unknown', id: 9 }],
    ['of an unknown image', cache(1, 'i'), { refused: 'image-unknown', imageId: 'i' }],
  ])('%s', (_what, command, expected) => {
    expect(given(created(1, 'a'), hostAdded(1, 'h')).when(command)).toEqual(expected);
  });

  it('in an aggregate without hosts is wished all the same', () => {
    expect(given(created(1, 'a')).when(cache(1))).toEqual([requested([])]);
  });

  it('is finished once, also when the aggregate is gone', () => {
    const finished: HostAggregatesEvent = { type: 'ImageCachingFinished', data: { requestId: 'q', id: 1, at } };
    expect(given(created(1, 'a'), requested([]), deleted(1)).when(finish)).toEqual([finished]);
    expect(given(created(1, 'a'), requested([]), finished).when(finish)).toEqual([]);
  });
});

describe('the answer of a command', () => {
  it('is the whole aggregate, hosts in order of adding', () => {
    const events = [
      created(1, 'a', 'z'),
      hostAdded(1, 'h2'),
      hostAdded(1, 'h1'),
      metadataSet(1, { 'a.b': '1', ['__proto__']: 'x' }),
    ];
    const facts = aggregateFacts(fold([...events, metadataSet(1, {}, ['nothing'])]), 1);
    expect(facts).toMatchObject({ id: 1, uuid, name: 'a', availabilityZone: 'z', hosts: ['h2', 'h1'], createdAt: 1 });
    expect(Object.entries(facts!.metadata)).toEqual([
      ['availability_zone', 'z'],
      ['a.b', '1'],
      ['__proto__', 'x'],
    ]);
    expect(aggregateFacts(fold([]), 1)).toBeUndefined();
  });

  it.each<[string, HostAggregatesEvent, number | null]>([
    ['a rename', renamed(1, 'b'), at],
    ['metadata', metadataSet(1, { k: 'v' }), at],
    ['a host that comes', hostAdded(1, 'h2'), null],
    ['a host that goes', { type: 'HostRemovedFromAggregate', data: { id: 1, host: 'h', at } }, null],
  ])('says when it was updated: %s', (_what, event, expected) => {
    expect(aggregateFacts(fold([created(1, 'a'), hostAdded(1, 'h'), event]), 1)?.updatedAt).toBe(expected);
  });

  it('is a copy', () => {
    const state = fold([created(1, 'a'), hostAdded(1, 'h')]);
    const facts = aggregateFacts(state, 1);
    decider.evolve(state, hostAdded(1, 'h2'));
    expect(facts?.hosts).toEqual(['h']);
  });
});

describe('the state of all aggregates', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const id = fc.integer({ min: 1, max: 4 });
  const host = fc.constantFrom('h1', 'h2', 'h3');
  const zone = fc.constantFrom('z1', 'z2');
  const servers = new Map([
    ['h1', 0],
    ['h2', 0],
    ['h3', 1],
  ]);
  const command: fc.Arbitrary<HostAggregatesCommand> = fc.oneof(
    fc.record({ name, zone: fc.option(zone) }).map((made) => create(made.name, made.zone)),
    fc.record({ id, name }).map((made) => update(made.id, { name: made.name })),
    fc.record({ id, zone }).map((made) => update(made.id, { availabilityZone: made.zone, servers })),
    fc.record({ id, zone }).map((made) => setMetadata(made.id, [['availability_zone', made.zone]], servers)),
    id.map((made): HostAggregatesCommand => ({ type: 'delete', id: made, at })),
    fc.record({ id, host }).map((made) => move('add-host', made.id, made.host, { servers })),
    fc.record({ id, host }).map((made) => move('remove-host', made.id, made.host, { servers })),
  );

  function run(commands: readonly HostAggregatesCommand[]): { state: HostAggregates; events: HostAggregatesEvent[] } {
    let state = decider.initialState();
    const events: HostAggregatesEvent[] = [];
    for (const each of commands) {
      const decision = decider.decide(each, state);
      if (decision.kind === 'refused') continue;
      events.push(...decision.events);
      state = decision.events.reduce(decider.evolve, state);
    }
    return { state, events };
  }

  it('never has a name twice or a host in two zones, and host h3 with its servers never changes zone', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const { state } = run(commands);
        const all = [...state.byId.values()];
        expect(new Set(all.map((aggregate) => aggregate.name)).size).toBe(all.length);
        expect(state.idByName).toEqual(new Map(all.map((aggregate) => [aggregate.name, aggregate.id])));
        for (const each of ['h1', 'h2', 'h3']) {
          const having = all.filter((aggregate) => aggregate.hosts.has(each));
          expect([...(state.idsByHost.get(each) ?? [])].sort()).toEqual(having.map((aggregate) => aggregate.id).sort());
          const zones = new Set(having.flatMap((aggregate) => aggregate.metadata.get('availability_zone') ?? []));
          expect(zones.size).toBeLessThanOrEqual(each === 'h3' ? 0 : 1);
        }
      }),
    );
  });

  it('comes back from a snapshot as it was, and goes on from there the same', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), fc.array(command, { maxLength: 10 }), (before, after) => {
        const { state, events } = run(before);
        const stored = JSON.parse(JSON.stringify(snapshot!.write(state))) as never;
        const back = snapshot!.read(stored);
        expect(back).toEqual(state);
        for (const each of after) expect(decider.decide(each, back)).toEqual(decider.decide(each, fold(events)));
      }),
    );
  });
});
