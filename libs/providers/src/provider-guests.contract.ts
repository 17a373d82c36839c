import { expect, it } from '@jest/globals';
import type { ProviderUnderContract } from './contract-subject.js';
import { ProviderError, type ProviderCall, type ProviderGuest, type VmSpec } from './port.js';

const guest = (uuid: string, more: Partial<ProviderGuest> = {}): ProviderGuest => ({
  ...{ uuid, name: `instance-${uuid}`, vcpus: 2, memoryMb: 4096, diskGb: 20 },
  ...more,
});

/** The part of the suite that concerns guests: machines on a host, whoever made them. */
export function guestContract(
  open: () => Promise<ProviderUnderContract>,
  call: (more?: Partial<ProviderCall>) => ProviderCall,
): void {
  async function withGuests(...guests: readonly ProviderGuest[]) {
    const subject = await open();
    const { provider, template } = subject;
    const [on, other] = subject.nativeIds;
    for (const each of guests) await subject.putGuest(on, each);
    const spec: VmSpec = {
      ...{ vmId: 'made', name: 'brisk-otter', pool: 'alma-9', domain: null, hypervisor: on, template },
      ...{ cloneTarget: null, folder: null, datastore: null, vcpus: 2, memoryMb: 4096, diskGb: 20 },
    };
    const uuids = async (nativeId: string = on) => (await provider.listGuests(nativeId, call())).guests.map(({ uuid }) => uuid).sort(); // prettier-ignore
    return { subject, provider, on, other, spec, uuids };
  }

  it('lists every guest of a host, whoever made it, and of no other', async () => {
    const { subject, provider, on, other, spec, uuids } = await withGuests(guest('g1'));
    await subject.putGuest(other, guest('g2'));
    await provider.createVm(spec, call());
    expect([await uuids(), await uuids(other)]).toEqual([['g1', 'made'], ['g2']]);
    const listing = await provider.listGuests(on, call());
    expect(listing.complete).toBe(true);
    const { hypervisors } = await provider.listHypervisors(call());
    expect(listing.guests).toEqual(hypervisors.find(({ nativeId }) => nativeId === on)?.guests);
  });

  it('tells the flavor of a guest, or none', async () => {
    const { provider, on } = await withGuests(
      guest('g1', { flavorId: 'f1' }),
      guest('g2', { flavorId: null }),
      guest('g3'),
    );
    const { guests } = await provider.listGuests(on, call());
    expect(guests.map(({ flavorId }) => flavorId ?? null)).toEqual(['f1', null, null]);
  });

  it('says of a listing of guests that it is not complete', async () => {
    const { subject, provider, on } = await withGuests(guest('g1'), guest('g2'));
    await subject.listGuestsWithout('g1');
    const partial = await provider.listGuests(on, call());
    expect([partial.complete, partial.guests.map(({ uuid }) => uuid)]).toEqual([false, ['g2']]);
    expect(await provider.listGuests(on, call())).toMatchObject({ complete: true, guests: { length: 2 } });
  });

  it('destroys a guest, whoever made it, once and on its host only', async () => {
    const { subject, provider, on, other, spec, uuids } = await withGuests(guest('g1'), guest('g2'));
    await provider.createVm(spec, call());
    await subject.putGuest(other, guest('g3'));
    await provider.destroyGuest(on, 'g3', call());
    const again = call();
    for (let times = 0; times < 2; times += 1) await provider.destroyGuest(on, 'g1', again);
    await provider.destroyGuest(on, 'made', call());
    expect([await uuids(), await uuids(other)]).toEqual([['g2'], ['g3']]);
    expect(await provider.inspectVm('made', call())).toBeNull();
    await provider.destroyGuest(on, 'never was', call());
  });

  it('images a guest once for one request id, however often it is asked', async () => {
    const { subject, provider, on } = await withGuests(guest('g1'));
    const again = call();
    const first = await provider.imageGuest(on, 'g1', 'before-end', again);
    const more = await Promise.all([1, 2, 3].map(() => provider.imageGuest(on, 'g1', 'before-end', again)));
    expect(more).toEqual([first, first, first]);
    expect(await subject.images(on, 'g1')).toEqual(['before-end']);
    const another = await provider.imageGuest(on, 'g1', 'later', call());
    expect(another.imageId).not.toBe(first.imageId);
    expect(await subject.images(on, 'g1')).toEqual(['before-end', 'later']);
  });

  it('images a machine that it has made itself', async () => {
    const { subject, provider, on, spec } = await withGuests();
    await provider.createVm(spec, call());
    expect((await provider.imageGuest(on, 'made', 'before-end', call())).imageId).not.toBe('');
    expect(await subject.images(on, 'made')).toEqual(['before-end']);
  });

  it('has the image that was made for a request, also when the guest is gone', async () => {
    const { provider, on } = await withGuests(guest('g1'));
    const again = call();
    const first = await provider.imageGuest(on, 'g1', 'before-end', again);
    await provider.destroyGuest(on, 'g1', call());
    expect(await provider.imageGuest(on, 'g1', 'before-end', again)).toEqual(first);
  });

  it('does not image a guest that is not there', async () => {
    const { subject, provider, on, other } = await withGuests(guest('g1'));
    for (const [nativeId, uuid] of [
      [on, 'g9'],
      [other, 'g1'],
    ] as const)
      // prettier-ignore
      await expect(provider.imageGuest(nativeId, uuid, 'n', call())).rejects.toMatchObject({ kind: 'permanent' });
    expect(await subject.images(on, 'g1')).toEqual([]);
  });

  it.each(['listGuests', 'destroyGuest', 'imageGuest'] as const)(
    '%s has no effect when it fails, and fails for good on a host that is not there',
    async (operation) => {
      const { subject, provider, on, uuids } = await withGuests(guest('g1'));
      const run = (nativeId: string, as: ProviderCall): Promise<unknown> =>
        ({
          listGuests: () => provider.listGuests(nativeId, as),
          destroyGuest: () => provider.destroyGuest(nativeId, 'g1', as),
          imageGuest: () => provider.imageGuest(nativeId, 'g1', 'n', as),
        })[operation]();
      await expect(run('nowhere', call())).rejects.toMatchObject({ name: 'ProviderError', kind: 'permanent' });
      const again = call();
      await subject.failNext(operation);
      await expect(run(on, again)).rejects.toBeInstanceOf(ProviderError);
      expect([await uuids(), await subject.images(on, 'g1')]).toEqual([['g1'], []]);
      await run(on, again);
      expect(await uuids()).toEqual(operation === 'destroyGuest' ? [] : ['g1']);
      expect(await subject.images(on, 'g1')).toHaveLength(operation === 'imageGuest' ? 1 : 0);
    },
  );
}
