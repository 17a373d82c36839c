import { EnsureOwnedAggregate } from '#inventory';
import { FindRegionFlavor } from '#flavors';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { LeaseFacts, RawReservation } from '../contracts.js';
import type { LeaseOutcome } from './allocation/lease-outcome.js';
import {
  minuteMs,
  raw,
  ReservationsBed,
  sampleCaller,
  sampleFlavor,
  sampleHost,
  sampleNetwork,
  type BedOptions,
  type BedServer,
} from './reservations-bed.contract.js';

let bed: ReservationsBed;
afterEach(() => bed.close());

const names = (count: number) => Array.from({ length: count }, (_, index) => `node-${String(index + 1)}`);
const three = ['one', 'two', 'three'].map((name, index) => ({ name, hosts: [`node-${String(index + 1)}`] }));

async function prepared(count: number, options: BedOptions = {}): Promise<BedServer> {
  bed = new ReservationsBed({ hosts: names(count).map((name) => sampleHost(name)), ...options });
  const server = await bed.server();
  await bed.prepare(server, names(count));
  return server;
}

function created(outcome: LeaseOutcome | undefined): LeaseFacts {
  if (outcome === undefined) throw new Error('no answer');
  if (outcome.kind === 'refused') throw new Error(`${outcome.code} ${JSON.stringify(outcome.facts)}`);
  return outcome.answer;
}

function only({ reservations: [reservation] }: LeaseFacts) {
  if (reservation === undefined) throw new Error('no reservation');
  return reservation;
}

const hostnames = ({ reservations }: LeaseFacts) =>
  reservations.map(({ hosts }) => hosts.map(({ serviceName }) => serviceName));

describe('a lease is created', () => {
  it('with hosts of one calendar, in two appends', async () => {
    const server = await prepared(3);
    const before = (await bed.log()).length;
    const lease = created(await server.create({ reservations: [raw.hosts(2)] }));
    expect((await bed.log(before)).map(({ type }) => type)).toEqual(['HostsHeld', 'LeaseCreated']);
    expect(lease).toMatchObject({ status: 'PENDING', name: 'wind-tunnel', userId: 'u-71', projectId: 'p-1' });
    expect(lease.trustId).toMatch(/^[0-9a-f]{32}$/);
    expect(lease.id).toMatch(/^[0-9a-f-]{14}4[0-9a-f-]{21}$/);
    expect(hostnames(lease)).toEqual([['node-1', 'node-2']]);
    expect(lease.reservations[0]).toMatchObject({ status: 'pending', means: null, terms: { min: 2, max: 2 } });
    expect(lease.events.map(({ type, dueAt }) => [type, dueAt])).toEqual([
      ['start_lease', bed.at(10)],
      ['end_lease', bed.at(70)],
      ['before_end_lease', bed.at(10)],
    ]);
    await bed.settle();
  });

  it('without reservations, in one', async () => {
    const server = await prepared(0);
    const before = (await bed.log()).length;
    expect(created(await server.create({})).reservations).toEqual([]);
    expect((await bed.log(before)).map(({ type }) => type)).toEqual(['LeaseCreated']);
    await bed.settle();
  });

  it('with hosts of three calendars and addresses', async () => {
    const server = await prepared(3, { settings: { partitions: three } });
    await bed.addAddresses(server, '203.0.113.7', '203.0.113.8');
    const lease = created(await server.create({ reservations: [raw.hosts(3), raw.addresses(2)] }));
    expect(hostnames(lease)).toEqual([['node-1', 'node-2', 'node-3'], []]);
    expect(lease.reservations[1]?.addresses.map(({ address }) => address)).toEqual(['203.0.113.7', '203.0.113.8']);
    const commit = (await bed.log()).find(({ type }) => type === 'LeaseCreated');
    expect((commit?.data as unknown as { heldIn: string[] }).heldIn.toSorted()).toEqual([
      'floatingIps',
      'hostCalendar-one',
      'hostCalendar-three',
      'hostCalendar-two',
    ]);
    await bed.settle();
  });

  it('each reservation seeing what those before it got', async () => {
    const server = await prepared(3);
    const lease = created(await server.create({ reservations: [raw.hosts(1), raw.hosts(2)] }));
    expect(hostnames(lease)).toEqual([['node-1'], ['node-2', 'node-3']]);
    expect(await server.create({ reservations: [raw.hosts(1), raw.hosts(3)] })).toMatchObject({
      code: 'not-enough-hosts',
    });
    await bed.settle();
  });

  it.each([
    ['hosts', [raw.hosts(1), raw.addresses(3)], 'not-enough-floating-ips'],
    ['addresses', [raw.hosts(4), raw.addresses(1)], 'not-enough-hosts'],
  ])('all or nothing: %s alone are not kept', async (_what, reservations, code) => {
    const server = await prepared(3, { settings: { partitions: three.slice(1) } });
    await bed.addAddresses(server, '203.0.113.7');
    expect(await server.create({ reservations })).toMatchObject({ kind: 'refused', code });
    expect((await bed.holdings()).held).toEqual([]);
    await bed.settle();
    expect((await bed.leases()).size).toBe(0);
  });

  it('in the current minute', async () => {
    const server = await prepared(1);
    await bed.clock.advance(30_000);
    const lease = created(
      await server.create({ startsAt: bed.at(0), endsAt: bed.at(5), reservations: [raw.hosts(1)] }),
    );
    expect(lease.status).toBe('PENDING');
  });
});

