import { hosts, instances, LifecycleBed, minute } from './lifecycle-bed.contract.js';

const stranger = '0d9e5bd1-4a5e-4b55-9a53-1c2f1f0f7c10';

async function bedWith(count: number, settings = {}) {
  const names = Array.from({ length: count }, (_, index) => `node-${String(index + 1)}`);
  const bed = new LifecycleBed(names, settings);
  const server = await bed.started();
  for (const name of names) await server.enrol(name);
  return { bed, server };
}

const guestsIn = (bed: LifecycleBed): string[] =>
  bed.provider.control.hosts.flatMap(({ guests }) => Array.from(guests.keys()));

const imagesIn = (bed: LifecycleBed) => ['a', 'b'].flatMap((uuid) => bed.provider.control.images('node-1', uuid));

describe('a lease', () => {
  it('starts at its time with its hosts in an aggregate of its own, and ends at its time with nothing left', async () => {
    const { bed, server } = await bedWith(2);
    const { id, reservations } = await server.create(10, 20, [hosts(2)]);
    await bed.pass(9 * minute);
    expect(await server.status(id)).toBe('PENDING');
    await bed.pass(minute + 1_000);
    expect(await server.status(id)).toBe('ACTIVE');
    expect(await bed.aggregate(reservations[0]?.id)).toEqual({
      hosts: ['node-1', 'node-2'],
      metadata: { 'blazar:owner': 'engines' },
    });
    expect(await bed.aggregate('freepool')).toMatchObject({ hosts: [] });
    expect(await bed.wrongs()).toEqual([]);
    bed.provider.control.putGuest('node-1', bed.guest(stranger));
    await bed.pass(10 * minute);
    expect(await server.status(id)).toBe('TERMINATED');
    expect(await bed.aggregate('freepool')).toMatchObject({ hosts: ['node-1', 'node-2'] });
    expect(guestsIn(bed)).toEqual([]);
    expect(await bed.wrongs()).toEqual([]);
    expect(await bed.types(`lease-${id}`)).toEqual([
      'LeaseCreated',
      'LeaseStarting',
      'LeaseStarted',
      'LeaseEnding',
      'LeaseEnded',
    ]);
    expect(await server.timers.count()).toBe(0);
  });

  it('for instances has its hosts in the free pool and in its aggregate, and removes its own servers alone', async () => {
    const { bed, server } = await bedWith(1);
    const { id, reservations } = await server.create(1, 5, [instances(2)]);
    const flavorId = reservations[0]?.id ?? '';
    expect(await bed.aggregate(flavorId)).toMatchObject({ hosts: [] });
    await bed.pass(minute + 1_000);
    expect(await server.status(id)).toBe('ACTIVE');
    expect(await bed.aggregate(flavorId)).toEqual({
      hosts: ['node-1'],
      metadata: { reservation: flavorId, filter_tenant_id: 'engines' },
    });
    expect(await bed.aggregate('freepool')).toMatchObject({ hosts: ['node-1'] });
    bed.provider.control.putGuest('node-1', { ...bed.guest('own'), flavorId });
    bed.provider.control.putGuest('node-1', { ...bed.guest('other'), flavorId: 'm1.tiny' });
    await bed.pass(5 * minute);
    expect(await server.status(id)).toBe('TERMINATED');
    expect(guestsIn(bed)).toEqual(['other']);
    expect(await bed.aggregate(flavorId)).toBeUndefined();
    expect(await bed.types('region-RegionOne')).toEqual([
      'RegionFlavorCreated',
      'RegionFlavorAccessGranted',
      'RegionFlavorDeleted',
    ]);
  });

  it('without resources takes one append for each of its events', async () => {
    const { bed, server } = await bedWith(1, { minutesBeforeEnd: 1 });
    const { id } = await server.create(1, 5, []);
    await bed.pass(6 * minute);
    expect(await server.status(id)).toBe('TERMINATED');
    expect(await bed.types(`lease-${id}`)).toEqual(['LeaseCreated', 'LeaseStarted', 'LeaseEndAnnounced', 'LeaseEnded']);
  });

  it('back to back with another gets its host when that one has left it, clean', async () => {
    const { bed, server } = await bedWith(1);
    const first = await server.create(1, 5, [hosts(1)]);
    const second = await server.create(5, 9, [hosts(1)]);
    await bed.pass(2 * minute);
    bed.provider.control.putGuest('node-1', bed.guest(stranger));
    await bed.pass(3 * minute + 2_000);
    expect([await server.status(first.id), await server.status(second.id)]).toEqual(['TERMINATED', 'ACTIVE']);
    expect(guestsIn(bed)).toEqual([]);
    expect(await bed.wrongs()).toEqual([]);
    expect((await bed.events()).map(({ type }) => type).filter((type) => /^Host(Taken|Vacated)$/.test(type))).toEqual([
      'HostTaken',
      'HostVacated',
      'HostTaken',
    ]);
  });

  it('waits for a host while servers of the one before are being removed, and is then in time', async () => {
    const { bed, server } = await bedWith(1);
    const first = await server.create(1, 5, [hosts(1)]);
    const second = await server.create(5, 9, [hosts(1)]);
    await bed.pass(4 * minute);
    bed.provider.control.putGuest('node-1', bed.guest(stranger));
    // Tried again for ten seconds: exactly as long as a start waits.
    bed.provider.control.failNext('destroyGuest', 4);
    await bed.pass(minute + 15_000);
    expect([await server.status(first.id), await server.status(second.id)]).toEqual(['TERMINATED', 'ACTIVE']);
    expect(await bed.wrongs()).toEqual([]);
  });

  it('that never gets its host fails, with everything put back: no host is left in no aggregate', async () => {
    const { bed, server } = await bedWith(2);
    const { id } = await server.create(1, 5, [hosts(2)]);
    bed.provider.control.putGuest('node-2', bed.guest(stranger));
    await server.discover();
    await bed.pass(minute + 5_000);
    expect(await server.status(id)).toBe('STARTING');
    await bed.pass(7_000);
    expect(await server.lease(id)).toMatchObject({
      status: 'ERROR',
      reservations: [{ status: 'error' }],
      events: [
        { type: 'start_lease', status: 'ERROR' },
        { type: 'end_lease', status: 'UNDONE' },
      ],
    });
    expect(await bed.aggregate('freepool')).toMatchObject({ hosts: ['node-1', 'node-2'] });
    expect(guestsIn(bed)).toEqual([stranger]);
    expect(await bed.wrongs()).toEqual([]);
    await bed.pass(5 * minute);
    expect((await server.lease(id))?.events).toMatchObject([{ status: 'ERROR' }, { status: 'DONE' }]);
    expect(await bed.wrongs()).toEqual([]);
  });

  it('starts a host later than it wanted as soon as that is vacant', async () => {
    const { bed, server } = await bedWith(1);
    const { id } = await server.create(1, 5, [hosts(1)]);
    bed.provider.control.putGuest('node-1', bed.guest(stranger));
    await server.discover();
    await bed.pass(minute + 4_000);
    bed.provider.control.removeGuest('node-1', stranger);
    await server.discover();
    await server.discover();
    await bed.pass(1_000);
    expect(await server.status(id)).toBe('ACTIVE');
  });

  it('never starts or ends early, whatever its timers do', async () => {
    const { bed, server } = await bedWith(1);
    const { id } = await server.create(10, 20, [hosts(1)]);
    for (const ms of [minute, 8 * minute + 59_000]) {
      await bed.pass(ms);
      await bed.until(server.lifecycle.advance(id, bed.context()));
      expect(await server.status(id)).toBe('PENDING');
    }
    await bed.pass(2_000);
    await bed.until(server.lifecycle.advance(id, bed.context()));
    expect(await server.status(id)).toBe('ACTIVE');
    expect(await bed.wrongs()).toEqual([]);
  });

  it('that is moved starts and ends at its new times alone', async () => {
    const { bed, server } = await bedWith(1);
    const { id, startsAt, endsAt } = await server.create(10, 20, [hosts(1)]);
    await server.update(id, { startsAt: startsAt + 5 * minute, endsAt: endsAt + 5 * minute });
    await bed.pass(12 * minute);
    expect(await server.status(id)).toBe('PENDING');
    await bed.pass(4 * minute);
    expect(await server.status(id)).toBe('ACTIVE');
    await server.update(id, { endsAt: endsAt + 10 * minute });
    await bed.pass(10 * minute);
    expect(await server.status(id)).toBe('ACTIVE');
    await bed.pass(5 * minute);
    expect(await server.status(id)).toBe('TERMINATED');
    expect(await bed.wrongs()).toEqual([]);
  });

  it('that has begun lets hosts move in that are added to it', async () => {
    const { bed, server } = await bedWith(2);
    const { id, reservations } = await server.create(1, 5, [hosts(1)]);
    await bed.pass(minute + 1_000);
    const outcome = await server.update(id, { reservations: [{ id: reservations[0]?.id, max: 2, min: 2 }] });
    expect(outcome.kind).toBe('accepted');
    await bed.pass(2_000);
    expect(await bed.aggregate(reservations[0]?.id)).toMatchObject({ hosts: ['node-1', 'node-2'] });
    expect(await bed.wrongs()).toEqual([]);
  });

  it('that ends while its provider never removes servers is in error, its host back and cleaned later', async () => {
    const { bed, server } = await bedWith(1);
    const { id } = await server.create(1, 5, [hosts(1)]);
    await bed.pass(2 * minute);
    bed.provider.control.putGuest('node-1', bed.guest(stranger));
    bed.provider.control.failNext('destroyGuest', 1, 'permanent');
    await bed.pass(3 * minute + 1_000);
    expect(await server.lease(id)).toMatchObject({
      status: 'ERROR',
      reservations: [{ status: 'error' }],
      events: [{ status: 'DONE' }, { status: 'ERROR' }],
    });
    expect(await bed.aggregate('freepool')).toMatchObject({ hosts: ['node-1'] });
    expect((await server.remove(id)).kind).toBe('accepted');
    expect(guestsIn(bed)).toEqual([]);
    expect(await bed.wrongs()).toEqual([]);
  });

  it('leaves a host that it could not clean as soon as that can be done, without anybody asking', async () => {
    const { bed, server } = await bedWith(1);
    const { id } = await server.create(1, 2, [hosts(1)]);
    await bed.pass(minute + 10_000);
    bed.provider.control.putGuest('node-1', bed.guest(stranger));
    bed.provider.control.failNext('destroyGuest', 4, 'permanent');
    await bed.pass(53_000);
    expect(await server.status(id)).toBe('ERROR');
    expect(await bed.wrongs()).toHaveLength(2);
    await bed.pass(2 * minute);
    expect(await bed.wrongs()).toEqual([]);
    expect(guestsIn(bed)).toEqual([]);
  });
});

