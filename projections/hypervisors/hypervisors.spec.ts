import { describe, expect, it } from '@jest/globals';
import type { HypervisorEvent, Resources } from '#inventory';
import type { EventEnvelope } from '#kernel';
import { createMemoryReadStore } from '#read-store/adapters/memory';
import { refKey, type DocumentWrite, type Freshness, type ProjectionStore, type ReadStore } from '#read-store';
import { documentsOf } from '#specs';
import {
  GetHypervisorHandler,
  HypervisorReader,
  ListGuestsHandler,
  ListHypervisorsHandler,
  SearchHypervisorsHandler,
  SumHypervisorsHandler,
} from './hypervisors.handler.js';
import { hypervisorsCollection, placedGuestsCollection, type HypervisorDocument } from './hypervisors.document.js';
import { hypervisorsProjection } from './hypervisors.projection.js';
import { GetHypervisor, ListGuests, ListHypervisors, SearchHypervisors } from './hypervisors.query.js';
import { likeAnywhere } from './like.js';

const resources: Resources = {
  type: 'QEMU',
  version: 7_002_000,
  hostIp: null,
  vcpus: 64,
  memoryMb: 1000,
  localGb: 100,
  diskAvailableLeastGb: 90,
  cpuInfo: { arch: 'x86_64' },
};
const guest = (uuid: string, vcpus = 2) => ({ uuid, name: `instance-${uuid}`, vcpus, memoryMb: 100, diskGb: 10 });
const service = { number: 9, uuid: 's', host: 'h' };
const uuid = 'u1';
type Registered = Extract<HypervisorEvent, { type: 'HypervisorRegistered' }>['data'];
const registered = (more: Partial<Registered> = {}): HypervisorEvent => ({
  type: 'HypervisorRegistered',
  data: {
    uuid,
    number: 1,
    provider: 'p',
    nativeId: 'n',
    hypervisorHostname: 'node17.lab',
    service,
    enabled: true,
    disabledReason: null,
    forcedDown: false,
    alive: true,
    resources,
    at: 1,
    ...more,
  },
});
const event = (type: HypervisorEvent['type'], more: object = {}): HypervisorEvent =>
  ({ type, data: { uuid, at: 2, ...more } }) as HypervisorEvent;

const enveloped = (each: HypervisorEvent, index: number) =>
  ({
    event: each,
    position: index,
    revision: index,
    storedType: `inventory/${each.type}@1`,
  }) as unknown as EventEnvelope;

/** Folds one event after the other into a read model in memory, as the runtime would; each one `times` over. */
class Folding {
  private position = 0;
  private constructor(
    readonly store: ReadStore,
    private readonly writes: ProjectionStore,
  ) {}

  static async start(): Promise<Folding> {
    const store = createMemoryReadStore();
    return new Folding(store, await store.open(hypervisorsProjection));
  }

  async apply(events: readonly HypervisorEvent[], times = 1): Promise<this> {
    for (const each of events) {
      this.position += 7;
      for (let time = 0; time < times; time += 1) await this.applyAt(each, this.position);
    }
    return this;
  }

  private async applyAt(each: HypervisorEvent, position: number): Promise<void> {
    const envelope = { event: each, position, revision: position / 7 } as unknown as EventEnvelope;
    const found = await this.writes.getMany(hypervisorsProjection.wants(envelope));
    const documents = { get: (collection: string, id: string) => found.get(refKey({ collection, id })) as never };
    const writes = hypervisorsProjection
      .fold(envelope, documents)
      .map((change): DocumentWrite =>
        'put' in change ? { kind: 'put', position, ...change.put } : { kind: 'delete', position, ...change.delete },
      );
    await this.writes.apply(writes, { epoch: 'e', position, hash: 'h', version: hypervisorsProjection.version });
  }

  async dump(): Promise<unknown[]> {
    const all: unknown[] = [];
    for await (const { collection, document } of this.writes.dump()) all.push([collection, document]);
    return all;
  }

  async get(id = uuid): Promise<HypervisorDocument | undefined> {
    return this.store.collection(hypervisorsCollection).get(id);
  }
}

