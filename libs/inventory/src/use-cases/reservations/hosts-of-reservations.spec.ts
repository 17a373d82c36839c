import { describe, expect, it } from '@jest/globals';
import type { CommandContext } from '#kernel';
import type { SimulatedHost } from '#providers/adapters/simulated';
import { turns } from '#specs';
import {
  ClaimForReservations,
  FindHypervisors,
  PlaceGuest,
  ReleaseFromReservations,
  TakeHost,
  VacateHost,
} from '../../contracts.js';
import { hypervisorUuid } from '../discovery/sightings.js';
import { InventoryBed, sampleGuest, sampleHost } from '../inventory-bed.contract.js';

const uuidOf = (host: string) => hypervisorUuid('simulated', host);

async function started(hosts: readonly SimulatedHost[] = [sampleHost('a'), sampleHost('b')]) {
  const bed = new InventoryBed(hosts, 'simulated', false);
  const process = bed.process();
  await process.discover();
  const { length } = await bed.log();
  const context = (more: Partial<CommandContext> = {}) => bed.context(more);
  return {
    bed,
    process,
    control: bed.provider.control,
    claim: (host = 'a', partition = 'default') =>
      process.claim.execute(new ClaimForReservations(context(), uuidOf(host), partition)),
    release: (host = 'a') => process.release.execute(new ReleaseFromReservations(context(), uuidOf(host))),
    take: (reservation = 'r1', host = 'a') =>
      process.take.execute(new TakeHost(context(), uuidOf(host), `lease-of-${reservation}`, reservation)),
    vacate: (reservation = 'r1', more: Partial<CommandContext> = {}, on = process) =>
      on.vacate.execute(new VacateHost(context(more), uuidOf('a'), reservation)),
    place: (guest: string, hosts: readonly string[] = ['a'], on = process) =>
      on.placeGuest.execute(
        new PlaceGuest(context(), { hosts }, null, sampleGuest(guest), { kind: 'pool', id: 'debian-12' }),
      ),
    find: (by: FindHypervisors['by']) => process.find.execute(new FindHypervisors(by)),
    card: async (host = 'a') => (await process.find.execute(new FindHypervisors({ uuid: uuidOf(host) })))[0],
    types: () => bed.types(length),
    running: async (host = 'a') =>
      (await bed.provider.listGuests(host, { requestId: 'r', timeoutMs: 1000 })).guests.map(({ uuid }) => uuid),
  };
}

describe('finding hypervisors', () => {
  const hosts = ['rack1-n1', 'rack1-n11', 'rack2-n1', 'n'].map((name) => sampleHost(name));

  it.each<readonly [FindHypervisors['by'], readonly string[]]>([
    [{ id: '2' }, ['rack1-n11']],
    [{ id: '9' }, []],
    [{ id: 'rack1-n1' }, []],
    [{ name: 'rack1-n1' }, ['rack1-n1']],
    [{ name: 'n' }, ['n']],
    [{ name: 'n11' }, ['rack1-n11']],
    [{ name: 'rack' }, ['rack1-n1', 'rack1-n11']],
    [{ name: 'RACK' }, []],
    [{ name: 'nobody' }, []],
    [{ uuid: uuidOf('rack2-n1') }, ['rack2-n1']],
    [{ uuid: 'no uuid' }, []],
  ])('by %j: %j', async (by, names) => {
    const { find } = await started(hosts);
    expect((await find(by)).map(({ hypervisorHostname }) => hypervisorHostname)).toEqual(names);
  });

  it('tells what enrolment asks for', async () => {
    const { bed, process, find } = await started([sampleHost('a', { guests: [sampleGuest('g1')] })]);
    await process.create.execute({ context: bed.context(), wanted: { name: 'x', availabilityZone: null } } as never);
    await process.addHost.execute({ context: bed.context(), id: 1, host: 'a' } as never);
    const [card] = await find({ id: '1' });
    expect(card).toMatchObject({
      ...{ uuid: uuidOf('a'), number: 1, provider: 'simulated', nativeId: 'a', hypervisorHostname: 'a' },
      ...{ serviceHost: 'a', availabilityZone: null, enabled: true, forcedDown: false, alive: true, vanished: false },
      ...{ servers: ['g1'], use: { partition: null, takenBy: null } },
      resources: { vcpus: 64, memoryMb: 262_144, localGb: 2048, type: 'QEMU' },
    });
  });

  it('tells the zone, and nothing of what has vanished', async () => {
    const { bed, process, control, card, find } = await started();
    await process.create.execute({ context: bed.context(), wanted: { name: 'x', availabilityZone: 'z1' } } as never);
    await process.addHost.execute({ context: bed.context(), id: 1, host: 'a' } as never);
    expect(await card()).toMatchObject({ availabilityZone: 'z1' });
    control.removeHost('a');
    await process.discover();
    await process.discover();
    expect([await find({ name: 'a' }), await find({ id: '1' })]).toEqual([[], []]);
  });
});

