import { describe, expect, it } from '@jest/globals';
import type { SimulatedHost } from '#providers/adapters/simulated';
import { PlaceGuest, RemoveGuest, type GuestSums, type WantedGuest } from '../../contracts.js';
import { hypervisorUuid } from '../discovery/sightings.js';
import { InventoryBed, sampleGuest, sampleHost } from '../inventory-bed.contract.js';

const owner = { kind: 'pool', id: 'debian-12' } as const;
type Candidates = PlaceGuest['candidates'];
const both: Candidates = { hosts: ['a', 'b'] };

async function placing(hosts: readonly SimulatedHost[]) {
  const bed = new InventoryBed(hosts);
  const process = bed.process();
  await process.discover();
  const { length } = await bed.log();
  const place = (
    guest: WantedGuest,
    candidates: Candidates = both,
    provider: string | null = null,
    context = bed.context(),
  ) => process.placeGuest.execute(new PlaceGuest(context, candidates, provider, guest, owner));
  return {
    bed,
    process,
    place,
    on: async (...placed: Parameters<typeof place>) => {
      const outcome = await place(...placed);
      return outcome.kind === 'accepted' ? outcome.answer.serviceHost : { [outcome.code]: outcome.facts };
    },
    remove: (host: string, guest: string) =>
      process.removeGuest.execute(new RemoveGuest(bed.context(), hypervisorUuid('simulated', host), guest)),
    news: () => bed.log(length),
    types: () => bed.types(length),
  };
}

const small = (name: string, vcpus: number, more: Partial<SimulatedHost> = {}) => sampleHost(name, { vcpus, ...more });
const full = (...candidates: readonly (readonly [host: string, why: string])[]) => ({
  'no-capacity': { candidates: candidates.map(([host, why]) => ({ host, why })) },
});

describe('placing a guest', () => {
  it('claims room where most vcpus are free, ties by integer id, and says where', async () => {
    const { on, place, news } = await placing([small('a', 6), small('b', 8), small('c', 64)]);
    expect(await on(sampleGuest('g1'))).toBe('b');
    expect(await on(sampleGuest('g2'))).toBe('a');
    expect(await on(sampleGuest('g3'))).toBe('b');
    expect(await place(sampleGuest('g4'))).toMatchObject({
      kind: 'accepted',
      answer: {
        hypervisorUuid: hypervisorUuid('simulated', 'a'),
        provider: 'simulated',
        nativeId: 'a',
        serviceHost: 'a',
      },
    });
    expect(await news()).toMatchObject(
      ['b', 'a', 'b', 'a'].map((host, index) => ({
        type: 'GuestPlaced',
        data: { uuid: hypervisorUuid('simulated', host), guest: sampleGuest(`g${String(index + 1)}`), owner },
      })),
    );
  });

  it('counts what others run there', async () => {
    const { on } = await placing([small('a', 8, { guests: [sampleGuest('x'), sampleGuest('y')] }), small('b', 6)]);
    expect(await on(sampleGuest('g1'))).toBe('b');
  });

  it('goes to the hosts of an aggregate, as it is then', async () => {
    const { bed, process, on } = await placing([small('a', 2), small('b', 2)]);
    await process.create.execute({ context: bed.context(), wanted: { name: 'kvm', availabilityZone: null } } as never);
    expect(await on(sampleGuest('g1'), { aggregate: 'kvm' })).toEqual(full());
    await process.addHost.execute({ context: bed.context(), id: 1, host: 'b' } as never);
    expect(await on(sampleGuest('g1'), { aggregate: 'kvm' })).toBe('b');
    expect(await on(sampleGuest('g2'), { aggregate: 'kvm' })).toEqual(full(['b', 'no-room']));
    expect(await on(sampleGuest('g2'), { aggregate: 'none' })).toEqual({ 'aggregate-unknown': { id: 'none' } });
  });

  it('keeps to a provider, where one is named', async () => {
    const { on } = await placing([small('a', 4)]);
    expect(await on(sampleGuest('g1'), both, 'other')).toEqual(full());
    expect(await on(sampleGuest('g1'), both, 'simulated')).toBe('a');
  });

  it('says for each candidate why not', async () => {
    const { bed, process, on } = await placing([
      small('full', 1),
      small('disabled', 9, { disabledReason: 'fan' }),
      small('down', 9, { alive: false }),
      small('forced', 9),
      small('gone', 9),
    ]);
    const id = String(
      await process.lookups.registry(({ byUuid }) => byUuid.get(hypervisorUuid('simulated', 'forced'))?.number),
    );
    await process.changeService.execute({ context: bed.context(), id, change: { kind: 'force-down' } } as never);
    bed.provider.control.removeHost('gone');
    await process.discover();
    await process.discover();
    const hosts = ['full', 'disabled', 'unheard-of', 'down', 'forced', 'gone', 'full'];
    expect(await on(sampleGuest('g1'), { hosts })).toEqual(
      full(
        ['full', 'no-room'],
        ['disabled', 'disabled'],
        ['down', 'down'],
        ['forced', 'forced-down'],
        ['gone', 'vanished'],
      ),
    );
    expect(await on(sampleGuest('g1'), { hosts: ['unheard-of', 'neither'] })).toEqual({
      'host-unknown': { host: 'unheard-of' },
    });
    expect(await on(sampleGuest('g1'), { hosts: [] })).toEqual(full());
  });

  it('that is placed is answered where it is, whatever has become of the host', async () => {
    const { bed, process, on, types } = await placing([small('a', 4), small('b', 64)]);
    expect(await on(sampleGuest('g1'), { hosts: ['a'] })).toBe('a');
    await process.changeService.execute({ context: bed.context(), id: '1', change: { kind: 'force-down' } } as never);
    expect(await on(sampleGuest('g1'))).toBe('a');
    expect(await on(sampleGuest('g1'), { hosts: ['a'] })).toBe('a');
    expect(await types()).toEqual(['GuestPlaced', 'ServiceForcedDown']);
  });

  it('asked for again by the same command has its one effect, after it was removed too', async () => {
    const { bed, place, remove, types } = await placing([small('a', 4), small('b', 64)]);
    const context = bed.context({ repeatable: true });
    const first = await place(sampleGuest('g1'), both, null, context);
    const again = await place(sampleGuest('g1'), both, null, context);
    await remove('b', 'g1');
    await place(sampleGuest('g2'), { hosts: ['b'] });
    const late = await place(sampleGuest('g1'), both, null, context);
    for (const outcome of [again, late]) {
      expect(outcome).toMatchObject({ kind: 'accepted', repeated: true, answer: { serviceHost: 'b' } });
      expect(outcome).toMatchObject({ events: first.kind === 'accepted' ? first.events : [] });
    }
    expect(await types()).toEqual(['GuestPlaced', 'GuestRemoved', 'GuestPlaced']);
  });

  it('has room again where one was removed', async () => {
    const { on, remove, types } = await placing([small('a', 2)]);
    expect(await on(sampleGuest('g1'))).toBe('a');
    expect(await on(sampleGuest('g2'))).toEqual(full(['a', 'no-room']));
    expect(await remove('a', 'g1')).toMatchObject({ kind: 'accepted' });
    expect(await remove('a', 'g1')).toMatchObject({ kind: 'accepted', events: [] });
    expect(await remove('nowhere', 'g1')).toMatchObject({ kind: 'accepted', events: [] });
    expect(await on(sampleGuest('g2'))).toBe('a');
    expect(await types()).toEqual(['GuestPlaced', 'GuestRemoved', 'GuestPlaced']);
  });
});

