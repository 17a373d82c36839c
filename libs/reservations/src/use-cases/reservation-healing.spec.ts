import { afterEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '#kernel';
import type { LeaseFacts, RawReservation } from '../contracts.js';
import { hostCalendar, hostCalendarStream } from '../host-calendar/host-calendar.aggregate.js';
import { raw, ReservationsBed, sampleHost, type BedServer } from './reservations-bed.contract.js';
import { ReservationHealing, type Healing } from './reservation-healing.js';

const partitions = [
  { name: 'one', hosts: ['node-1', 'node-2'] },
  { name: 'two', hosts: ['node-3', 'node-4'] },
];

let bed: ReservationsBed;
afterEach(() => bed.close());

async function prepared(hosts: number, more: Partial<ReservationsBed['settings']> = {}): Promise<BedServer> {
  const names = Array.from({ length: hosts }, (_, index) => `node-${String(index + 1)}`);
  bed = new ReservationsBed({ hosts: names.map((name) => sampleHost(name)), settings: more });
  const server = await bed.server();
  await bed.prepare(server, names);
  return server;
}

async function created(server: BedServer, ...reservations: RawReservation[]): Promise<LeaseFacts> {
  const outcome = await server.create({ reservations });
  if (outcome.kind === 'refused') throw new Error(outcome.code);
  return outcome.answer;
}

/** The n-th host of the first reservation fails, and is replaced as far as that goes. */
async function heal(server: BedServer, lease: LeaseFacts, n = 0): Promise<Healing> {
  const [reservation] = lease.reservations;
  const host = reservation?.hosts[n];
  if (reservation === undefined || host === undefined) throw new Error('no host');
  const { hostId, partition } = host;
  const at = bed.clock.now();
  await server.executor.execute(
    hostCalendar,
    hostCalendarStream(partition),
    { type: 'note-condition', hostId, obstacle: 'down', at },
    bed.context(),
  );
  return bed.until(server.module.get(ReservationHealing).heal(lease.id, reservation.id, hostId, bed.context()));
}

async function hostsOf(lease: LeaseFacts): Promise<readonly [name: string, slots: number | null][]> {
  const now = (await bed.leases()).get(lease.id);
  return (now?.reservations[0]?.hosts ?? []).map(({ serviceName, slots }) => [serviceName, slots]);
}

describe('a host of a reservation fails', () => {
  it('and another one takes its place', async () => {
    const server = await prepared(3);
    const lease = await created(server, raw.hosts(2));
    expect(await heal(server, lease)).toBe('replaced');
    expect(await hostsOf(lease)).toEqual([
      ['node-2', null],
      ['node-3', null],
    ]);
    const now = (await bed.leases()).get(lease.id);
    // Before it starts nobody has seen the host that failed.
    expect(now).toMatchObject({
      degraded: false,
      reservations: [{ missingResources: false, resourcesChanged: false }],
    });
    await bed.settle();
  });

  it('and there is none: it is missing', async () => {
    const server = await prepared(2);
    const lease = await created(server, raw.hosts(2));
    expect(await heal(server, lease)).toBe('missing');
    expect(await hostsOf(lease)).toEqual([['node-2', null]]);
    expect((await bed.leases()).get(lease.id)).toMatchObject({
      degraded: true,
      reservations: [{ missingResources: true, resourcesChanged: false }],
    });
    await bed.settle();
  });

  it('and none that matches the filter', async () => {
    const server = await prepared(2);
    const filter = { hypervisor_properties: '["==", "$hypervisor_hostname", "node-1"]' };
    const lease = await created(server, raw.hosts(1, 1, filter));
    expect(await heal(server, lease)).toBe('missing');
    expect(await hostsOf(lease)).toEqual([]);
    await bed.settle();
  });

  it('one after the other: each is replaced, or missing, by itself', async () => {
    const server = await prepared(3);
    const lease = await created(server, raw.hosts(2));
    expect([await heal(server, lease, 0), await heal(server, lease, 1)]).toEqual(['replaced', 'missing']);
    expect(await hostsOf(lease)).toEqual([['node-3', null]]);
    expect((await bed.leases()).get(lease.id)).toMatchObject({ degraded: true });
    await bed.settle();
  });

  it('and the other is of another calendar', async () => {
    const server = await prepared(4, { partitions });
    const lease = await created(server, raw.hosts(2));
    await created(server, raw.hosts(1));
    expect(await heal(server, lease, 1)).toBe('replaced');
    expect(await hostsOf(lease)).toEqual([
      ['node-1', null],
      ['node-4', null],
    ]);
    await bed.settle();
  });

  it('that it does not have any more: nothing is done', async () => {
    const server = await prepared(3);
    const lease = await created(server, raw.hosts(1));
    await heal(server, lease);
    const before = (await bed.log()).length;
    expect(await heal(server, lease)).toBe('unconcerned');
    await server.delete(lease.id);
    expect(await heal(server, lease)).toBe('unconcerned');
    expect((await bed.log(before)).map(({ type }) => type)).not.toContain('ReservationHealed');
  });

  it('and others hold what could replace it: to be tried again', async () => {
    const server = await prepared(2);
    const lease = await created(server, raw.hosts(1));
    const window = { from: bed.at(0), to: bed.at(100) };
    const ask = { kind: 'hosts', min: 1, max: 1 } as const;
    const wish = { reservationId: 'r', window, filter: [], ask, firm: false, grown: true };
    const at = bed.clock.now();
    const its = { attempt: 'x', decidedBy: 'lease-x', leaseId: 'x', deadline: at + 60_000, at };
    const command = { type: 'hold', ...its, wishes: [wish], picked: [], cleaningMs: 0, dice: null } as const;
    await server.executor.execute(hostCalendar, hostCalendarStream('default'), command, bed.context());
    await expect(heal(server, lease)).rejects.toBeInstanceOf(StoreUnavailable);
    expect(await hostsOf(lease)).toEqual([['node-1', null]]);
  });
});

describe('a host with room for instances fails', () => {
  it.each([
    [null, 3, 'replaced', 1],
    [true, 3, 'replaced', 1],
    [false, 2, 'replaced', 2],
    [false, 3, 'missing', 2],
  ])('affinity %p, %d instances: %s', async (affinity, amount, healing, hosts) => {
    const server = await prepared(3);
    const lease = await created(server, raw.instances(amount, { affinity }));
    expect(await heal(server, lease)).toBe(healing);
    const now = await hostsOf(lease);
    expect(now).toHaveLength(hosts);
    const slots = now.reduce((sum, [, count]) => sum + (count ?? 0), 0);
    expect(slots).toBe(healing === 'missing' ? amount - 1 : amount);
    expect(now.map(([name]) => name)).not.toContain('node-1');
    await bed.settle();
  });
});