describe('claiming a host for reservations', () => {
  it('says what it has become', async () => {
    const { claim, card, types } = await started();
    expect(await claim()).toMatchObject({
      kind: 'accepted',
      answer: { uuid: uuidOf('a'), use: { partition: 'default' } },
    });
    expect(await claim()).toMatchObject({ kind: 'accepted', events: [] });
    expect(await card()).toMatchObject({ use: { partition: 'default', takenBy: null } });
    expect(await types()).toEqual(['HypervisorClaimed']);
  });

  it('is refused with servers, also with one that no listing has brought yet', async () => {
    const { bed, process, control, claim, types } = await started();
    control.putGuest('a', sampleGuest('g1'));
    const refused = { kind: 'refused', code: 'host-has-guests', facts: { uuid: uuidOf('a'), servers: ['g1'] } };
    expect(await claim()).toMatchObject(refused);
    expect(await types()).toEqual([]);
    await process.discover();
    control.silence('a');
    expect(await claim()).toMatchObject(refused);
    expect(await bed.types()).not.toContain('HypervisorClaimed');
  });

  it('trusts the stream where the host does not answer', async () => {
    const { control, claim } = await started();
    control.silence('a');
    expect(await claim()).toMatchObject({ kind: 'accepted' });
  });

  it('is refused while a machine of a pool has its room there, made or not', async () => {
    const { place, claim } = await started();
    await place('p1');
    expect(await claim()).toMatchObject({ code: 'host-has-guests', facts: { servers: ['p1'] } });
  });

  it('is refused where there is no such hypervisor', async () => {
    const { process, bed } = await started();
    const answer = await process.claim.execute(new ClaimForReservations(bed.context(), uuidOf('z'), 'default'));
    expect(answer).toMatchObject({ code: 'hypervisor-unknown' });
  });

  it('keeps machines of pools away until it is released', async () => {
    const { claim, place, release } = await started();
    await claim();
    expect(await place('p1')).toMatchObject({
      code: 'no-capacity',
      facts: { candidates: [{ host: 'a', why: 'reservable' }] },
    });
    expect(await place('p2', ['a', 'b'])).toMatchObject({ answer: { serviceHost: 'b' } });
    await release();
    expect(await place('p1')).toMatchObject({ answer: { serviceHost: 'a' } });
  });

  it('races with the placing of machines by two servers, and one wins', async () => {
    const winners = new Set<string>();
    for (let delay = 0; delay < 40; delay += 1) {
      const { bed, process, claim, place, card } = await started();
      const other = bed.process();
      const placings = ['p1', 'p2', 'p3'].map(async (guest, index) => {
        await turns(delay);
        return place(guest, ['a'], index % 2 === 0 ? other : process);
      });
      const claiming = await claim();
      const placed = (await Promise.all(placings)).filter(({ kind }) => kind === 'accepted').length;
      const { use, servers } = (await card())!;
      expect([use.partition, servers.length]).toEqual(claiming.kind === 'accepted' ? ['default', 0] : [null, placed]);
      expect(placed > 0).toBe(claiming.kind === 'refused');
      winners.add(claiming.kind);
    }
    expect(winners).toEqual(new Set(['accepted', 'refused']));
  });
});