const g1 = event('GuestFound', { guest: guest('g1') });
const g2 = event('GuestFound', { guest: guest('g2') });
const owner = { kind: 'pool', id: 'debian-12' } as const;
/** Of so many sample guests. */
const sums = (guests: number) => ({ guests, vcpus: 2 * guests, memoryMb: 100 * guests, diskGb: 10 * guests });
/** The host has so many placed guests then. */
const placed = (id: string, count: number) => event('GuestPlaced', { guest: guest(id), owner, placed: sums(count) });
const removed = (id: string, count: number) => event('GuestRemoved', { guestUuid: id, placed: sums(count) });
const taken = event('HostTaken', { leaseId: 'l', reservationId: 'r', fencingToken: 7 });

describe('the read model of hypervisors', () => {
  it.each<[string, readonly HypervisorEvent[], object | undefined]>([
    ['registered', [registered()], { number: 1, hypervisorHostname: 'node17.lab', service, alive: true, vcpus: 64, cpuInfo: { arch: 'x86_64' }, guests: [], vcpusUsed: 0 }],
    ['renamed', [registered(), event('HypervisorRenamed', { hypervisorHostname: 'x', service: { ...service, host: 'y' } })], { hypervisorHostname: 'x', service: { host: 'y' } }],
    ['with other resources', [registered(), event('ResourcesReported', { resources: { ...resources, vcpus: 1, cpuInfo: null } })], { vcpus: 1, cpuInfo: null }],
    ['with guests', [registered(), g1, g2], { guests: [guest('g1'), guest('g2')], vcpusUsed: 4, memoryMbUsed: 200, localGbUsed: 20 }],
    ['with a changed guest', [registered(), g1, g2, event('GuestChanged', { guest: guest('g1', 8) })], { guests: [guest('g1', 8), guest('g2')], vcpusUsed: 10 }],
    ['without a guest', [registered(), g1, g2, event('GuestGone', { guestUuid: 'g1' })], { guests: [guest('g2')], vcpusUsed: 2 }],
    ['with placed guests', [registered(), g1, placed('p1', 1), placed('p2', 2)], { guests: [guest('g1')], found: sums(1), placed: sums(2), vcpusUsed: 6, memoryMbUsed: 300, localGbUsed: 30 }],
    ['without a placed guest', [registered(), placed('p1', 1), placed('p2', 2), removed('p1', 1), g1], { guests: [guest('g1')], placed: sums(1), vcpusUsed: 4, localGbUsed: 20 }],
    ['with a guest placed that was found before', [registered(), g1, g2, placed('g1', 1)], { guests: [guest('g2')], found: sums(1), placed: sums(1), vcpusUsed: 4 }],
    ['without a found guest that an owner removed', [registered(), g1, g2, placed('p1', 1), removed('g1', 1)], { guests: [guest('g2')], placed: sums(1), vcpusUsed: 4 }],
    ['with guests placed and removed while away', [registered(), placed('p1', 1), event('HypervisorVanished'), removed('p1', 0), event('HypervisorReturned')], { placed: sums(0), vcpusUsed: 0 }],
    ['down', [registered(), event('HypervisorWentDown', { heartbeatAt: 1 })], { alive: false }],
    ['up', [registered({ alive: false }), event('HypervisorCameUp', { heartbeatAt: 1 })], { alive: true }],
    ['disabled', [registered(), event('ServiceDisabled', { reason: 'r' })], { enabled: false, disabledReason: 'r' }],
    ['enabled', [registered({ enabled: false, disabledReason: 'r' }), event('ServiceEnabled')], { enabled: true, disabledReason: null }],
    ['forced down', [registered(), event('ServiceForcedDown')], { forcedDown: true, alive: true }],
    ['no longer forced down', [registered({ forcedDown: true }), event('ForcedDownLifted')], { forcedDown: false }],
    ['vanished', [registered(), event('HypervisorVanished')], undefined],
    ['returned', [registered(), g1, event('HypervisorVanished'), event('HypervisorReturned')], { number: 1, guests: [guest('g1')], vcpusUsed: 2 }],
    ['for reservations', [registered(), event('HypervisorClaimed', { partition: 'default' })], { partition: 'default', takenBy: null }],
    ['for reservations no more', [registered(), event('HypervisorClaimed', { partition: 'default' }), event('HypervisorClaimEnded')], { partition: null }],
    ['taken', [registered(), taken], { takenBy: { leaseId: 'l', reservationId: 'r', fencingToken: 7 } }],
    ['vacated', [registered(), taken, event('HostVacated', { leaseId: 'l', reservationId: 'r' })], { takenBy: null }],
    ['without a guest that was destroyed unseen', [registered(), g1, event('GuestGone', { guestUuid: 'g9', destroyed: true })], { guests: [guest('g1')], vcpusUsed: 2 }],
    ['changed while away', [registered(), event('HypervisorVanished'), event('ServiceDisabled', { reason: 'r' }), event('HypervisorReturned')], { enabled: false }],
  ])('%s, applied once and twice', async (_what, events, expected) => {
    const once = await (await Folding.start()).apply(events);
    const twice = await (await Folding.start()).apply(events, 2);
    const document = await once.get();
    if (expected === undefined) expect(document).toBeUndefined();
    else expect(document).toMatchObject(expected);
    expect(await twice.dump()).toEqual(await once.dump());
    documentsOf(hypervisorsProjection, events.map(enveloped));
  }); // prettier-ignore

  it('asks for every event but those of images and of intents', () => {
    expect(hypervisorsProjection.events).toHaveLength(20);
    for (const type of ['ImageCached', 'GuestImaged', 'GuestImagingRequested', 'GuestDestructionRequested'])
      expect(hypervisorsProjection.events).not.toContain(`inventory/${type}`);
  });

  it('does not go on over a hypervisor that was never registered', async () => {
    await expect((await Folding.start()).apply([g1])).rejects.toThrow('never registered');
  });
});