describe('many guests placed at once', () => {
  const plenty = { memoryMb: 1_048_576, localGb: 8_192 };
  const two = [small('a', 150, plenty), small('b', 150, plenty)];

  it.each([
    ['two hosts', both],
    ['an aggregate of two hosts', { aggregate: 'kvm' }],
  ])('take all the room of %s, and no more at any moment', async (_, candidates) => {
    const { bed, process, place, news } = await placing(two);
    await process.create.execute({ context: bed.context(), wanted: { name: 'kvm', availabilityZone: null } } as never);
    for (const host of ['a', 'b']) await process.addHost.execute({ context: bed.context(), id: 1, host } as never);
    const second = bed.process();
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, n) => {
        const guest = sampleGuest(`g${String(n)}`);
        return place(guest, candidates);
      }),
    );
    expect(outcomes.filter(({ kind }) => kind === 'accepted')).toHaveLength(150);
    for (const outcome of outcomes) {
      if (outcome.kind === 'refused')
        expect({ [outcome.code]: outcome.facts }).toEqual(full(['a', 'no-room'], ['b', 'no-room']));
    }
    expectWithin(150, await news());
    expect(
      await second.placeGuest.execute(new PlaceGuest(bed.context(), candidates, null, sampleGuest('g200'), owner)),
    ).toMatchObject({ code: 'no-capacity' });
  });

  it('spread evenly over hosts of one size', async () => {
    const { place } = await placing([small('a', 64), small('b', 64)]);
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, n) => place(sampleGuest(`g${String(n)}`))));
    const hosts = outcomes.map((outcome) => (outcome.kind === 'accepted' ? outcome.answer.serviceHost : outcome.code));
    expect(hosts.filter((host) => host === 'a')).toHaveLength(10);
    expect(hosts.filter((host) => host === 'b')).toHaveLength(10);
  });

  it('while others are removed never overfill a host, nor are refused when as many fit', async () => {
    const { place, remove, news } = await placing(two);
    await Promise.all(
      Array.from({ length: 75 }, async (_, n) => {
        for (let round = 0; round < 5; round += 1) {
          const id = `g${String(n)}.${String(round)}`;
          const [one, other] = await Promise.all([place(sampleGuest(id)), place(sampleGuest(`${id}+`))]);
          if (one.kind === 'refused' || other.kind === 'refused') throw new Error('there was room');
          await remove(one.answer.nativeId, id);
          await remove(other.answer.nativeId, `${id}+`);
        }
      }),
    );
    const log = await news();
    expectWithin(150, log);
    expect(log).toHaveLength(75 * 5 * 4);
  });
});

type Logged = { readonly type: string; readonly data: Record<string, unknown> };

/** After every event the guests of its host fit, and are what the event says they are together. */
function expectWithin(vcpus: number, log: readonly Logged[]): void {
  const used = new Map<string, Map<string, number>>();
  for (const { type, data } of log) {
    if (!type.startsWith('Guest')) continue;
    const guests = used.get(data.uuid as string) ?? new Map<string, number>();
    used.set(data.uuid as string, guests);
    const guest = data.guest as WantedGuest | undefined;
    if (guest === undefined) expect(guests.delete(data.guestUuid as string)).toBe(true);
    else guests.set(guest.uuid, guest.vcpus);
    const sum = [...guests.values()].reduce((all, one) => all + one, 0);
    expect(data.placed as GuestSums).toMatchObject({ guests: guests.size, vcpus: sum });
    expect(sum).toBeLessThanOrEqual(vcpus);
  }
}
