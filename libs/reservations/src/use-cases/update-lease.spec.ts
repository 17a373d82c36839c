import { FindRegionFlavor } from '#flavors';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LeaseFacts } from '../contracts.js';
import type { LeaseOutcome } from './allocation/lease-outcome.js';
import {
  raw,
  ReservationsBed,
  sampleCaller,
  sampleHost,
  type BedOptions,
  type BedServer,
} from './reservations-bed.contract.js';

const names = ['node-1', 'node-2', 'node-3', 'node-4'];
const partitions = [
  { name: 'one', hosts: ['node-1', 'node-2'] },
  { name: 'two', hosts: ['node-3'] },
];

let bed: ReservationsBed;
let server: BedServer;
async function prepare(options: BedOptions = {}): Promise<void> {
  bed = new ReservationsBed({ hosts: names.map((name) => sampleHost(name)), ...options });
  server = await bed.server();
  await bed.prepare(server, names);
  await bed.addAddresses(server, '203.0.113.7', '203.0.113.8', '203.0.113.9');
}
beforeEach(() => prepare());
afterEach(() => bed.close());

function answered(outcome: LeaseOutcome): LeaseFacts {
  if (outcome.kind === 'refused') throw new Error(`${outcome.code} ${JSON.stringify(outcome.facts)}`);
  return outcome.answer;
}

const create = async (...reservations: Parameters<typeof server.create>[0]['reservations'] & object) =>
  answered(await server.create({ reservations }));
const idOf = (lease: LeaseFacts, index = 0): string => lease.reservations[index]?.id ?? '';
const sizes = ({ reservations }: LeaseFacts) =>
  reservations.map(({ hosts, addresses }) => hosts.length + addresses.length);

describe('a lease is changed', () => {
  it('in name alone, in one append', async () => {
    const lease = await create(raw.hosts(1));
    const before = (await bed.log()).length;
    expect(answered(await server.update(lease.id, { name: 'other' }))).toMatchObject({
      name: 'other',
      status: 'PENDING',
    });
    expect((await bed.log(before)).map(({ type }) => type)).toEqual(['LeaseUpdated']);
  });

  it('into what it is already, without any', async () => {
    const lease = await create(raw.hosts(1));
    const before = (await bed.log()).length;
    const { name, startsAt, endsAt } = lease;
    for (const change of [{}, { name }, { startsAt, endsAt }, { reservations: [{ id: idOf(lease), min: 1 }] }])
      expect(answered(await server.update(lease.id, change))).toEqual(lease);
    expect(await bed.log(before)).toEqual([]);
  });

  it('prolonged: it keeps what it has, and its events move', async () => {
    const lease = await create(raw.hosts(2), raw.addresses(1));
    const changed = answered(await server.update(lease.id, { endsAt: bed.at(130) }));
    expect(changed.reservations.map(({ hosts, addresses }) => [hosts, addresses])).toEqual(
      lease.reservations.map(({ hosts, addresses }) => [hosts, addresses]),
    );
    expect(changed.events.map(({ dueAt }) => dueAt)).toEqual([bed.at(10), bed.at(130), bed.at(70)]);
    expect(changed.events.map(({ id }) => id)).toEqual(lease.events.map(({ id }) => id));
    await bed.settle();
  });

  it('and what it gives back is free when it is answered', async () => {
    const lease = await create(raw.hosts(4), raw.addresses(3));
    const reservations = [
      { id: idOf(lease), min: 1, max: 1 },
      { id: idOf(lease, 1), amount: 1 },
    ];
    expect(sizes(answered(await server.update(lease.id, { reservations })))).toEqual([1, 1]);
    expect(sizes(await create(raw.hosts(3), raw.addresses(2)))).toEqual([3, 2]);
    await bed.settle();
  });

  it('moved: others may have its former time at once', async () => {
    const lease = await create(raw.hosts(4));
    answered(await server.update(lease.id, { startsAt: bed.at(70), endsAt: bed.at(130) }));
    expect(sizes(await create(raw.hosts(4)))).toEqual([4]);
    await bed.settle();
  });

  it('moved to where its hosts are busy: it gets others', async () => {
    const on = (condition: string) => ({ hypervisor_properties: condition });
    const lease = await create(raw.hosts(1, 1, on('["<=", "$hypervisor_hostname", "node-2"]')));
    const [startsAt, endsAt] = [bed.at(80), bed.at(90)];
    const busy = [raw.hosts(1, 1, on('["==", "$hypervisor_hostname", "node-1"]'))];
    answered(await server.create({ startsAt, endsAt, reservations: busy }));
    expect(lease.reservations[0]?.hosts).toMatchObject([{ serviceName: 'node-1' }]);
    const moved = answered(await server.update(lease.id, { startsAt, endsAt }));
    expect(moved.reservations[0]?.hosts).toMatchObject([{ serviceName: 'node-2' }]);
    await bed.settle();
  });

  it('refused: nothing is changed and nothing is held', async () => {
    const lease = await create(raw.hosts(2), raw.addresses(2));
    await create(raw.hosts(2), raw.addresses(1));
    const before = await bed.leases();
    const refusals: [object, string][] = [
      [{ reservations: [{ id: idOf(lease), min: 3, max: 3 }] }, 'not-enough-hosts'],
      [{ reservations: [{ id: idOf(lease, 1), amount: 3 }] }, 'not-enough-floating-ips'],
      [{ reservations: [{ id: 'x' }] }, 'reservation-ids-unknown'],
      [{ startsAt: bed.at(-5) }, 'start-in-past'],
      [{ beforeEndAt: bed.at(500) }, 'before-end-out-of-lease'],
    ];
    for (const [change, code] of refusals) expect(await server.update(lease.id, change)).toMatchObject({ code });
    expect(await bed.leases()).toEqual(before);
    expect((await bed.holdings()).held).toEqual([]);
  });

  it('by its project, or an administrator, alone', async () => {
    const lease = await create();
    const stranger = { ...sampleCaller, projectId: 'p-2' };
    expect(await server.update(lease.id, { name: 'x' }, {}, stranger)).toMatchObject({ code: 'not-the-project' });
    expect(await server.update(lease.id, { name: 'x' }, {}, { ...stranger, administrator: true })).toMatchObject({
      kind: 'accepted',
    });
    expect(await server.update('x', { name: 'x' })).toMatchObject({ code: 'lease-unknown', facts: { leaseId: 'x' } });
  });

  it('no longer than the filters allow', async () => {
    await bed.close();
    await prepare({ settings: { maxLeaseSeconds: 7_200 } });
    const lease = await create(raw.hosts(1));
    expect(await server.update(lease.id, { endsAt: bed.at(500) })).toMatchObject({ code: 'duration-too-long' });
    expect(await server.update(lease.id, { endsAt: bed.at(130) })).toMatchObject({ kind: 'accepted' });
  });
});