describe('a reservation on a host', () => {
  it('moves in with a token of its own, once', async () => {
    const { claim, take, vacate, card } = await started();
    await claim();
    expect(await take()).toMatchObject({ answer: { fencingToken: 1 } });
    expect(await take()).toMatchObject({ answer: { fencingToken: 1 }, events: [] });
    expect(await card()).toMatchObject({
      use: { takenBy: { reservationId: 'r1', leaseId: 'lease-of-r1', fencingToken: 1 } },
    });
    await vacate();
    expect(await take('r2')).toMatchObject({ answer: { fencingToken: 2 } });
  });

  it('waits until the former one is out, and its servers are gone', async () => {
    const { control, process, claim, take, vacate } = await started();
    await claim();
    await take();
    control.putGuest('a', sampleGuest('g1'));
    await process.discover();
    expect(await take('r2')).toMatchObject({ code: 'host-taken', facts: { reservationId: 'r1' } });
    expect(await vacate()).toMatchObject({ answer: { destroyed: ['g1'] } });
    expect(await take('r2')).toMatchObject({ answer: { fencingToken: 2 } });
  });

  it('races with another for the host, and one wins', async () => {
    const { bed, process, claim } = await started();
    await claim();
    const other = bed.process();
    const takes = ['r1', 'r2', 'r3', 'r4'].map((reservation, index) =>
      (index % 2 === 0 ? process : other).take.execute(new TakeHost(bed.context(), uuidOf('a'), 'l', reservation)),
    );
    const outcomes = await Promise.all(takes);
    expect(outcomes.filter(({ kind }) => kind === 'accepted')).toMatchObject([{ answer: { fencingToken: 1 } }]);
  });

  it('is refused on a host that is not for reservations', async () => {
    const { take } = await started();
    expect(await take()).toMatchObject({ code: 'host-not-reservable' });
  });
});