describe('room for instances', () => {
  const flavor = sampleFlavor('7', { ephemeralGb: 5, extraSpecs: [{ key: 'hw:numa_nodes', value: '2' }] });
  const find = (server: BedServer, id: string) => server.queries.execute(new FindRegionFlavor(id));
  const aggregate = async (server: BedServer, id: string) => {
    const probe = { name: id, owner: { kind: 'reservations', id: 'probe' }, metadata: [] } as const;
    return (await server.commands.execute(new EnsureOwnedAggregate(bed.context(), probe))).kind;
  };

  it.each([
    [null, false],
    [true, true],
    [false, true],
  ])('comes with a flavor and an aggregate of its own, affinity %p', async (affinity, grouped) => {
    const server = await prepared(2);
    const lease = created(await server.create({ reservations: [raw.instances(2, { affinity })] }));
    const { id, means, hosts } = only(lease);
    expect(means).toMatchObject({
      flavorId: id,
      serverGroupId: grouped ? expect.stringMatching(/^[0-9a-f-]{36}$/) : null,
    });
    expect(hosts.reduce((sum, { slots }) => sum + (slots ?? 0), 0)).toBe(2);
    const own = [{ key: 'aggregate_instance_extra_specs:reservation', value: id }];
    const group = grouped ? [{ key: 'affinity_id', value: means?.serverGroupId }] : [];
    expect(await find(server, id)).toEqual({
      ...{ id, name: `reservation:${id}`, vcpus: 2, ramMb: 4096, diskGb: 20, ephemeralGb: 0, swapMb: 0, rxtxFactor: 1 },
      ...{ isPublic: false, extraSpecs: [...own, ...group], access: [], reservationId: id, leaseId: lease.id },
    });
    const data = (await bed.log()).find(({ type }) => type === 'AggregateMetadataSet')?.data as unknown as {
      set: unknown;
    };
    expect(data.set).toEqual([{ key: 'reservation', value: id }, { key: 'filter_tenant_id', value: 'p-1' }, ...group]);
    expect(await aggregate(server, id)).toBe('refused');
    await bed.settle();
  });

  it('of a flavor copies that flavor', async () => {
    const server = await prepared(1, { flavors: [flavor] });
    const lease = created(await server.create({ reservations: [raw.ofFlavor(1, '7')] }));
    const { id, terms } = only(lease);
    expect(terms).toMatchObject({
      resourceType: 'flavor:instance',
      flavorId: '7',
      vcpus: 4,
      memoryMb: 8192,
      diskGb: 45,
    });
    expect(JSON.parse('flavor' in terms ? terms.flavor : '')).toMatchObject({ id: '7', ram: 8192, disk: 40 });
    expect(await find(server, id)).toMatchObject({
      ...{ diskGb: 40, ephemeralGb: 5, vcpus: 4 },
      extraSpecs: [...flavor.extraSpecs, { key: 'aggregate_instance_extra_specs:reservation', value: id }],
    });
    expect(await server.create({ reservations: [raw.ofFlavor(1, id)] })).toMatchObject({ code: 'flavor-unknown' });
    expect(await server.create({ reservations: [raw.ofFlavor(1, '8')] })).toMatchObject({ code: 'flavor-unknown' });
  });

  it('that is refused leaves neither', async () => {
    const server = await prepared(1);
    const refused = await server.create({ reservations: [raw.instances(1), raw.addresses(1)] });
    expect(refused).toMatchObject({ code: 'not-enough-floating-ips' });
    await bed.settle();
    const log = await bed.log();
    const count = (its: string) => log.filter(({ type }) => type === its).length;
    expect(count('RegionFlavorCreated') - count('RegionFlavorDeleted')).toBe(0);
    // The free pool stays.
    expect(count('AggregateCreated') - count('AggregateDeleted')).toBe(1);
  });
});