describe('questions about hypervisors', () => {
  const freshness: Freshness = { upToDate: async () => ({ stale: false }) };
  const names = ['compute-1', 'Compute-2', 'node_3', 'kvm.4'];

  async function asked() {
    const folding = await Folding.start();
    await folding.apply(
      names.map((hypervisorHostname, index) =>
        registered({
          uuid: `u${String(index + 1)}`,
          number: index + 1,
          hypervisorHostname,
          enabled: index !== 3,
          alive: index !== 0,
        }),
      ),
    );
    await folding.apply([g1]);
    const reader = new HypervisorReader(folding.store, freshness);
    const numbers = (answered: { value: readonly HypervisorDocument[] }) => answered.value.map(({ number }) => number);
    return {
      folding,
      reader,
      list: async (limit: number, afterNumber?: number) =>
        numbers(
          await new ListHypervisorsHandler(reader).execute(
            new ListHypervisors(afterNumber === undefined ? { limit } : { limit, afterNumber }),
          ),
        ),
      get: (id: { uuid: string } | { number: number }) =>
        new GetHypervisorHandler(reader).execute(new GetHypervisor(id)),
      search: async (pattern: string) =>
        numbers(await new SearchHypervisorsHandler(reader).execute(new SearchHypervisors(pattern))),
      sum: async () => (await new SumHypervisorsHandler(reader).execute()).value,
    };
  }

  it('lists by integer id, in pages', async () => {
    const { list, folding } = await asked();
    expect(await list(10)).toEqual([1, 2, 3, 4]);
    expect(await list(2, 1)).toEqual([2, 3]);
    expect(await list(2, 4)).toEqual([]);
    expect(await list(0)).toEqual([]);
    await folding.apply([event('HypervisorVanished', { uuid: 'u2' })]);
    expect(await list(10)).toEqual([1, 3, 4]);
  });

  it('finds by uuid and by integer id, and nothing that has vanished', async () => {
    const { get, folding } = await asked();
    expect(await get({ uuid: 'u2' })).toMatchObject({ value: { number: 2 }, stale: false });
    expect(await get({ number: 2 })).toMatchObject({ value: { _id: 'u2' } });
    await folding.apply([event('HypervisorVanished', { uuid: 'u2' })]);
    expect([(await get({ uuid: 'u2' })).value, (await get({ number: 2 })).value]).toEqual([undefined, undefined]);
  });

  it('searches by hostname', async () => {
    const { search, folding } = await asked();
    expect(await search('COMPUTE')).toEqual([1, 2]);
    expect(await search('e_3')).toEqual([3]);
    expect(await search('%')).toEqual([1, 2, 3, 4]);
    expect(await search('nothing')).toEqual([]);
    await folding.apply([event('HypervisorRenamed', { uuid: 'u4', hypervisorHostname: 'compute-4', service })]);
    expect(await search('compute')).toEqual([1, 2, 4]);
  });

  it('lists guests, found ones and then placed ones in the order of placing, of each host alone', async () => {
    const { folding, reader, sum } = await asked();
    await folding.apply([placed('p2', 1), placed('p1', 2), g2, placed('p3', 3), removed('p1', 2), placed('p1', 3)]);
    await folding.apply([event('GuestPlaced', { uuid: 'u2', guest: guest('other'), owner, placed: sums(1) })]);
    const documents = await Promise.all(['u1', 'u2', 'u3'].map((id) => folding.get(id)));
    const guests = await new ListGuestsHandler(reader).execute(
      new ListGuests(documents.filter((one) => one !== undefined)),
    );
    expect(guests).toEqual(
      new Map([
        ['u1', ['g1', 'g2', 'p2', 'p3', 'p1'].map((id) => guest(id))],
        ['u2', [guest('other')]],
        ['u3', []],
      ]),
    );
    expect(await sum()).toMatchObject({ runningVms: 6, vcpusUsed: 12 });
  });

  it('keeps a placed guest readable by itself', async () => {
    const { folding } = await asked();
    await folding.apply([placed('p1', 1)]);
    expect(await folding.store.collection(placedGuestsCollection).get('u1.p1')).toMatchObject({
      ...guest('p1'),
      hypervisor: 'u1',
      owner,
    });
    await folding.apply([removed('p1', 0)]);
    expect(await folding.store.collection(placedGuestsCollection).get('u1.p1')).toBeUndefined();
  });

  it('sums up enabled ones, down ones included', async () => {
    const { sum } = await asked();
    expect(await sum()).toEqual({
      count: 3,
      vcpus: 192,
      memoryMb: 3000,
      localGb: 300,
      vcpusUsed: 2,
      memoryMbUsed: 100,
      localGbUsed: 10,
      freeRamMb: 2900,
      freeDiskGb: 290,
      currentWorkload: 0,
      runningVms: 1,
      diskAvailableLeastGb: 270,
    });
  });

  it('sums up anew only after a change', async () => {
    const { sum, folding } = await asked();
    const first = await sum();
    expect(await sum()).toBe(first);
    await folding.apply([event('ServiceDisabled', { reason: null })]);
    const second = await sum();
    expect(second.count).toBe(2);
    expect(await sum()).toBe(second);
  });

  it('sums up nothing as zeros', async () => {
    const { store } = await Folding.start();
    const sums = await new SumHypervisorsHandler(new HypervisorReader(store, freshness)).execute();
    expect(new Set(Object.values(sums.value))).toEqual(new Set([0]));
  });
});

describe("LIKE '%pattern%'", () => {
  it.each([
    ['', 'x', true],
    ['node', 'my-Node-1', true],
    ['NODE', 'node', true],
    ['n_de', 'node', true],
    ['n_de', 'nde', false],
    ['a%b%c', 'xaxxbxc', true],
    ['a%b%c', 'acb', false],
    ['%', '', true],
    ['_', '', false],
    ['a.b', 'axb', false],
    ['[ab]', 'a', false],
    ['\\', 'a\\b', true],
    ['É', 'é', false],
    ['b%ab', 'bab', true],
    ['ab%ab', 'aab', false],
  ])('%p on %p: %p', (pattern, text, expected) => {
    expect(likeAnywhere(pattern)(text)).toBe(expected);
  });

  it('stays quick on patterns made to be slow', () => {
    expect(likeAnywhere('%a'.repeat(120) + 'b')('a'.repeat(255))).toBe(false);
  });
});
