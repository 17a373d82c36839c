import { describe, expect, it } from '@jest/globals';
import type { Freshness } from '#read-store';
import { hostCalendarCatalog, type Capability, type HostCalendarEvent } from '#reservations';
import { documentsOf, FoldedStore, RecordedHistory } from '#specs';
import { isCapabilityOfSomeHost, valuesOfCapability } from './capability-values.js';
import { GetReservableHostHandler, ListReservableHostsHandler } from './reservable-hosts.handler.js';
import { hostCapabilitiesCollection } from './reservable-hosts.document.js';
import { reservableHostsProjection } from './reservable-hosts.projection.js';
import { GetReservableHost } from './reservable-hosts.query.js';

const fresh: Freshness = { upToDate: async () => ({ stale: false }) };

const copied = {
  hypervisorUuid: 'uuid',
  provider: 'simulated',
  nativeId: 'node-1',
  serviceName: 'node-1',
  hypervisorHostname: 'node-1',
  hypervisorType: 'QEMU',
  hypervisorVersion: 8_002_000,
  vcpus: 64,
  memoryMb: 262_144,
  localGb: 2_000,
  cpuInfo: '{}',
  availabilityZone: '',
  trustId: '6a5b4c3d2e1f00112233445566778899',
};
const at = { partition: 'default', at: 5 };
const pairs = (entries: Readonly<Record<string, string>>): readonly Capability[] =>
  Object.entries(entries).map(([key, value]) => ({ key, value }));
const enrolled = (hostId = '1', capabilities: Readonly<Record<string, string>> = {}): HostCalendarEvent => ({
  type: 'HostEnrolled',
  data: { ...at, hostId, host: copied, capabilities: pairs(capabilities), reservable: true },
});
const set = (entries: Readonly<Record<string, string>>): HostCalendarEvent => ({
  type: 'HostCapabilitiesSet',
  data: { ...at, hostId: '1', set: pairs(entries), at: 8 },
});
const withdrawn: HostCalendarEvent = {
  type: 'HostWithdrawn',
  data: { ...at, hostId: '1', hypervisorUuid: 'uuid', serviceName: 'node-1' },
};
const down: HostCalendarEvent = { type: 'HostBecameUnreservable', data: { ...at, hostId: '1', why: 'down', at: 8 } };
const up: HostCalendarEvent = { type: 'HostBecameReservable', data: { ...at, hostId: '1', at: 9 } };

const recorded = (events: readonly HostCalendarEvent[], history = new RecordedHistory(hostCalendarCatalog)) =>
  events.map((event) => history.on('hostCalendar-default', event));
const documents = (...events: readonly HostCalendarEvent[]) => documentsOf(reservableHostsProjection, recorded(events));

describe('the read model of reservable hosts', () => {
  it.each<[string, readonly HostCalendarEvent[], object]>([
    ['enrolled', [enrolled('1', { gpu: 'a100' })], { _id: '1', id: '1', number: 1, ...copied, partition: 'default', reservable: true, capabilities: [{ key: 'gpu', value: 'a100' }], createdAt: 5, updatedAt: null }],
    ['with other capabilities', [enrolled('1', { gpu: 'a100' }), set({ 'a.b': '', gpu: 'h100' })], { capabilities: [{ key: 'gpu', value: 'h100' }, { key: 'a.b', value: '' }], updatedAt: 8 }],
    ['down', [enrolled(), down], { reservable: false, updatedAt: 8 }],
    ['up again', [enrolled(), down, up], { reservable: true, updatedAt: 9 }],
    ['enrolled again', [enrolled('1', { gpu: 'a100' }), withdrawn, enrolled()], { capabilities: [], reservable: true, updatedAt: null }],
  ])('%s', (_what, events, expected) => {
    expect(documents(...events)['reservableHosts/1']).toMatchObject(expected);
  }); // prettier-ignore

  it('knows each capability of each host', () => {
    const folded = documents(
      enrolled('1', { gpu: 'a100' }),
      enrolled('2', { gpu: 'h100' }),
      set({ nvme: '4', gpu: 'x' }),
    );
    const found = Object.values(folded).filter((document) => 'key' in document);
    expect(found).toEqual([
      { _id: '["1","gpu"]', hostId: '1', key: 'gpu', value: 'x' },
      { _id: '["1","nvme"]', hostId: '1', key: 'nvme', value: '4' },
      { _id: '["2","gpu"]', hostId: '2', key: 'gpu', value: 'h100' },
    ]);
  });

  it('forgets a host that is withdrawn, whatever comes of it then', () => {
    expect(documents(enrolled('1', { gpu: 'a' }), set({ nvme: '4' }), withdrawn)).toEqual({});
    expect(documents(enrolled(), withdrawn, set({ gpu: 'b' }), down)).toEqual({});
  });

  it.each(['__proto__', 'a.b/c', '', '\ud800', '"'])('stores a capability of any name: %j', async (key) => {
    const folded = await FoldedStore.of(reservableHostsProjection);
    await folded.add(...recorded([enrolled('1', Object.fromEntries([[key, 'v']]))]));
    const get = new GetReservableHostHandler(folded.store, fresh);
    expect((await get.execute(new GetReservableHost('1'))).value?.capabilities).toEqual([{ key, value: 'v' }]);
    expect(await valuesOfCapability(folded.store.collection(hostCapabilitiesCollection), key)).toEqual(['v']);
  });

  it('lists hosts by their integer ids, and says when it is behind', async () => {
    const folded = await FoldedStore.of(reservableHostsProjection);
    await folded.add(...recorded(['2', '10', '1'].map((id) => enrolled(id))));
    const list = new ListReservableHostsHandler(folded.store, { upToDate: async () => ({ stale: true }) });
    const { value, stale } = await list.execute();
    expect([value.map(({ id }) => id), stale]).toEqual([['1', '2', '10'], true]);
    const get = new GetReservableHostHandler(folded.store, fresh);
    expect((await get.execute(new GetReservableHost('3'))).value).toBeUndefined();
  });

  it('finds the distinct values of a capability, however many hosts have them', async () => {
    const folded = await FoldedStore.of(reservableHostsProjection);
    const history = new RecordedHistory(hostCalendarCatalog);
    const hosts = Array.from({ length: 230 }, (_, at) => enrolled(String(at + 1), { rack: String(at), gpu: at < 130 ? 'a' : 'b' }));
    await folded.add(...recorded([...hosts, enrolled('300', { gpu: 'c' })], history));
    const capabilities = folded.store.collection(hostCapabilitiesCollection);
    expect(await valuesOfCapability(capabilities, 'gpu')).toEqual(['a', 'b', 'c']);
    expect(await valuesOfCapability(capabilities, 'rack')).toEqual(Array.from({ length: 230 }, (_, at) => String(at)).sort());
    expect(await valuesOfCapability(capabilities, 'none')).toEqual([]);
    expect(await isCapabilityOfSomeHost(capabilities, 'gpu')).toBe(true);
    expect(await isCapabilityOfSomeHost(capabilities, 'gp')).toBe(false);
  }); // prettier-ignore
});
