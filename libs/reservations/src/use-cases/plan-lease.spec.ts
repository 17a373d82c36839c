import { HostAvailabilities, PlanLease, type RawReservation, type WantedLease } from '../contracts.js';
import {
  minuteMs,
  raw,
  ReservationsBed,
  sampleCaller,
  sampleFlavor,
  sampleHost,
  type BedServer,
} from './reservations-bed.contract.js';

const names = ['rack-1', 'rack-2', 'rack-3'];

async function bedWith(settings: ConstructorParameters<typeof ReservationsBed>[0] = {}) {
  const bed = new ReservationsBed({ hosts: names.map((name) => sampleHost(name)), ...settings });
  const server = await bed.server();
  await bed.prepare(server, names);
  return { bed, server };
}

const plan = (
  bed: ReservationsBed,
  { queries }: BedServer,
  reservations: RawReservation[],
  more: Partial<WantedLease> = {},
) => queries.execute(new PlanLease(sampleCaller, bed.wanted({ reservations, ...more }), bed.clock.now()));

describe('a plan of a lease', () => {
  it('says what a creation would get, and holds nothing', async () => {
    const { bed, server } = await bedWith();
    await bed.addAddresses(server, '203.0.113.7');
    const before = (await bed.log()).length;
    const wanted = [raw.hosts(1, 2), raw.addresses(1), raw.instances(3)];
    const planned = await plan(bed, server, wanted);
    expect(planned).toMatchObject({
      kind: 'planned',
      plan: {
        fits: true,
        nextStartAt: bed.at(10),
        reservations: [
          { resourceType: 'physical:host', fits: true, wanted: 1, available: 3 },
          {
            resourceType: 'virtual:floatingip',
            fits: true,
            wanted: 1,
            available: 1,
            addresses: ['203.0.113.7'],
            hosts: [],
          },
          { resourceType: 'virtual:instance', fits: true, wanted: 3 },
        ],
      },
    });
    expect((await bed.log()).length).toBe(before);
    const made = await bed.until(server.create({ reservations: wanted }));
    if (made.kind === 'refused' || planned.kind === 'refused') throw new Error('refused');
    const got = made.answer.reservations.map(({ hosts }) => hosts.map(({ hostId, slots }) => [hostId, slots]));
    expect(planned.plan.reservations.map(({ hosts }) => hosts.map(({ hostId, slots }) => [hostId, slots]))).toEqual(
      got,
    );
    await bed.close();
  });

  it('says what is in the way, and when it would fit', async () => {
    const { bed, server } = await bedWith({ settings: { cleaningMinutes: 5 } });
    const first = await bed.until(server.create({ reservations: [raw.hosts(2)] }));
    if (first.kind === 'refused') throw new Error(first.code);
    const taken = first.answer.reservations[0]!.hosts.map(({ hostId }) => hostId);
    expect(await plan(bed, server, [raw.hosts(2)])).toMatchObject({
      kind: 'planned',
      plan: {
        fits: false,
        nextStartAt: bed.at(75),
        reservations: [
          {
            ...{ fits: false, hosts: [], wanted: 2, available: 1 },
            obstacles: taken.map((hostId) => ({
              hostId,
              obstacle: { kind: 'busy', until: bed.at(75), leaseIds: [first.answer.id] },
            })),
          },
        ],
      },
    });
    expect(await plan(bed, server, [raw.hosts(4)])).toMatchObject({ plan: { fits: false, nextStartAt: null } });
    await bed.close();
  });

  it('waits for hosts and addresses together', async () => {
    const { bed, server } = await bedWith();
    await bed.addAddresses(server, '203.0.113.7');
    const lease = (reservations: RawReservation[], from: number, to: number) =>
      bed.until(server.create({ reservations, startsAt: bed.at(from), endsAt: bed.at(to) }));
    await lease([raw.hosts(3)], 10, 40);
    await lease([raw.addresses(1)], 30, 60);
    await lease([raw.hosts(3)], 70, 100);
    await lease([raw.addresses(1)], 120, 130);
    const both = [raw.hosts(1), raw.addresses(1)];
    const short = { endsAt: bed.at(10) + 10 * minuteMs };
    expect(await plan(bed, server, both, short)).toMatchObject({ plan: { fits: false, nextStartAt: bed.at(60) } });
    expect(await plan(bed, server, both)).toMatchObject({ plan: { fits: false, nextStartAt: bed.at(130) } });
    expect(await plan(bed, server, [raw.addresses(2)])).toMatchObject({
      plan: { fits: false, nextStartAt: null, reservations: [{ fits: false, wanted: 2, available: 0, addresses: [] }] },
    });
    expect(await plan(bed, server, [])).toMatchObject({ plan: { fits: true, reservations: [] } });
    await bed.close();
  });

  it('is refused as a creation would be', async () => {
    const { bed, server } = await bedWith({ settings: { maxLeaseSeconds: 3_600 } });
    const late = { startsAt: bed.at(-5) };
    const property = { resource_properties: '["==", "$gpu", "1"]' };
    const cases: [Promise<unknown>, string][] = [
      [plan(bed, server, [{}]), 'parameters-missing'],
      [plan(bed, server, [], late), 'start-in-past'],
      [plan(bed, server, [], { endsAt: bed.at(10) }), 'end-not-after-start'],
      [plan(bed, server, [raw.hosts(2, 1)]), 'range-inverted'],
      [plan(bed, server, [raw.ofFlavor(1, 'none')]), 'flavor-unknown'],
      [plan(bed, server, [raw.hosts(1, 1, property)]), 'property-unknown'],
      [plan(bed, server, [raw.hosts(1)], { endsAt: bed.at(200) }), 'duration-too-long'],
      [plan(bed, server, [raw.hosts(1)], { beforeEndAt: bed.at(5) }), 'before-end-out-of-lease'],
    ];
    for (const [asked, code] of cases) expect(await asked).toMatchObject({ kind: 'refused', code });
    await bed.close();
  });

  it('knows flavors and partitions', async () => {
    const partitions = [{ name: 'odd', hosts: ['rack-1', 'rack-3'] }];
    const { bed, server } = await bedWith({ settings: { partitions }, flavors: [sampleFlavor('big', { vcpus: 60 })] });
    expect(await plan(bed, server, [raw.ofFlavor(3, 'big')])).toMatchObject({
      plan: { fits: true, reservations: [{ available: 3, hosts: names.map((hostname) => ({ hostname, slots: 1 })) }] },
    });
    expect(await plan(bed, server, [raw.ofFlavor(4, 'big')])).toMatchObject({
      plan: { fits: false, nextStartAt: null },
    });
    await bed.close();
  });
});

