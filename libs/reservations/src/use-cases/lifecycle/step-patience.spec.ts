import { hosts, LifecycleBed, minute } from './lifecycle-bed.contract.js';

const stranger = '0d9e5bd1-4a5e-4b55-9a53-1c2f1f0f7c10';

/** A lease whose start waits for its host, which somebody is on; `free` takes them away. */
async function starting() {
  const bed = new LifecycleBed(['node-1']);
  const server = await bed.started();
  await server.enrol('node-1');
  const { id } = await server.create(1, 20, [hosts(1)]);
  bed.provider.control.putGuest('node-1', bed.guest(stranger));
  await server.discover();
  await bed.pass(minute + 3_000);
  expect(await server.status(id)).toBe('STARTING');
  const free = async () => {
    bed.provider.control.removeGuest('node-1', stranger);
    await server.discover();
    await server.discover();
  };
  return { bed, server, id, free };
}

describe('whoever comes upon a lease that is starting', () => {
  it('waits until it has, and then changes it', async () => {
    const { bed, server, id, free } = await starting();
    await free();
    const outcome = await server.update(id, { name: 'renamed' });
    expect(outcome).toMatchObject({ kind: 'accepted', answer: { name: 'renamed', status: 'ACTIVE' } });
    expect(await bed.wrongs()).toEqual([]);
  });

  it('waits until it has, and then deletes it', async () => {
    const { bed, server, id, free } = await starting();
    await free();
    expect((await server.remove(id)).kind).toBe('accepted');
    expect(await server.status(id)).toBeUndefined();
    expect(await bed.wrongs()).toEqual([]);
  });

  it('does not wait for longer than a moment', async () => {
    const { bed, server, id } = await starting();
    const before = bed.clock.now();
    expect(await server.update(id, { name: 'renamed' })).toMatchObject({ code: 'lease-status-invalid' });
    expect(await server.remove(id)).toMatchObject({ code: 'lease-status-invalid' });
    expect(bed.clock.now() - before).toBeLessThan(3_000);
    expect((await server.lease(id))?.name).not.toBe('renamed');
    expect(await server.status(id)).toBe('STARTING');
  });

  it('two that delete it are both told so when it is gone', async () => {
    const { bed, server, id, free } = await starting();
    await free();
    const [first, second] = await Promise.all([server.remove(id), server.remove(id)]);
    expect([first.kind, second.kind]).toEqual(['accepted', 'accepted']);
    expect(await server.status(id)).toBeUndefined();
    expect((await bed.types(`lease-${id}`)).filter((type) => type === 'LeaseDeleted')).toHaveLength(1);
    expect(await bed.wrongs()).toEqual([]);
  });
});
