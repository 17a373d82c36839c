import { describe, expect, it } from '@jest/globals';
import type { CommandContext } from '#kernel';
import { DestroyServersOfFlavor, ImageServers } from '../../contracts.js';
import { hypervisorUuid } from '../discovery/sightings.js';
import { InventoryBed, sampleGuest, sampleHost } from '../inventory-bed.contract.js';

const uuid = hypervisorUuid('simulated', 'a');
const server = (id: string, flavorId: string | null) => ({ ...sampleGuest(id), flavorId });

async function started() {
  const bed = new InventoryBed([sampleHost('a')], 'simulated', false);
  const process = bed.process();
  await process.discover();
  const { length } = await bed.log();
  const { control } = bed.provider;
  return {
    bed,
    process,
    control,
    destroy: (flavorId = 'f1', of = uuid) =>
      process.destroyServers.execute(new DestroyServersOfFlavor(bed.context(), of, flavorId)),
    image: (context: CommandContext = bed.context(), on = process) =>
      on.imageServers.execute(new ImageServers(context, uuid)),
    types: () => bed.types(length),
    running: async () =>
      (await bed.provider.listGuests('a', { requestId: 'r', timeoutMs: 1000 })).guests.map((guest) => guest.uuid),
  };
}

describe('destroying the servers of a flavor', () => {
  it('leaves those of others, and of none', async () => {
    const { process, control, destroy, running, types } = await started();
    control.putGuest('a', server('g1', 'f1'));
    await process.discover();
    for (const guest of [server('g2', 'f2'), server('g3', null), sampleGuest('g4'), server('g5', 'f1')])
      control.putGuest('a', guest);
    expect(await destroy()).toMatchObject({ kind: 'accepted', answer: { destroyed: ['g1', 'g5'] } });
    expect(await running()).toEqual(['g2', 'g3', 'g4']);
    const events = (await types()).filter((type) => type !== 'ResourcesReported');
    expect(events).toEqual(['GuestFound', 'GuestDestructionRequested', 'GuestGone', 'GuestGone']);
    expect(await destroy()).toMatchObject({ kind: 'accepted', answer: { destroyed: [] } });
  });

  it('goes on where it failed', async () => {
    const { control, destroy, running } = await started();
    control.putGuest('a', server('g1', 'f1'));
    control.failNext('destroyGuest');
    await expect(destroy()).rejects.toMatchObject({ name: 'ProviderError', kind: 'retry' });
    expect(await running()).toEqual(['g1']);
    expect(await destroy()).toMatchObject({ answer: { destroyed: ['g1'] } });
  });

  it('is refused where there is no such hypervisor', async () => {
    const { destroy } = await started();
    expect(await destroy('f1', hypervisorUuid('simulated', 'z'))).toMatchObject({ code: 'hypervisor-unknown' });
  });
});

describe('imaging the servers of a host', () => {
  async function withServers(...ids: readonly string[]) {
    const world = await started();
    for (const id of ids) world.control.putGuest('a', sampleGuest(id));
    const made = () => ids.map((id) => world.control.images('a', id).length);
    return { ...world, made };
  }

  it('makes one of each, and says which; the intent is told first', async () => {
    const { image, made, control, types } = await withServers('g1', 'g2');
    const outcome = await image();
    expect(outcome).toMatchObject({ kind: 'accepted', answer: [{ guestUuid: 'g1' }, { guestUuid: 'g2' }] });
    expect(made()).toEqual([1, 1]);
    const [first] = outcome.kind === 'accepted' ? outcome.answer : [];
    expect(control.images('a', 'g1')).toEqual([{ imageId: first?.imageId, name: first?.name }]);
    expect(first?.name).toMatch(/^instance-g1-\d{8}T\d{6}Z$/);
    expect(await types()).toEqual(['GuestImagingRequested', 'GuestImaged', 'GuestImaged']);
  });

  it('again with the same context: the same images, whatever came and went meanwhile', async () => {
    const { bed, image, made, control, types } = await withServers('g1', 'g2');
    const context = bed.context();
    const first = await image(context);
    control.removeGuest('a', 'g1');
    control.putGuest('a', sampleGuest('g3'));
    await bed.clock.advance(90_000);
    const second = await image(context, bed.process());
    expect(second).toMatchObject({ kind: 'accepted', answer: (first as { answer: unknown }).answer });
    expect([...made(), control.images('a', 'g3').length]).toEqual([1, 1, 0]);
    expect(await types()).toHaveLength(3);
  });

  it('with another context makes others', async () => {
    const { image, made } = await withServers('g1');
    await image();
    await image();
    expect(made()).toEqual([2]);
  });

  it('goes on where it failed, with what was meant at first', async () => {
    const { bed, image, made, control } = await withServers('g1', 'g2', 'g3');
    const context = bed.context();
    control.failNext('imageGuest');
    await expect(image(context)).rejects.toMatchObject({ name: 'ProviderError', kind: 'retry' });
    expect(await image(context)).toMatchObject({
      answer: [{ guestUuid: 'g1' }, { guestUuid: 'g2' }, { guestUuid: 'g3' }],
    });
    expect(made()).toEqual([1, 1, 1]);
  });

  it('leaves out one that is gone before its turn', async () => {
    const { bed, image, control } = await withServers('g1', 'g2');
    const context = bed.context();
    control.failNext('imageGuest', 2);
    await expect(image(context)).rejects.toMatchObject({ kind: 'retry' });
    control.removeGuest('a', 'g1');
    expect(await image(context)).toMatchObject({ answer: [{ guestUuid: 'g2' }] });
  });

  it('fails where the provider never will', async () => {
    const { image, control } = await withServers('g1');
    control.failNext('imageGuest', 1, 'permanent');
    await expect(image()).rejects.toMatchObject({ kind: 'permanent' });
  });

  it('has nothing to do on a host without servers, and does not trust a partial listing', async () => {
    const { image, control, types } = await withServers();
    expect(await image()).toMatchObject({ kind: 'accepted', answer: [] });
    expect(await types()).toEqual([]);
    control.listGuestsPartially();
    await expect(image()).rejects.toMatchObject({ kind: 'retry' });
  });
});