describe('before the end of a lease', () => {
  it.each([
    ['snapshot', '', 2],
    ['default', 'snapshot', 2],
    ['default', '', 0],
    ['', 'snapshot', 0],
  ])('with the action %p, and %p as the default, its servers are imaged', async (action, beforeEndAction, images) => {
    const { bed, server } = await bedWith(1, { minutesBeforeEnd: 2, beforeEndAction });
    const { id } = await server.create(1, 10, [hosts(1, { before_end: action })]);
    await bed.pass(2 * minute);
    for (const uuid of ['a', 'b']) bed.provider.control.putGuest('node-1', bed.guest(uuid));
    await bed.pass(5 * minute);
    expect(imagesIn(bed)).toEqual([]);
    await bed.pass(minute + 2_000);
    expect(imagesIn(bed)).toHaveLength(images);
    expect(await server.lease(id)).toMatchObject({ status: 'ACTIVE', reservations: [{ status: 'active' }] });
    expect((await server.lease(id))?.events.find(({ type }) => type === 'before_end_lease')?.status).toBe('DONE');
  });

  it.each([
    ['retry', 4, 'DONE'],
    ['retry', 5, 'ERROR'],
    ['permanent', 1, 'ERROR'],
  ] as const)(
    'an image that fails with %p %d times leaves the event %s, and the lease as it is',
    async (kind, times, status) => {
      const { bed, server } = await bedWith(1, { minutesBeforeEnd: 2 });
      const { id } = await server.create(1, 10, [hosts(1, { before_end: 'snapshot' })]);
      await bed.pass(2 * minute);
      bed.provider.control.putGuest('node-1', bed.guest('a'));
      bed.provider.control.failNext('imageGuest', times, kind);
      await bed.pass(6 * minute + 12_000);
      const { events, ...rest } = (await server.lease(id)) ?? { events: [] };
      expect(events.find(({ type }) => type === 'before_end_lease')?.status).toBe(status);
      expect(rest).toMatchObject({ status: 'ACTIVE', reservations: [{ status: 'active' }] });
      await bed.pass(3 * minute);
      expect(await server.status(id)).toBe('TERMINATED');
      expect(await bed.wrongs()).toEqual([]);
    },
  );
});

