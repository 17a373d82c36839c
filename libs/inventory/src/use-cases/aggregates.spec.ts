import { describe, expect, it } from '@jest/globals';
import {
  AddHostToAggregate,
  CacheImages,
  CreateAggregate,
  DeleteAggregate,
  RemoveHostFromAggregate,
  SetAggregateMetadata,
  UpdateAggregate,
} from '../contracts.js';
import { InventoryBed, knownImage, sampleGuest, sampleHost } from './inventory-bed.contract.js';

async function bedWithHosts() {
  const bed = new InventoryBed([sampleHost('free'), sampleHost('busy', { guests: [sampleGuest('g1')] })]);
  const process = bed.process();
  await process.discover();
  const { length } = await bed.log();
  const create = (name: string, availabilityZone: string | null = null) =>
    process.create.execute(new CreateAggregate(bed.context(), { name, availabilityZone }));
  const add = (id: number, host: string) => process.addHost.execute(new AddHostToAggregate(bed.context(), id, host));
  const drop = (id: number, host: string) =>
    process.removeHost.execute(new RemoveHostFromAggregate(bed.context(), id, host));
  const zone = (id: number, availabilityZone: string) =>
    process.update.execute(new UpdateAggregate(bed.context(), id, { availabilityZone }));
  return { bed, process, create, add, drop, zone, types: () => bed.types(length) };
}

const answer = (outcome: { readonly kind: string; readonly answer?: unknown }) => outcome.answer;

describe('aggregates', () => {
  it('live from create to delete, each answered as it then is', async () => {
    const { bed, process, create, add, drop, types } = await bedWithHosts();
    const context = () => bed.context();
    const made = await create('gpu', 'nova');
    expect(answer(made)).toMatchObject({ id: 1, name: 'gpu', hosts: [], createdAt: bed.clock.now(), updatedAt: null });
    expect(answer(await add(1, 'busy'))).toMatchObject({
      hosts: ['busy'],
      uuid: (answer(made) as { uuid: string }).uuid,
    });
    expect(answer(await add(1, 'free'))).toMatchObject({ hosts: ['busy', 'free'] });
    await bed.clock.advance(5);
    const renamed = await process.update.execute(new UpdateAggregate(context(), 1, { name: 'gpu-2' }));
    expect(answer(renamed)).toMatchObject({ name: 'gpu-2', availabilityZone: 'nova', updatedAt: bed.clock.now() });
    const tagged = await process.setMetadata.execute(new SetAggregateMetadata(context(), 1, { ssd: 'true', x: null }));
    expect(answer(tagged)).toMatchObject({ metadata: { availability_zone: 'nova', ssd: 'true' } });
    expect(await process.remove.execute(new DeleteAggregate(context(), 1))).toMatchObject({
      code: 'aggregate-not-empty',
    });
    await drop(1, 'busy');
    expect(answer(await drop(1, 'free'))).toMatchObject({ hosts: [] });
    expect(await process.remove.execute(new DeleteAggregate(context(), 1))).toMatchObject({
      kind: 'accepted',
      answer: undefined,
    });
    expect(await types()).toEqual([
      'AggregateCreated',
      'HostAddedToAggregate',
      'HostAddedToAggregate',
      'AggregateRenamed',
      'AggregateMetadataSet',
      'HostRemovedFromAggregate',
      'HostRemovedFromAggregate',
      'AggregateDeleted',
    ]);
  });

  it('take hosts with servers only where these stay in their zone, and count the servers as they are', async () => {
    const { bed, process, create, add, drop, zone } = await bedWithHosts();
    await create('hall', 'hall-a');
    await create('plain');
    expect(await add(1, 'busy')).toMatchObject({
      code: 'host-has-servers',
      facts: { id: 1, host: 'busy', direction: 'add', fromZone: 'nova', toZone: 'hall-a', servers: 1 },
    });
    expect((await add(2, 'busy')).kind).toBe('accepted');
    expect(await zone(2, 'hall-b')).toMatchObject({ code: 'zone-has-servers', facts: { id: 2 } });
    bed.provider.control.removeGuest('busy', 'g1');
    await process.discover();
    await process.discover();
    expect(answer(await zone(2, 'hall-b'))).toMatchObject({ availabilityZone: 'hall-b' });
    expect(await add(1, 'busy')).toMatchObject({ code: 'host-in-other-zone', facts: { id: 1, zones: ['hall-b'] } });
    bed.provider.control.putGuest('busy', sampleGuest('g2'));
    await process.discover();
    expect(await drop(2, 'busy')).toMatchObject({
      code: 'host-has-servers',
      facts: { direction: 'remove', fromZone: 'hall-b', toZone: 'nova', servers: 1 },
    });
  });

  it('know hosts by their exact names, and let vanished ones go but not come', async () => {
    const { bed, process, create, add, drop } = await bedWithHosts();
    await create('a', 'hall-a');
    await create('b');
    for (const name of ['Free', 'nowhere', '__proto__']) {
      expect(await add(1, name)).toMatchObject({ code: 'host-unknown', facts: { host: name } });
      expect(await drop(1, name)).toMatchObject({ code: 'host-unknown' });
    }
    await add(1, 'free');
    bed.provider.control.removeHost('free');
    await process.discover();
    await process.discover();
    expect(await add(2, 'free')).toMatchObject({ code: 'host-unknown' });
    expect(answer(await drop(1, 'free'))).toMatchObject({ hosts: [] });
  });

  it('of one name made at the same instant: one is made, the others are refused', async () => {
    const { bed, create } = await bedWithHosts();
    const other = bed.process();
    const outcomes = await Promise.all([
      ...Array.from({ length: 8 }, () => create('same')),
      ...Array.from({ length: 8 }, () =>
        other.create.execute(new CreateAggregate(bed.context(), { name: 'same', availabilityZone: null })),
      ),
    ]);
    const codes = outcomes.map((outcome) => (outcome.kind === 'accepted' ? 'accepted' : outcome.code)).sort();
    expect(codes).toEqual(['accepted', ...Array.from({ length: 15 }, () => 'aggregate-name-taken')]);
  });

  it('keep every key of metadata set at the same time, from two processes', async () => {
    const { bed, process, create } = await bedWithHosts();
    await create('a');
    const both = [process, bed.process()];
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        both[n % 2]!.setMetadata.execute(
          new SetAggregateMetadata(bed.context(), 1, { [`key-${String(n)}`]: String(n) }),
        ),
      ),
    );
    expect(outcomes.filter(({ kind }) => kind === 'refused')).toEqual([]);
    const last = await bed.process().setMetadata.execute(new SetAggregateMetadata(bed.context(), 1, {}));
    expect(Object.keys((answer(last) as { metadata: object }).metadata)).toHaveLength(40);
  });

  it('answer a command that comes again with its first outcome', async () => {
    const { bed, process, types } = await bedWithHosts();
    const context = bed.context({ repeatable: true });
    const wanted = { name: 'a', availabilityZone: null };
    const first = await process.create.execute(new CreateAggregate(context, wanted));
    const again = await process.create.execute(new CreateAggregate(context, wanted));
    expect(again).toMatchObject({ repeated: true, answer: answer(first) });
    expect(await types()).toEqual(['AggregateCreated']);
  });
});

