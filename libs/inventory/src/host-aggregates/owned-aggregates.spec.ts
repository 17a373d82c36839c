import { describe, expect, it } from '@jest/globals';
import { decisionsOf } from '#specs';
import fc from 'fast-check';
import type { OwnedAggregate } from '../contracts.js';
import { hostAggregates, type HostAggregatesCommand } from './host-aggregates.decider.js';
import type { HostAggregatesEvent } from './host-aggregates.events.js';
import { zoneOfHost, type HostAggregates } from './host-aggregates.state.js';

const { decider, snapshot } = hostAggregates;
const { given } = decisionsOf(hostAggregates);
const uuid = '0d9e5bd1-4a5e-4b55-9a53-1c2f1f0f7c10';
const at = 1000;
const none = new Map<string, number>();

const ownerOf = (id: string) => ({ kind: 'reservations', id }) as const;
const wanted = (id: string, metadata: Record<string, string> = {}, name = id): OwnedAggregate => ({
  name,
  owner: ownerOf(id),
  metadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
});
const created = (id: number, name: string, availabilityZone: string | null = null): HostAggregatesEvent => ({
  type: 'AggregateCreated',
  data: { id, uuid, name, availabilityZone, at },
});
const owned = (id: number, owner: string): HostAggregatesEvent => ({
  type: 'AggregateOwned',
  data: { id, owner: ownerOf(owner), at },
});
const joined = (id: number, host: string): HostAggregatesEvent => ({
  type: 'HostAddedToAggregate',
  data: { id, host, at },
});
const left = (id: number, host: string): HostAggregatesEvent => ({
  type: 'HostRemovedFromAggregate',
  data: { id, host, at },
});
const deleted = (id: number): HostAggregatesEvent => ({ type: 'AggregateDeleted', data: { id, at } });
const metadataSet = (
  id: number,
  set: Record<string, string>,
  removed: readonly string[] = [],
): HostAggregatesEvent => ({
  type: 'AggregateMetadataSet',
  data: { id, set: Object.entries(set).map(([key, value]) => ({ key, value })), removed, at },
});

const ensure = (aggregate: OwnedAggregate): HostAggregatesCommand => ({ type: 'ensure-owned', uuid, aggregate, at });
const move = (
  hosts: readonly string[],
  from: string | null,
  to: OwnedAggregate | null,
  deleteFrom = false,
): HostAggregatesCommand => ({
  ...{ type: 'move-hosts', uuid, hosts, from: from === null ? null : ownerOf(from), to, deleteFrom, at },
});
const remove = (owner: string): HostAggregatesCommand => ({ type: 'delete-owned', owner: ownerOf(owner), at });

const free = [created(1, 'freepool'), owned(1, 'freepool')];
const full = [...free, joined(1, 'a'), joined(1, 'b'), joined(1, 'c')];
const running = [...full, created(2, 'res'), owned(2, 'res'), left(1, 'a'), joined(2, 'a')];

type Case = readonly [string, readonly HostAggregatesEvent[], HostAggregatesCommand, readonly HostAggregatesEvent[]];

