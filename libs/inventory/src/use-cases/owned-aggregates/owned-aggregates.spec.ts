import { describe, expect, it } from '@jest/globals';
import {
  AddHostToAggregate,
  CreateAggregate,
  DeleteOwnedAggregate,
  EnsureOwnedAggregate,
  MoveHosts,
  RemoveHostFromAggregate,
  type OwnedAggregate,
} from '../../contracts.js';
import { InventoryBed, sampleGuest, sampleHost } from '../inventory-bed.contract.js';

const owner = (id: string) => ({ kind: 'reservations', id }) as const;
const freepool = { name: 'freepool', owner: owner('freepool'), metadata: [] };
const running = { name: 'res', owner: owner('res'), metadata: [{ key: 'blazar:owner', value: 'p' }] };

async function started() {
  const bed = new InventoryBed([sampleHost('a', { guests: [sampleGuest('g1')] }), sampleHost('b')], 'simulated', false);
  const process = bed.process();
  await process.discover();
  const { length } = await bed.log();
  return {
    bed,
    process,
    ensure: (aggregate: OwnedAggregate = freepool, on = process) =>
      on.ensureOwned.execute(new EnsureOwnedAggregate(bed.context(), aggregate)),
    move: (...moved: readonly [readonly string[], MoveHosts['from'], MoveHosts['to'], boolean?]) =>
      process.moveHosts.execute(new MoveHosts(bed.context(), ...moved)),
    remove: (id: string) => process.deleteOwned.execute(new DeleteOwnedAggregate(bed.context(), owner(id))),
    create: (name: string, availabilityZone: string | null = null) =>
      process.create.execute(new CreateAggregate(bed.context(), { name, availabilityZone })),
    types: () => bed.types(length),
    read: () => bed.store.readAll(),
  };
}

describe('owned aggregates', () => {
  it('are there from the first moment somebody wants them, however many do', async () => {
    const { bed, process, ensure, types } = await started();
    const other = bed.process();
    const outcomes = await Promise.all([process, other, process, other].map((on) => ensure(freepool, on)));
    expect(outcomes.map((outcome) => outcome.kind === 'accepted' && outcome.answer.id)).toEqual([1, 1, 1, 1]);
    expect(await types()).toEqual(['AggregateCreated', 'AggregateOwned']);
  });

  it('take their hosts along in one append, servers and zones or not', async () => {
    const { process, bed, ensure, move, create, types } = await started();
    await ensure();
    await create('z', 'z1');
    await process.addHost.execute(new AddHostToAggregate(bed.context(), 2, 'b'));
    expect(await move(['a', 'b'], null, freepool)).toMatchObject({ answer: { from: null, to: 1 } });
    const before = (await types()).length;
    const moved = await move(['a', 'b'], owner('freepool'), running);
    expect(moved).toMatchObject({ kind: 'accepted', answer: { from: 1, to: 3 } });
    expect((await types()).slice(before)).toEqual([
      ...['HostRemovedFromAggregate', 'HostRemovedFromAggregate', 'AggregateCreated', 'AggregateOwned'],
      ...['AggregateMetadataSet', 'HostAddedToAggregate', 'HostAddedToAggregate'],
    ]);
    expect(await move(['a', 'b'], owner('res'), freepool, true)).toMatchObject({ answer: { from: null, to: 1 } });
    expect(await ensure()).toMatchObject({ answer: { hosts: ['a', 'b'], availabilityZone: null } });
  });

  it('are deleted by their owner, with the hosts that are in them', async () => {
    const { ensure, move, remove, types } = await started();
    await move(['a'], null, running);
    expect(await remove('res')).toMatchObject({ kind: 'accepted' });
    expect(await remove('res')).toMatchObject({ kind: 'accepted', events: [] });
    expect((await types()).slice(-2)).toEqual(['HostRemovedFromAggregate', 'AggregateDeleted']);
    expect(await ensure(running)).toMatchObject({ answer: { id: 2, metadata: { 'blazar:owner': 'p' } } });
  });

  it('are not changed by others, whose own rules hold as before', async () => {
    const { process, bed, move, create } = await started();
    await move(['a', 'b'], null, freepool);
    const removal = new RemoveHostFromAggregate(bed.context(), 1, 'a');
    expect(await process.removeHost.execute(removal)).toMatchObject({ code: 'aggregate-owned', facts: { id: 1 } });
    await create('z', 'z1');
    const addition = (host: string) => process.addHost.execute(new AddHostToAggregate(bed.context(), 2, host));
    expect(await addition('a')).toMatchObject({ code: 'host-has-servers', facts: { fromZone: 'nova', toZone: 'z1' } });
    expect(await addition('b')).toMatchObject({ kind: 'accepted' });
  });
});