describe('free and busy times of hosts', () => {
  it('are told of those asked for, or all, in order of their ids', async () => {
    const partitions = [{ name: 'odd', hosts: ['rack-1', 'rack-3'] }];
    const { bed, server } = await bedWith({ settings: { partitions } });
    const made = await bed.until(server.create({ reservations: [raw.hosts(1)] }));
    if (made.kind === 'refused') throw new Error(made.code);
    const [reservation] = made.answer.reservations;
    const taken = reservation!.hosts[0]!.hostId;
    const window = { from: bed.at(0), to: bed.at(60) };
    const all = await server.queries.execute(new HostAvailabilities(window));
    expect(all.map(({ hostname }) => hostname)).toEqual(names);
    const ids = all.map(({ hostId }) => hostId);
    const asked = [ids[2]!, 'none', taken, ids[2]!];
    const some = await server.queries.execute(new HostAvailabilities(window, asked));
    expect(some.map(({ hostId }) => hostId)).toEqual([...new Set([taken, ids[2]!])].sort());
    expect(all.find(({ hostId }) => hostId === taken)).toMatchObject({
      reservable: true,
      busy: [
        { from: bed.at(10), to: bed.at(60), leaseId: made.answer.id, reservationId: reservation!.id, slots: null },
      ],
      free: [{ from: bed.at(0), to: bed.at(10) }],
    });
    await bed.close();
  });
});
