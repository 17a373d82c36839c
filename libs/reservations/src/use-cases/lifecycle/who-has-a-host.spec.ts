import { TakeHost } from '#inventory';
import { DeleteLease } from '../../contracts.js';
import { FreePool } from '../hosts/free-pool.js';
import { ada, hosts, instances, LifecycleBed, minute } from './lifecycle-bed.contract.js';

async function oneHost(processes = true) {
  const bed = new LifecycleBed(['node-1']);
  const server = await bed.started({ processes });
  await server.enrol('node-1');
  return { bed, server };
}

const uuidIn = (lease: {
  readonly reservations: readonly { readonly hosts: readonly { hypervisorUuid: string }[] }[];
}) => lease.reservations[0]?.hosts[0]?.hypervisorUuid ?? '';

describe('a host', () => {
  it('stays with who has it, whoever is late with letting the one before out', async () => {
    const { bed, server } = await oneHost();
    const first = await server.create(1, 5, [hosts(1)]);
    const second = await server.create(5, 60, [hosts(1)]);
    await bed.pass(6 * minute);
    const before = (await bed.events()).length;
    await bed.until(server.lifecycle.leave(first.id, first.reservations[0]?.id ?? '', uuidIn(first), bed.context()));
    await bed.until(server.module.get(FreePool).add(uuidIn(first), bed.context()));
    expect(await bed.aggregate(second.reservations[0]?.id)).toMatchObject({ hosts: ['node-1'] });
    expect(await bed.aggregate('freepool')).toMatchObject({ hosts: [] });
    expect(await bed.events()).toHaveLength(before);
    expect(await bed.wrongs()).toEqual([]);
  });

  it("that nobody's lease has taken is vacant before long", async () => {
    const { bed, server } = await oneHost();
    const lease = await server.create(1, 5, [hosts(1)]);
    await bed.pass(10 * minute);
    const unknown = '00000000-0000-4000-8000-000000000000';
    for (const leaseId of [lease.id, unknown]) {
      await server.ask(new TakeHost(bed.context(), uuidIn(lease), leaseId, lease.reservations[0]?.id ?? ''));
      expect(await bed.wrongs()).toHaveLength(2);
      await bed.pass(minute + 1_000);
      expect(await bed.wrongs()).toEqual([]);
    }
  });

  it('is free when a deletion or an end is answered, though no process runs yet', async () => {
    const { bed, server } = await oneHost(false);
    const pending = await server.create(0, 5, [hosts(1)]);
    await server.ask(new DeleteLease(bed.context(), ada, pending.id));
    const active = await server.create(0, 5, [hosts(1)]);
    await bed.until(server.lifecycle.advance(active.id, bed.context()));
    expect(await server.status(active.id)).toBe('ACTIVE');
    await server.ask(new DeleteLease(bed.context(), ada, active.id));
    const ending = await server.create(0, 5, [hosts(1)]);
    await bed.until(server.lifecycle.advance(ending.id, bed.context()));
    await bed.pass(5 * minute);
    await bed.until(server.lifecycle.advance(ending.id, bed.context()));
    expect(await server.status(ending.id)).toBe('TERMINATED');
    expect((await bed.events()).filter(({ type }) => type === 'AllocationsReleased')).toHaveLength(3);
    expect((await server.withdraw('1')).kind).toBe('accepted');
  });

  it('nothing of instances is left when the deletion of their lease is answered', async () => {
    const { bed, server } = await oneHost(false);
    const { id, reservations } = await server.create(1, 5, [instances(1)]);
    await server.ask(new DeleteLease(bed.context(), ada, id));
    expect(await bed.aggregate(reservations[0]?.id)).toBeUndefined();
    expect(await bed.types('region-RegionOne')).toEqual(['RegionFlavorCreated', 'RegionFlavorDeleted']);
  });
});