describe('checks of a new lease come in order', () => {
  const untyped: RawReservation = { min: 1 };
  const settings = { maxLeaseSeconds: 7_200 };
  const times = () => ({ past: bed.at(-1), soon: bed.at(10), late: bed.at(60), tooLate: bed.at(600) });
  const short = raw.hosts(9);
  const bad = raw.hosts(0);

  it.each([
    ['a type is missing', [raw.hosts(1), untyped], ['past', 'past', 'past'], 'parameters-missing'],
    ['the start is past', [bad], ['past', 'past', 'past'], 'start-in-past'],
    ['the end is not after the start', [bad], ['soon', 'soon', 'past'], 'end-not-after-start'],
    ['a type is unknown', [{ resource_type: 'x' }], ['soon', 'tooLate', 'past'], 'resource-type-unsupported'],
    ['a parameter is wrong', [bad], ['soon', 'tooLate', 'past'], 'range-below-one'],
    ['a shortage before a wrong parameter', [short, bad], ['soon', 'tooLate', 'past'], 'not-enough-hosts'],
    ['a shortage before too long', [short], ['soon', 'tooLate', 'past'], 'not-enough-hosts'],
    ['a shortage of addresses before that', [raw.addresses(1)], ['soon', 'tooLate', 'past'], 'not-enough-floating-ips'],
    [
      'an unknown property before that',
      [raw.hosts(1, 1, { resource_properties: '["==", "$gpu", "a"]' })],
      ['soon', 'tooLate', 'past'],
      'property-unknown',
    ],
    ['too long before the moment before the end', [raw.hosts(1)], ['soon', 'tooLate', 'past'], 'duration-too-long'],
    ['the moment before the end', [raw.hosts(1)], ['soon', 'late', 'past'], 'before-end-out-of-lease'],
  ] as const)('%s', async (_what, reservations, [starts, ends, before], code) => {
    const server = await prepared(1, { settings });
    const its = times();
    const before_ = (await bed.log()).length;
    const wanted = { startsAt: its[starts], endsAt: its[ends], beforeEndAt: its[before], reservations };
    expect(await server.create(wanted)).toMatchObject({ kind: 'refused', code });
    expect(await bed.log(before_)).toEqual([]);
  });
});

describe('a creation that may come again', () => {
  const context = { commandId: 'c0ffee00-0000-4000-8000-000000000001', repeatable: true };

  it('is done once, at the same time or later', async () => {
    const server = await prepared(2);
    const other = await bed.server();
    const wanted = { reservations: [raw.hosts(1)] };
    const [one, two] = await bed.until(Promise.all([server.create(wanted, context), server.create(wanted, context)]));
    expect(two).toEqual(one);
    await server.update(created(one).id, { name: 'changed' });
    await bed.clock.advance(24 * minuteMs);
    expect(created(await other.create(wanted, context))).toEqual(created(one));
    expect((await bed.leases()).size).toBe(1);
  });

  it('answers what it was, whatever has become of it', async () => {
    const server = await prepared(1);
    const first = created(await server.create({ reservations: [raw.hosts(1)] }, context));
    await server.delete(first.id);
    expect(created(await server.create({ reservations: [raw.hosts(1)] }, context))).toEqual(first);
    expect((await bed.leases()).size).toBe(0);
  });

  it('may run again when it was refused', async () => {
    const server = await prepared(1);
    const wanted = { reservations: [raw.hosts(1), raw.addresses(1, { network_id: sampleNetwork.id })] };
    expect(await server.create(wanted, context)).toMatchObject({ code: 'not-enough-floating-ips' });
    await bed.addAddresses(server, '203.0.113.9');
    const lease = created(await server.create(wanted, context));
    expect(created(await server.create(wanted, context))).toEqual(lease);
    expect((await bed.leases()).size).toBe(1);
    await bed.settle();
  });

  it('is another lease for another command', async () => {
    const server = await prepared(2);
    const ids = await Promise.all(
      [1, 2].map(async () => created(await server.create({ reservations: [raw.hosts(1)] }, {}, sampleCaller)).id),
    );
    expect(new Set(ids).size).toBe(2);
  });
});