describe('an owned aggregate', () => {
  it.each<Case>([
    ['is made, with its metadata', [], ensure(wanted('res', { filter_tenant_id: 'p' })), [created(1, 'res'), owned(1, 'res'), metadataSet(1, { filter_tenant_id: 'p' })]],
    ['is made without a zone', [], ensure(wanted('res', { availability_zone: 'z', k: 'v' })), [created(1, 'res'), owned(1, 'res'), metadataSet(1, { k: 'v' })]],
    ['is made once', free, ensure(wanted('freepool')), []],
    ['is known by its owner, not by its name', free, ensure(wanted('freepool', { k: 'v' }, 'other')), []],
    ['is made anew after it was deleted', [...free, deleted(1)], ensure(wanted('freepool')), [created(2, 'freepool'), owned(2, 'freepool')]],
    ['is one that was there, and nobody’s', [created(1, 'freepool'), joined(1, 'a')], ensure(wanted('freepool')), [owned(1, 'freepool')]],
    ['is one that was there, which loses its zone', [created(1, 'freepool', 'z1')], ensure(wanted('freepool', { k: 'v' })), [owned(1, 'freepool'), metadataSet(1, { k: 'v' }, ['availability_zone'])]],
    ['gets hosts from another', full, move(['b', 'a'], 'freepool', wanted('res')), [left(1, 'b'), left(1, 'a'), created(2, 'res'), owned(2, 'res'), joined(2, 'b'), joined(2, 'a')]],
    ['gets hosts once', running, move(['a'], 'freepool', wanted('res')), []],
    ['gets a host that is named twice once', free, move(['a', 'a'], null, wanted('freepool')), [joined(1, 'a')]],
    ['gets hosts that stay in another', full, move(['a'], null, wanted('res')), [created(2, 'res'), owned(2, 'res'), joined(2, 'a')]],
    ['is emptied, and stays', running, move(['a'], 'res', wanted('freepool')), [left(2, 'a'), joined(1, 'a')]],
    ['is emptied, and deleted', running, move(['a'], 'res', wanted('freepool'), true), [left(2, 'a'), deleted(2), joined(1, 'a')]],
    ['is not deleted while a host is left', [...running, joined(2, 'x')], move(['a'], 'res', wanted('freepool'), true), [left(2, 'a'), joined(1, 'a')]],
    ['lets hosts go that join none', full, move(['a', 'z'], 'freepool', null), [left(1, 'a')]],
    ['gets hosts of one that is deleted already', [...running, left(2, 'a'), deleted(2)], move(['a'], 'res', wanted('freepool'), true), [joined(1, 'a')]],
    ['moves nothing to itself', full, move(['a', 'b', 'c'], 'freepool', wanted('freepool'), true), []],
    ['is deleted with its hosts', running, remove('res'), [left(2, 'a'), deleted(2)]],
    ['is deleted once', [...running, left(2, 'a'), deleted(2)], remove('res'), []],
    ['has its hosts whatever zone others put them into', [...full, created(2, 'z', 'z1'), joined(2, 'a')], move(['a'], 'freepool', wanted('res')), [left(1, 'a'), created(3, 'res'), owned(3, 'res'), joined(3, 'a')]],
  ])('%s', (_what, events, command, expected) => {
    given(...events).when(command).then(...expected);
  }); // prettier-ignore

  it.each<readonly [string, HostAggregatesCommand]>([
    ['made', ensure(wanted('other', {}, 'freepool'))],
    ['given hosts', move(['a'], null, wanted('other', {}, 'freepool'))],
  ])('is not %s under a name that another owner has', (_what, command) => {
    given(...full)
      .when(command)
      .thenRefused('aggregate-name-taken', { name: 'freepool' });
  });

  const host = { id: 1, hostKnown: true, defaultZone: 'nova', servers: none, at };
  it.each<readonly [string, HostAggregatesCommand]>([
    ['renamed', { type: 'update', id: 1, name: 'x', servers: none, at }],
    ['renamed to what it is called', { type: 'update', id: 1, name: 'freepool', servers: none, at }],
    ['put into a zone', { type: 'update', id: 1, availabilityZone: 'z', servers: none, at }],
    ['deleted', { type: 'delete', id: 1, at }],
    ['given a host', { type: 'add-host', host: 'x', ...host }],
    ['given a host that it has', { type: 'add-host', host: 'a', ...host }],
    ['deprived of a host', { type: 'remove-host', host: 'a', ...host }],
    ['deprived of a host that it has not', { type: 'remove-host', host: 'x', ...host }],
    ['given metadata', { type: 'set-metadata', id: 1, metadata: [['k', 'v']], servers: none, at }],
    ['given no metadata', { type: 'set-metadata', id: 1, metadata: [], servers: none, at }],
  ])('is %s by nobody but its owner', (_what, command) => {
    const facts = { id: 1, name: 'freepool', owner: ownerOf('freepool') };
    given(...full)
      .when(command)
      .thenRefused('aggregate-owned', facts);
  });

  it('has a name that nobody else gets', () => {
    const again: HostAggregatesCommand = { type: 'create', uuid, name: 'freepool', availabilityZone: null, at };
    given(...free)
      .when(again)
      .thenRefused('aggregate-name-taken', { name: 'freepool' });
  });

  it('caches images as any other', () => {
    const cache = { type: 'cache-images', requestId: 'q', id: 1, imageIds: ['i'], unknownImage: null, at } as const;
    const hosts = ['a', 'b', 'c'];
    const requested = { requestId: 'q', id: 1, imageIds: ['i'], hosts, at };
    given(...full)
      .when(cache)
      .then({ type: 'ImageCachingRequested', data: requested });
  });
});

describe('the zone of a host', () => {
  it.each<readonly [string, string | null]>([
    ['a', 'z1'],
    ['b', null],
    ['nobody', null],
  ])('%s: %s', (host, zone) => {
    const events = [...full, created(2, 'x'), joined(2, 'a'), created(3, 'y', 'z1'), joined(3, 'a')];
    given(...events).state((state) => expect(zoneOfHost(state, host)).toBe(zone));
  });
});

