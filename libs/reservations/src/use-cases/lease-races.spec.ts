import { afterEach, describe, expect, it } from '@jest/globals';
import { hostCalendar, hostCalendarStream } from '../host-calendar/host-calendar.aggregate.js';
import type { LeaseOutcome } from './allocation/lease-outcome.js';
import {
  minuteMs,
  raw,
  ReservationsBed,
  sampleHost,
  type BedOptions,
  type BedServer,
} from './reservations-bed.contract.js';

let bed: ReservationsBed;
afterEach(() => bed.close());

const names = (count: number) => Array.from({ length: count }, (_, index) => `node-${String(index + 1)}`);
const two = [
  { name: 'one', hosts: ['node-1', 'node-2'] },
  { name: 'two', hosts: ['node-3', 'node-4'] },
];

async function prepared(count: number, servers: number, options: BedOptions = {}): Promise<readonly BedServer[]> {
  bed = new ReservationsBed({ hosts: names(count).map((name) => sampleHost(name)), ...options });
  const all = await Promise.all(Array.from({ length: servers }, () => bed.server()));
  const [first] = all;
  if (first !== undefined) await bed.prepare(first, names(count));
  return all;
}

/** In turn. */
const pick = (all: readonly BedServer[], n: number): BedServer => {
  const server = all[n % all.length];
  if (server === undefined) throw new Error('no servers');
  return server;
};

const kinds = (outcomes: readonly LeaseOutcome[]) =>
  outcomes.map((its) => (its.kind === 'refused' ? its.code : 'ok')).toSorted();

describe('six simultaneous creations for one host', () => {
  it.each([1, 2, 3])('exactly one wins, %d servers', async (servers) => {
    const all = await prepared(1, servers);
    const outcomes = await bed.until(
      Promise.all(Array.from({ length: 6 }, (_, n) => pick(all, n).create({ reservations: [raw.hosts(1)] }))),
    );
    expect(kinds(outcomes)).toEqual([...Array<string>(5).fill('not-enough-hosts'), 'ok']);
    expect((await bed.leases()).size).toBe(1);
    await bed.settle();
  });

  it('back to back, all win', async () => {
    const all = await prepared(1, 2);
    const wanted = (n: number) => ({ startsAt: bed.at(10 + n), endsAt: bed.at(11 + n), reservations: [raw.hosts(1)] });
    const outcomes = await bed.until(Promise.all(Array.from({ length: 6 }, (_, n) => pick(all, n).create(wanted(n)))));
    expect(kinds(outcomes)).toEqual(Array<string>(6).fill('ok'));
    await bed.settle();
  });
});

describe('creations that want the same from several streams', () => {
  it.each([
    [1, 1],
    [2, 2],
    [4, 3],
  ])('%d servers: as many as there is enough for, all or nothing', async (servers, seed) => {
    const all = await prepared(4, servers, { settings: { partitions: two }, seed });
    const [first] = all;
    if (first !== undefined) await bed.addAddresses(first, '203.0.113.7', '203.0.113.8', '203.0.113.9');
    const wanted = [
      [raw.hosts(1), raw.addresses(1)],
      [raw.addresses(1), raw.hosts(1)],
      [raw.hosts(3), raw.addresses(2)],
      [raw.hosts(2), raw.hosts(1)],
    ];
    const outcomes = await bed.until(
      Promise.all(
        Array.from({ length: 12 }, (_, n) => pick(all, n).create({ reservations: wanted[n % wanted.length] ?? [] })),
      ),
    );
    expect(kinds(outcomes)).toContain('ok');
    const leases = [...(await bed.leases()).values()];
    const hosts = leases.flatMap(({ reservations }) =>
      reservations.flatMap((its) => its.hosts.map(({ hostId }) => hostId)),
    );
    expect(new Set(hosts).size).toBe(hosts.length);
    expect(leases.length).toBe(kinds(outcomes).filter((its) => its === 'ok').length);
    await bed.settle();
  });

  it.each([1, 2])('two that want each other’s hosts, %d servers: one of them gets all', async (servers) => {
    const [one, other = one] = await prepared(4, servers, { settings: { partitions: two } });
    if (one === undefined || other === undefined) throw new Error('no servers');
    await bed.addAddresses(one, '203.0.113.7');
    const outcomes = await bed.until(
      Promise.all([
        one.create({ reservations: [raw.hosts(4), raw.addresses(1)] }),
        other.create({ reservations: [raw.addresses(1), raw.hosts(4)] }),
      ]),
    );
    expect(kinds(outcomes)).toHaveLength(2);
    expect(kinds(outcomes).filter((its) => its === 'ok')).toHaveLength(1);
    await bed.settle();
  });

  it.each([1, 2])('and one cannot have all: the other waits and succeeds, %d servers', async (servers) => {
    const [one, other = one] = await prepared(4, servers, { settings: { partitions: two } });
    if (one === undefined || other === undefined) throw new Error('no servers');
    const outcomes = await bed.until(
      Promise.all([
        one.create({ reservations: [raw.hosts(4), raw.addresses(1)] }),
        other.create({ reservations: [raw.hosts(4)] }),
      ]),
    );
    expect(outcomes.map((its) => (its.kind === 'refused' ? its.code : 'ok'))).toEqual([
      'not-enough-floating-ips',
      'ok',
    ]);
    await bed.settle();
  });
});