describe('after a stop of the server', () => {
  it('everything that is overdue happens at once, in order, the ending lease before the starting one', async () => {
    const bed = new LifecycleBed(['node-1'], { minutesBeforeEnd: 1 });
    const first = await bed.started();
    await first.enrol('node-1');
    const ids: string[] = [];
    for (const from of [1, 11, 21, 31]) ids.push((await first.create(from, from + 10, [hosts(1)])).id);
    await bed.pass(2 * minute);
    await first.kill();
    await bed.pass(33 * minute);
    const second = await bed.started();
    await bed.pass(4_000);
    expect(await Promise.all(ids.map((id) => second.status(id)))).toEqual([
      'TERMINATED',
      'TERMINATED',
      'TERMINATED',
      'ACTIVE',
    ]);
    expect(await bed.wrongs()).toEqual([]);
    const lifes = (await bed.events()).filter(({ type }) => /^Lease(Started|EndAnnounced|Ended)$/.test(type));
    expect(lifes.map(({ type, stream }) => `${String(ids.indexOf(stream.slice(6)))} ${type}`)).toEqual([
      ...['0 LeaseStarted', '0 LeaseEndAnnounced', '0 LeaseEnded'],
      ...['1 LeaseStarted', '1 LeaseEndAnnounced', '1 LeaseEnded'],
      ...['2 LeaseStarted', '2 LeaseEndAnnounced', '2 LeaseEnded'],
      '3 LeaseStarted',
    ]);
  });

  it('two servers carry out each event once', async () => {
    const bed = new LifecycleBed(['node-1', 'node-2']);
    const [first, second] = [await bed.started(), await bed.started()];
    await first.enrol('node-1');
    await second.enrol('node-2');
    const leases = [await first.create(1, 4, [hosts(1)]), await second.create(4, 8, [hosts(2)])];
    await bed.pass(5 * minute);
    expect(await Promise.all(leases.map(({ id }) => first.status(id)))).toEqual(['TERMINATED', 'ACTIVE']);
    expect(await bed.wrongs()).toEqual([]);
    await bed.pass(5 * minute);
    for (const { id } of leases)
      expect(await bed.types(`lease-${id}`)).toEqual([
        'LeaseCreated',
        'LeaseStarting',
        'LeaseStarted',
        'LeaseEnding',
        'LeaseEnded',
      ]);
    expect(await bed.wrongs()).toEqual([]);
  });
});
