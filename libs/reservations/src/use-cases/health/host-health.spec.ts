import { hosts, LifecycleBed, minute, type LifecycleServer } from '../lifecycle/lifecycle-bed.contract.js';

const stranger = '0d9e5bd1-4a5e-4b55-9a53-1c2f1f0f7c10';

async function start(settings = {}, enrolled: readonly string[] = ['node-1', 'node-2']) {
  const bed = new LifecycleBed(['node-1', 'node-2', 'node-3'], settings);
  const server = await bed.started();
  for (const name of enrolled) await server.enrol(name);
  return { bed, server };
}

const disable = (server: LifecycleServer, id: string) => server.service(id, { kind: 'disable', reason: 'fan' });
const hostsOf = async (server: LifecycleServer, id: string) =>
  (await server.lease(id))?.reservations[0]?.hosts.map(({ hostId }) => hostId);

describe('a host whose hypervisor fails', () => {
  it.each([
    ['is disabled', { kind: 'disable', reason: null }, { kind: 'enable' }],
    ['is forced down', { kind: 'force-down' }, { kind: 'lift-force-down' }],
  ] as const)('that %s cannot be reserved until it recovers', async (_what, failure, recovery) => {
    const { bed, server } = await start({}, ['node-1']);
    await server.service('1', failure);
    await bed.pass(1_000);
    await expect(server.create(1, 9, [hosts(1)])).rejects.toThrow('not-enough-hosts');
    await server.service('1', recovery);
    await bed.pass(1_000);
    expect((await server.create(1, 9, [hosts(1)])).status).toBe('PENDING');
  });

  it('because nothing is heard of it, or it vanished, cannot be reserved either', async () => {
    const { bed, server } = await start();
    bed.provider.control.silence('node-1');
    await bed.pass(2 * minute);
    await server.checkHeartbeats();
    await bed.pass(1_000);
    await expect(server.create(1, 9, [hosts(2)])).rejects.toThrow('not-enough-hosts');
    bed.provider.control.removeHost('node-2');
    await server.discover();
    await server.discover();
    await bed.pass(1_000);
    await expect(server.create(1, 9, [hosts(1)])).rejects.toThrow('not-enough-hosts');
  });

  it('is replaced at once where its reservation begins within the healing interval', async () => {
    const { bed, server } = await start();
    const { id } = await server.create(30, 90, [hosts(1)]);
    expect(await hostsOf(server, id)).toEqual(['1']);
    await disable(server, '1');
    await bed.pass(2_000);
    expect(await server.lease(id)).toMatchObject({ degraded: false, reservations: [{ missingResources: false }] });
    expect(await hostsOf(server, id)).toEqual(['2']);
    await bed.pass(31 * minute);
    expect(await server.status(id)).toBe('ACTIVE');
    expect(await bed.wrongs()).toEqual([]);
  });

  it('is replaced later where it begins later, by whoever runs then', async () => {
    const { bed, server } = await start();
    const { id } = await server.create(3 * 60, 4 * 60, [hosts(1)]);
    await disable(server, '1');
    await bed.pass(110 * minute);
    expect(await hostsOf(server, id)).toEqual(['1']);
    await bed.pass(11 * minute);
    expect(await hostsOf(server, id)).toEqual(['2']);

    const late = await server.create(6 * 60, 7 * 60, [hosts(1)]);
    await server.service('1', { kind: 'enable' });
    await disable(server, (await hostsOf(server, late.id))?.[0] ?? '');
    await bed.pass(minute);
    await server.kill();
    const second = await bed.started();
    await bed.pass(4 * 60 * minute + 58 * minute);
    const [before] = (await hostsOf(second, late.id)) ?? [];
    await bed.pass(3 * minute);
    expect(await hostsOf(second, late.id)).not.toEqual([before]);
  });

  it('that recovers in time stays', async () => {
    const { bed, server } = await start();
    const { id } = await server.create(3 * 60, 4 * 60, [hosts(1)]);
    await disable(server, '1');
    await bed.pass(110 * minute);
    await server.service('1', { kind: 'enable' });
    await bed.pass(20 * minute);
    expect(await hostsOf(server, id)).toEqual(['1']);
  });

  it('of an active reservation: the other moves in, this one is left and cleaned as soon as it answers', async () => {
    const { bed, server } = await start();
    const { id, reservations } = await server.create(1, 600, [hosts(1)]);
    await bed.pass(2 * minute);
    bed.provider.control.putGuest('node-1', bed.guest(stranger));
    bed.provider.control.failNext('listGuests', 3);
    await disable(server, '1');
    await bed.pass(3_000);
    expect(await server.lease(id)).toMatchObject({ degraded: true, reservations: [{ resourcesChanged: true }] });
    expect(await bed.aggregate(reservations[0]?.id)).toMatchObject({ hosts: ['node-2'] });
    expect(await bed.aggregate('freepool')).toMatchObject({ hosts: ['node-1'] });
    // As every minute.
    await bed.until(server.runner.sweep());
    await bed.pass(minute);
    expect(bed.provider.control.hosts.flatMap(({ guests }) => [...guests.keys()])).toEqual([]);
    expect(await bed.wrongs()).toEqual([]);
  });

  it('without an alternative is missing from then on, and the lease is degraded', async () => {
    const { bed, server } = await start({}, ['node-1']);
    const { id } = await server.create(30, 90, [hosts(1)]);
    await disable(server, '1');
    await bed.pass(2_000);
    expect(await server.lease(id)).toMatchObject({
      degraded: true,
      reservations: [{ missingResources: true, hosts: [] }],
    });
    await bed.pass(120 * minute);
    expect(await server.status(id)).toBe('TERMINATED');
    expect(await bed.wrongs()).toEqual([]);
  });

  it('stays as it is where hosts are not watched', async () => {
    const { bed, server } = await start({ monitorsHosts: false }, ['node-1']);
    const { id } = await server.create(30, 90, [hosts(1)]);
    await disable(server, '1');
    await bed.pass(5 * minute);
    expect(await hostsOf(server, id)).toEqual(['1']);
    expect((await server.create(100, 120, [hosts(1)])).status).toBe('PENDING');
  });
});