describe('caching images', () => {
  const request = (id: number, bed: InventoryBed, images: readonly string[] = [knownImage]) =>
    new CacheImages(bed.context(), id, images);

  it.each([
    ['an unknown aggregate', 9, ['x'], 'aggregate-unknown'],
    ['an unknown image', 1, [knownImage, 'x', 'y'], 'image-unknown'],
  ])('is refused for %s', async (_what, id, images, code) => {
    const { bed, process, create } = await bedWithHosts();
    await create('a');
    expect(await process.cacheImages.execute(request(id, bed, images))).toMatchObject({ code });
  });

  it('tries each host, notes what came of it, and finishes; done again it changes nothing', async () => {
    const { bed, process, create, add } = await bedWithHosts();
    await create('a');
    await add(1, 'free');
    await add(1, 'busy');
    bed.provider.control.silence('busy');
    const { length } = await bed.log();
    const outcome = await process.cacheImages.execute(request(1, bed));
    if (outcome.kind !== 'accepted') throw new Error(outcome.code);
    const { process: saga, handlers } = process.imageCaching.running;
    const envelope = { event: outcome.events[0] } as never;
    const reactions = saga.react({}, envelope, '');
    for (const round of [1, 2]) {
      for (const [index, reaction] of reactions.entries()) {
        if (reaction.kind !== 'do') throw new Error(reaction.kind);
        const commandId = `00000000-0000-4000-8000-00000000000${String(index)}`;
        await handlers[reaction.name]?.(reaction.input, bed.context({ commandId, repeatable: true }));
      }
      expect([round, new Set(await bed.types(length))]).toEqual([
        round,
        new Set(['ImageCachingRequested', 'ImageCached', 'ImageCachingFailed', 'ImageCachingFinished']),
      ]);
    }
    expect(await bed.types(length)).toHaveLength(4);
    expect(bed.provider.control.fetches('free', knownImage)).toBe(1);
    const failed = (await bed.log(length)).find(({ type }) => type === 'ImageCachingFailed');
    expect(failed?.data.reason).toBe('busy does not answer');
  });
});