describe('a reservation that moves out', () => {
  async function occupied(...guests: readonly string[]) {
    const world = await started();
    await world.claim();
    await world.take();
    for (const guest of guests) world.control.putGuest('a', sampleGuest(guest));
    return world;
  }

  it('leaves no server behind, known or not, and tells the intent first', async () => {
    const { process, control, vacate, card, running, types } = await occupied('g1');
    await process.discover();
    control.putGuest('a', sampleGuest('g2'));
    expect(await vacate()).toMatchObject({ kind: 'accepted', answer: { destroyed: ['g1', 'g2'] } });
    expect(await running()).toEqual([]);
    expect(await card()).toMatchObject({ servers: [], use: { partition: 'default', takenBy: null } });
    const known = ['HypervisorClaimed', 'HostTaken', 'ResourcesReported', 'GuestFound'];
    const gone = ['GuestDestructionRequested', 'GuestGone', 'GuestGone', 'HostVacated'];
    expect(await types()).toEqual([...known, ...gone]);
  });

  it('says so without more where nothing runs', async () => {
    const { vacate, types } = await occupied();
    expect(await vacate()).toMatchObject({ answer: { destroyed: [] } });
    expect(await types()).toEqual(['HypervisorClaimed', 'HostTaken', 'HostVacated']);
  });

  it('that is out, or never was in, destroys nothing', async () => {
    const { control, vacate, running } = await occupied();
    await vacate();
    control.putGuest('a', sampleGuest('g9'));
    expect(await vacate()).toMatchObject({ kind: 'accepted', events: [], answer: { destroyed: [] } });
    expect(await vacate('r7')).toMatchObject({ kind: 'accepted', events: [] });
    expect(await running()).toEqual(['g9']);
  });

  it('goes on where another destroying failed; what was gone by then is gone', async () => {
    const { control, vacate, card, running } = await occupied('g1', 'g2', 'g3');
    control.failNext('destroyGuest');
    await expect(vacate()).rejects.toMatchObject({ name: 'ProviderError', kind: 'retry' });
    expect(await running()).toHaveLength(1);
    expect(await card()).toMatchObject({ use: { takenBy: { reservationId: 'r1' } } });
    const left = await running();
    expect(await vacate()).toMatchObject({ answer: { destroyed: left } });
    expect(await running()).toEqual([]);
    expect((await card())?.use.takenBy).toBeNull();
  });

  it('does not trust a listing that is not complete', async () => {
    const { control, vacate, running } = await occupied('g1', 'g2');
    control.listGuestsPartially(['g1']);
    expect(await vacate()).toMatchObject({ answer: { destroyed: ['g2', 'g1'] } });
    expect(await running()).toEqual([]);
  });

  it('stays where no listing is ever complete', async () => {
    const { control, vacate, card } = await occupied('g1');
    for (let n = 0; n < 6; n += 1) control.listGuestsPartially();
    await expect(vacate()).rejects.toMatchObject({ kind: 'retry' });
    expect(await card()).toMatchObject({ use: { takenBy: { reservationId: 'r1' } } });
    expect(await vacate()).toMatchObject({ kind: 'accepted' });
  });

  it('asks twice for servers that it knows and the host does not show', async () => {
    const { process, control, vacate, card } = await occupied('g1', 'g2');
    await process.discover();
    control.removeGuest('a', 'g1');
    control.removeGuest('a', 'g2');
    expect(await vacate()).toMatchObject({
      answer: { destroyed: [] },
      events: [{ type: 'GuestGone' }, { type: 'GuestGone' }, { type: 'HostVacated' }],
    });
    expect(await card()).toMatchObject({ servers: [] });
  });

  it('leaves nothing for a listing to bring back that was begun before', async () => {
    const { bed, process, vacate, card } = await occupied('g1', 'g2');
    await process.discover();
    const late = await bed.provider.listHypervisors({ requestId: 'late', timeoutMs: 1000 });
    await vacate();
    const provider = Object.create(bed.provider, {
      listHypervisors: { value: async () => late },
    }) as typeof bed.provider;
    const slow = bed.process({}, [provider]);
    await slow.discover();
    expect(await card()).toMatchObject({ servers: [] });
    await process.discover();
    expect(await card()).toMatchObject({ servers: [] });
  });

  it('may be told to by two servers at once', async () => {
    const { bed, vacate, running, types } = await occupied('g1', 'g2');
    const other = bed.process();
    const outcomes = await Promise.all([vacate(), vacate('r1', {}, other as never)]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
    expect(await running()).toEqual([]);
    expect((await types()).filter((type) => type === 'HostVacated')).toHaveLength(1);
  });

  it('from a host that has vanished asks nobody', async () => {
    const { process, control, vacate, bed } = await occupied('g1');
    await process.discover();
    control.removeHost('a');
    await process.discover();
    await process.discover();
    const { length } = await bed.log();
    expect(await vacate()).toMatchObject({ kind: 'accepted', answer: { destroyed: [] } });
    expect(await bed.types(length)).toEqual(['HostVacated']);
  });

  it('moves out again later, with the same command, when it has come back', async () => {
    const { control, take, vacate, running } = await occupied('g1');
    const same = { commandId: '5f0e0a52-0000-4000-8000-0000000000bb', repeatable: true };
    expect(await vacate('r1', same)).toMatchObject({ answer: { destroyed: ['g1'] } });
    await take();
    control.putGuest('a', sampleGuest('g4'));
    expect(await vacate('r1', same)).toMatchObject({ answer: { destroyed: ['g4'] } });
    expect(await running()).toEqual([]);
  });
});