describe('owned aggregates among others', () => {
  const hosts = ['h1', 'h2', 'h3'];
  const owners = ['freepool', 'r1', 'r2'];
  const id = fc.integer({ min: 1, max: 6 });
  const host = fc.constantFrom(...hosts);
  const zone = fc.constantFrom('z1', 'z2');
  const owner = fc.constantFrom(...owners);
  const servers = new Map([['h1', 0], ['h2', 0], ['h3', 1]]); // prettier-ignore
  const hostMove = fc
    .record({ id, host })
    .map((made) => ({ ...made, hostKnown: true, defaultZone: 'nova', servers, at }));

  const novas: fc.Arbitrary<HostAggregatesCommand> = fc.oneof(
    fc.record({ name: fc.constantFrom('x', ...owners), zone: fc.option(zone) }).map((made): HostAggregatesCommand => ({
      type: 'create',
      uuid,
      name: made.name,
      availabilityZone: made.zone,
      at,
    })),
    fc.record({ id, zone }).map((made): HostAggregatesCommand => ({ type: 'update', id: made.id, availabilityZone: made.zone, servers, at })), // prettier-ignore
    fc.record({ id, name: fc.constantFrom('y', ...owners) }).map((made): HostAggregatesCommand => ({ type: 'update', ...made, servers, at })), // prettier-ignore
    id.map((made): HostAggregatesCommand => ({ type: 'delete', id: made, at })),
    hostMove.map((made): HostAggregatesCommand => ({ type: 'add-host', ...made })),
    hostMove.map((made): HostAggregatesCommand => ({ type: 'remove-host', ...made })),
    fc.record({ id, zone }).map((made): HostAggregatesCommand => ({ type: 'set-metadata', id: made.id, metadata: [['availability_zone', made.zone]], servers, at })), // prettier-ignore
  );
  const theirs: fc.Arbitrary<HostAggregatesCommand> = fc.oneof(
    owner.map((made) => ensure(wanted(made))),
    owner.map(remove),
    fc
      .record({ hosts: fc.subarray(hosts), from: fc.option(owner), to: fc.option(owner), last: fc.boolean() })
      .map((made) => move(made.hosts, made.from, made.to === null ? null : wanted(made.to, { k: 'v' }), made.last)),
  );

  const touchesOwned = (state: HostAggregates, event: HostAggregatesEvent): boolean =>
    state.byId.get(event.data.id)?.owner != null;

  it('are changed by their owner alone, hold no zone, and leave Nova’s rules as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(novas, theirs), { maxLength: 60 }), (commands) => {
        let state = decider.initialState();
        for (const each of commands) {
          const decision = decider.decide(each, state);
          const isTheirs = ['ensure-owned', 'move-hosts', 'delete-owned'].includes(each.type);
          if (decision.kind === 'refused') {
            if (isTheirs) expect(decision.code).toBe('aggregate-name-taken');
            continue;
          }
          if (!isTheirs) expect(decision.events.some((event) => touchesOwned(state, event))).toBe(false);
          state = decision.events.reduce(decider.evolve, state);
          if (isTheirs) expect(decider.decide(each, state)).toEqual({ kind: 'accepted', events: [] });
        }
        checkAll(state);
        expect(snapshot!.read(JSON.parse(JSON.stringify(snapshot!.write(state))) as never)).toEqual(state);
      }),
    );
  });

  function checkAll(state: HostAggregates): void {
    const all = [...state.byId.values()];
    expect(state.idByName).toEqual(new Map(all.map((one) => [one.name, one.id])));
    const withOwner = all.flatMap((one) => (one.owner === null ? [] : [{ key: `reservations ${one.owner.id}`, one }]));
    expect(state.idByOwner).toEqual(new Map(withOwner.map(({ key, one }) => [key, one.id])));
    for (const { one } of withOwner) expect(one.metadata.has('availability_zone')).toBe(false);
    for (const each of hosts) {
      const having = all.filter((one) => one.hosts.has(each));
      expect([...(state.idsByHost.get(each) ?? [])].sort()).toEqual(having.map((one) => one.id).sort());
      const zones = new Set(having.flatMap((one) => one.metadata.get('availability_zone') ?? []));
      expect(zones.size).toBeLessThanOrEqual(each === 'h3' ? 0 : 1);
    }
  }
});
