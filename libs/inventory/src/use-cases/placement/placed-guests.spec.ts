import { describe, expect, it } from '@jest/globals';
import type { Listing, Provider } from '#providers';
import { PlaceGuest, RemoveGuest, type WantedGuest } from '../../contracts.js';
import { hypervisorUuid } from '../discovery/sightings.js';
import { InventoryBed, sampleGuest, sampleHost } from '../inventory-bed.contract.js';

const uuid = hypervisorUuid('simulated', 'a');

/** A host with one machine of nobody's, discovered; `listed`: with which machines it is listed the next time. */
async function discovered(more: readonly WantedGuest[] = []) {
  const bed = new InventoryBed([sampleHost('a', { guests: [sampleGuest('x'), ...more] })]);
  const [first] = (await bed.provider.listHypervisors({ requestId: 'r', timeoutMs: 1 })).hypervisors;
  let listing: Listing = { complete: true, hypervisors: [first!] };
  let meanwhile: () => Promise<unknown> = () => Promise.resolve();
  const provider = {
    name: 'simulated',
    heartbeats: bed.provider.heartbeats.bind(bed.provider),
    /** What happens while the answer is under way is not in it. */
    listHypervisors: async () => {
      const answer = listing;
      await meanwhile();
      return answer;
    },
  } as unknown as Provider;
  const process = bed.process({}, [provider]);
  await process.discover();
  const { length } = await bed.log();
  const owner = { kind: 'pool', id: 'debian-12' } as const;
  return {
    bed,
    process,
    place: (guest: WantedGuest) =>
      process.placeGuest.execute(new PlaceGuest(bed.context(), { hosts: ['a'] }, null, guest, owner)),
    remove: (guest: string) => process.removeGuest.execute(new RemoveGuest(bed.context(), uuid, guest)),
    list: async (guests: readonly WantedGuest[], during: typeof meanwhile = () => Promise.resolve()) => {
      listing = { complete: true, hypervisors: [{ ...first!, guests }] };
      meanwhile = during;
      return process.discover();
    },
    types: () => bed.types(length),
  };
}

const [x, vm] = [sampleGuest('x'), sampleGuest('vm')];

describe('a placed guest', () => {
  it('is neither found, nor changed, nor gone by listings', async () => {
    const { place, list, types } = await discovered();
    await place(vm);
    await list([x]);
    await list([x, vm]);
    await list([x, { ...vm, vcpus: 1, name: 'other' }]);
    for (let round = 0; round < 4; round += 1) await list([x]);
    expect(await types()).toEqual(['GuestPlaced']);
  });

  it('costs no commands while the listing stays as it is', async () => {
    const { bed, process, place, list } = await discovered();
    await place(vm);
    await list([x, vm]);
    await list([x]);
    await list([x]);
    const { length } = await bed.log();
    let commands = 0;
    const { executor } = process;
    const execute = executor.execute.bind(executor);
    executor.execute = ((...parts: Parameters<typeof execute>) => {
      commands += 1;
      return execute(...parts);
    }) as typeof execute;
    for (let round = 0; round < 3; round += 1) await list([x]);
    expect([commands, await bed.types(length)]).toEqual([0, []]);
  });

  it('is not brought back by a listing that was begun before it was removed', async () => {
    const { place, remove, list, types } = await discovered();
    await place(vm);
    await list([x, vm], () => remove('vm'));
    await list([x]);
    await list([x]);
    expect(await types()).toEqual(['GuestPlaced', 'GuestRemoved']);
  });

  it('that is still there long after it was removed is found, although the listing stays the same', async () => {
    const { bed, place, remove, list, types } = await discovered();
    await place(vm);
    await remove('vm');
    await list([x, vm]);
    await list([x, vm]);
    expect(await types()).toEqual(['GuestPlaced', 'GuestRemoved']);
    await bed.clock.advance(600_001);
    await list([x, vm]);
    expect(await types()).toEqual(['GuestPlaced', 'GuestRemoved', 'GuestFound']);
  });

  it('that was found before its owner came is gone only when the owner says so', async () => {
    const { place, remove, list, types } = await discovered([vm]);
    await place(vm);
    for (let round = 0; round < 4; round += 1) await list([x]);
    expect(await types()).toEqual(['GuestPlaced']);
    await remove('vm');
    await list([x]);
    expect(await types()).toEqual(['GuestPlaced', 'GuestRemoved']);
  });

  it('binds its host to its zone', async () => {
    const { bed, process, place, remove, list } = await discovered();
    await list([]);
    await list([]);
    await process.create.execute({ context: bed.context(), wanted: { name: 'z', availabilityZone: 'z1' } } as never);
    const add = () => process.addHost.execute({ context: bed.context(), id: 1, host: 'a' } as never);
    await place(vm);
    expect(await add()).toMatchObject({ code: 'host-has-servers', facts: { servers: 1 } });
    await remove('vm');
    expect(await add()).toMatchObject({ kind: 'accepted' });
  });
});

describe('machines of nobody', () => {
  it('that are too many for one command come with the next listing, although it stays the same', async () => {
    const { list, types } = await discovered();
    const many = Array.from({ length: 2500 }, (_, n) => sampleGuest(`x${String(n)}`));
    await list(many);
    expect(await types()).toHaveLength(2000);
    await list(many);
    expect((await types()).filter((type) => type === 'GuestFound')).toHaveLength(2500);
  });
});
