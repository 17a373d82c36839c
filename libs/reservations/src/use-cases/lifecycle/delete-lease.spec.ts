import { hosts, instances, LifecycleBed, minute, operator } from './lifecycle-bed.contract.js';

const stranger = '0d9e5bd1-4a5e-4b55-9a53-1c2f1f0f7c10';

async function oneHost() {
  const bed = new LifecycleBed(['node-1']);
  const server = await bed.started();
  await server.enrol('node-1');
  return { bed, server };
}

describe('deleting a lease', () => {
  it('that nobody knows, or of another project, is refused; an administrator may', async () => {
    const { bed, server } = await oneHost();
    const { id } = await server.create(10, 20, [hosts(1)]);
    const unknown = '00000000-0000-4000-8000-000000000000';
    expect(await server.remove(unknown)).toMatchObject({ code: 'lease-unknown', facts: { leaseId: unknown } });
    const bob = { userId: 'bob', projectId: 'wings', administrator: false };
    expect(await server.remove(id, bob)).toMatchObject({ code: 'not-the-project', facts: { leaseId: id } });
    expect(await server.status(id)).toBe('PENDING');
    expect((await server.remove(id, operator)).kind).toBe('accepted');
    expect(await server.remove(id, operator)).toMatchObject({ code: 'lease-unknown' });
    expect(await bed.wrongs()).toEqual([]);
  });

  it('again with the same repeatable command is answered as before', async () => {
    const { bed, server } = await oneHost();
    const pending = await server.create(10, 20, [hosts(1)]);
    const more = { commandId: '7e6c9a39-9f0e-4b7e-8f8e-1c7d0f6a2b11', repeatable: true };
    expect((await server.remove(pending.id, undefined, more)).kind).toBe('accepted');
    const length = (await bed.events()).length;
    expect((await server.remove(pending.id, undefined, more)).kind).toBe('accepted');
    expect(await bed.events()).toHaveLength(length);
  });

  it('frees its hosts at once: before its start, while it is active, and after its end', async () => {
    const { bed, server } = await oneHost();
    for (const passed of [0, 2 * minute, 25 * minute]) {
      const { id } = await server.create(1, 20, [hosts(1)]);
      await bed.pass(passed);
      expect((await server.remove(id)).kind).toBe('accepted');
      expect(await bed.wrongs()).toEqual([]);
    }
    expect(await bed.aggregate('freepool')).toMatchObject({ hosts: ['node-1'] });
  });

  it('that is active removes its servers before the answer', async () => {
    const { bed, server } = await oneHost();
    const { id } = await server.create(1, 20, [hosts(1)]);
    await bed.pass(2 * minute);
    bed.provider.control.putGuest('node-1', bed.guest(stranger));
    await server.remove(id);
    expect(bed.provider.control.hosts.flatMap(({ guests }) => [...guests.keys()])).toEqual([]);
    const [next] = (await server.create(0, 20, [hosts(1)])).reservations;
    await bed.pass(2_000);
    expect(await bed.aggregate(next?.id)).toMatchObject({ hosts: ['node-1'] });
    expect(await bed.wrongs()).toEqual([]);
  });

  it('for instances removes their aggregate and flavor, also before its start', async () => {
    const { bed, server } = await oneHost();
    const { id, reservations } = await server.create(1, 20, [instances(1)]);
    expect(await bed.aggregate(reservations[0]?.id)).toBeDefined();
    await server.remove(id);
    expect(await bed.aggregate(reservations[0]?.id)).toBeUndefined();
    expect(await bed.types('region-RegionOne')).toEqual(['RegionFlavorCreated', 'RegionFlavorDeleted']);
  });

  it('during its start is refused, and the start goes on', async () => {
    const { bed, server } = await oneHost();
    const { id } = await server.create(1, 20, [hosts(1)]);
    bed.provider.control.putGuest('node-1', bed.guest(stranger));
    await server.discover();
    await bed.pass(minute + 3_000);
    const refused = { kind: 'refused', code: 'lease-status-invalid', facts: { leaseId: id, status: 'STARTING' } };
    expect(await server.remove(id)).toEqual(refused);
    bed.provider.control.removeGuest('node-1', stranger);
    await server.discover();
    await server.discover();
    await bed.pass(1_000);
    expect(await server.status(id)).toBe('ACTIVE');
    expect(await bed.wrongs()).toEqual([]);
  });

  it('during its end is refused, and the end goes on', async () => {
    const { bed, server } = await oneHost();
    const { id } = await server.create(1, 5, [hosts(1)]);
    await bed.pass(2 * minute);
    bed.provider.control.putGuest('node-1', bed.guest(stranger));
    bed.provider.control.failNext('destroyGuest', 3);
    await bed.pass(3 * minute + 1_000);
    const refused = { kind: 'refused', code: 'lease-status-invalid', facts: { leaseId: id, status: 'TERMINATING' } };
    expect(await server.remove(id)).toEqual(refused);
    await bed.pass(10_000);
    expect(await server.status(id)).toBe('TERMINATED');
    expect((await server.remove(id)).kind).toBe('accepted');
    expect(await bed.wrongs()).toEqual([]);
  });

  it('whose servers cannot be removed leaves it in error; deleted again later it is gone', async () => {
    const { bed, server } = await oneHost();
    const { id } = await server.create(1, 20, [hosts(1)]);
    await bed.pass(2 * minute);
    bed.provider.control.putGuest('node-1', bed.guest(stranger));
    bed.provider.control.failNext('destroyGuest', 1, 'permanent');
    expect(await server.remove(id)).toMatchObject({ code: 'lease-status-invalid', facts: { status: 'ERROR' } });
    expect(await server.lease(id)).toMatchObject({ status: 'ERROR', reservations: [{ status: 'error' }] });
    expect(await bed.aggregate('freepool')).toMatchObject({ hosts: ['node-1'] });
    expect((await server.remove(id)).kind).toBe('accepted');
    expect(await server.status(id)).toBeUndefined();
    expect(await bed.wrongs()).toEqual([]);
  });
});