describe('creations and changes at the same time', () => {
  it.each([1, 2, 3, 4])('nothing is had twice, seed %d', async (seed) => {
    const [one, other] = await prepared(4, 2, { settings: { partitions: two }, seed });
    if (one === undefined || other === undefined) throw new Error('no servers');
    const first = await Promise.all([1, 2].map(() => one.create({ reservations: [raw.hosts(1)] })));
    const ids = first.flatMap((its) => (its.kind === 'refused' ? [] : its.answer));
    const work = ids.flatMap(({ id, reservations: [reservation] }, n) => [
      one.update(id, { endsAt: bed.at(90 + seed) }),
      other.update(id, { reservations: [{ id: reservation?.id, min: 1, max: 2 + (n % 2) }] }),
      other.update(id, { startsAt: bed.at(20) }),
      n % 2 === 0 ? one.create({ reservations: [raw.hosts(2)] }) : other.create({ reservations: [raw.hosts(1)] }),
    ]);
    const outcomes = await bed.until(Promise.all(work));
    for (const outcome of outcomes)
      expect(['ok', 'not-enough-hosts']).toContain(outcome.kind === 'refused' ? outcome.code : 'ok');
    const leases = [...(await bed.leases()).values()];
    const stays = leases.flatMap(({ startsAt, endsAt, reservations }) =>
      reservations.flatMap((its) => its.hosts.map(({ hostId }) => ({ hostId, startsAt, endsAt }))),
    );
    for (const [n, stay] of stays.entries())
      for (const its of stays.slice(n + 1))
        if (its.hostId === stay.hostId) expect(its.startsAt >= stay.endsAt || its.endsAt <= stay.startsAt).toBe(true);
    await bed.settle();
  });
});

describe('a hold of another that nobody decides', () => {
  const hold = async (server: BedServer, deadlineInMs: number) => {
    const at = bed.clock.now();
    const window = { from: bed.at(10), to: bed.at(20) };
    const wish = {
      reservationId: 'r',
      window,
      filter: [],
      ask: { kind: 'hosts', min: 1, max: 1 },
      firm: false,
      grown: true,
    } as const;
    const its = { attempt: 'x', decidedBy: 'lease-x', leaseId: 'x', deadline: at + deadlineInMs, at };
    const command = { type: 'hold', ...its, wishes: [wish], picked: [], cleaningMs: 0, dice: null } as const;
    await server.executor.execute(hostCalendar, hostCalendarStream('default'), command, bed.context());
  };

  it('is waited for, decided at its deadline, and released', async () => {
    const [server] = await prepared(1, 1);
    if (server === undefined) throw new Error('no server');
    await hold(server, 2_000);
    const outcome = await bed.until(server.create({ reservations: [raw.hosts(1)] }));
    expect(kinds([outcome])).toEqual(['ok']);
    const refused = (await bed.log()).find(({ stream }) => stream === 'lease-x');
    expect(refused).toMatchObject({ type: 'LeaseRefused', data: { reason: 'deadline', reservationIds: ['r'] } });
    await bed.settle();
  });

  it('is not waited for longer than ten seconds', async () => {
    const [server] = await prepared(1, 1);
    if (server === undefined) throw new Error('no server');
    await hold(server, minuteMs);
    const began = bed.clock.now();
    expect(kinds([await bed.until(server.create({ reservations: [raw.hosts(1)] }))])).toEqual(['not-enough-hosts']);
    expect(bed.clock.now() - began).toBeGreaterThanOrEqual(10_000);
    expect(bed.clock.now() - began).toBeLessThan(11_000);
  });

  it('is not waited for where it would not help', async () => {
    const [server] = await prepared(1, 1);
    if (server === undefined) throw new Error('no server');
    await hold(server, minuteMs);
    const began = bed.clock.now();
    expect(kinds([await server.create({ reservations: [raw.hosts(2)] })])).toEqual(['not-enough-hosts']);
    expect(bed.clock.now()).toBe(began);
  });
});