describe('a change over three calendars', () => {
  beforeEach(async () => {
    await bed.close();
    await prepare({ settings: { partitions } });
  });

  it('takes more of another calendar, and gives it back', async () => {
    const lease = await create(raw.hosts(2), raw.addresses(1));
    const more = answered(await server.update(lease.id, { reservations: [{ id: idOf(lease), min: 4, max: 4 }] }));
    expect(new Set(more.reservations[0]?.hosts.map(({ partition }) => partition))).toEqual(
      new Set(['one', 'two', 'default']),
    );
    await bed.settle();
    expect(
      sizes(answered(await server.update(lease.id, { reservations: [{ id: idOf(lease), min: 1, max: 1 }] }))),
    ).toEqual([1, 1]);
    await bed.settle();
    expect(sizes(await create(raw.hosts(3)))).toEqual([3]);
  });
});

describe('room for instances, while it is pending', () => {
  it('changes its flavor with its terms', async () => {
    const lease = await create(raw.instances(1));
    const id = idOf(lease);
    const change = { reservations: [{ id, vcpus: 8, memory_mb: 8192, disk_gb: 0, amount: 3, affinity: true }] };
    const { reservations } = answered(await server.update(lease.id, change));
    expect(reservations[0]?.hosts).toMatchObject([{ slots: 3 }]);
    const group = reservations[0]?.means?.serverGroupId;
    expect(group).toMatch(/^[0-9a-f-]{36}$/);
    expect(await server.queries.execute(new FindRegionFlavor(id))).toMatchObject({
      ...{ vcpus: 8, ramMb: 8192, diskGb: 0, name: `reservation:${id}` },
      extraSpecs: [
        { key: 'aggregate_instance_extra_specs:reservation', value: id },
        { key: 'affinity_id', value: group },
      ],
    });
    const metadata = (await bed.log()).filter(({ type }) => type === 'AggregateMetadataSet').at(-1)
      ?.data as unknown as { set: unknown };
    expect(metadata.set).toContainEqual({ key: 'affinity_id', value: group });
    await bed.settle();
  });
});

describe('changes of one lease at the same time', () => {
  it.each([1, 2])('are made one after the other, each on what the other left, %d servers', async (servers) => {
    const lease = await create(raw.hosts(1), raw.addresses(1));
    const others = servers === 1 ? [server] : [server, await bed.server()];
    const changes = [
      { endsAt: bed.at(120) },
      { name: 'other' },
      { reservations: [{ id: idOf(lease), min: 2, max: 2 }] },
      { reservations: [{ id: idOf(lease, 1), amount: 2 }] },
    ];
    const outcomes = await bed.until(
      Promise.all(changes.map((change, n) => (others[n % servers] ?? server).update(lease.id, change))),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(4).fill('accepted'));
    const left = (await bed.leases()).get(lease.id);
    expect(left).toMatchObject({ name: 'other', endsAt: bed.at(120) });
    expect(left && sizes(left)).toEqual([2, 2]);
    await bed.settle();
  });

  it('of which one comes again: once', async () => {
    const lease = await create(raw.hosts(1));
    const context = { commandId: 'c0ffee00-0000-4000-8000-000000000002', repeatable: true };
    const change = { reservations: [{ id: idOf(lease), min: 2, max: 2 }] };
    const other = await bed.server();
    const [one, two] = await bed.until(
      Promise.all([server.update(lease.id, change, context), server.update(lease.id, change, context)]),
    );
    expect(two).toEqual(one);
    await server.update(lease.id, { name: 'later' });
    expect(answered(await other.update(lease.id, change, context))).toEqual(answered(one));
    expect((await bed.log()).filter(({ type }) => type === 'LeaseUpdated')).toHaveLength(2);
  });

  it('when it is deleted meanwhile: it is unknown, and nothing is held', async () => {
    const lease = await create(raw.hosts(1), raw.addresses(1));
    const outcomes = await bed.until(
      Promise.all([server.delete(lease.id), server.update(lease.id, { endsAt: bed.at(90) }), server.delete(lease.id)]),
    );
    expect(outcomes).toMatchObject([{ kind: 'accepted' }, {}, {}]);
    const runner = await bed.runner();
    await runner.start();
    await bed.done(runner);
    expect(await bed.holdings()).toEqual({ held: [], allocated: {}, strangers: [] });
    expect(await bed.timers.count()).toBe(0);
    await runner.stop();
  });
});
