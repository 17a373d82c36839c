import { EnrolHost, SetHostCapabilities } from '../../contracts.js';
import type { HostFacts } from '../../host-calendar/host-facts.state.js';
import { hosts, LifecycleBed, minute } from '../lifecycle/lifecycle-bed.contract.js';

const stranger = '0d9e5bd1-4a5e-4b55-9a53-1c2f1f0f7c10';

async function start(names: readonly string[], settings = {}) {
  const bed = new LifecycleBed(names, settings);
  const server = await bed.started();
  return { bed, server };
}

describe('enrolling a host', () => {
  it('copies the hypervisor, keeps extra capabilities as text, and puts it into the free pool', async () => {
    const { bed, server } = await start(['node-1']);
    const capabilities = [
      ['gpu', 'a100'],
      ['vcpus', '1'],
      ['nvme', '4'],
      ['gpu', 'h100'],
    ] as const;
    const host = await server.ask<HostFacts>(new EnrolHost(bed.context(), { name: 'node-1', capabilities }));
    expect(host).toMatchObject({
      ...{ id: '1', partition: 'default', reservable: true, hypervisorHostname: 'node-1', serviceName: 'node-1' },
      ...{ vcpus: 64, memoryMb: 262_144, localGb: 4096, availabilityZone: '', updatedAt: null },
      capabilities: [
        { key: 'gpu', value: 'h100' },
        { key: 'nvme', value: '4' },
      ],
    });
    expect(host.trustId).toMatch(/^[0-9a-f]{32}$/);
    expect(JSON.parse(host.cpuInfo)).toBeInstanceOf(Object);
    expect(await bed.aggregate('freepool')).toMatchObject({ hosts: ['node-1'] });
    expect(await bed.wrongs()).toEqual([]);
  });

  it.each([
    ['its exact name, though others hold it', { name: 'node-1' }, 'node-1'],
    ['a part of its name', { name: 'ode-2' }, 'node-2'],
    ['its id', { id: '3' }, 'rack-1'],
    ['its id, whatever name is sent besides', { id: '3', name: 'node-1' }, 'rack-1'],
  ])('finds it by %s', async (_how, wanted, found) => {
    const { bed, server } = await start(['node-1', 'node-2', 'rack-1', 'node-11']);
    const host = await server.ask<HostFacts>(new EnrolHost(bed.context(), { ...wanted, capabilities: [] }));
    expect(host.hypervisorHostname).toBe(found);
  });

  it('is refused without a name, by an unknown or an ambiguous one, for servers, for long keys, and twice', async () => {
    const { bed, server } = await start(['node-1', 'node-2']);
    const enrol = (wanted: Partial<EnrolHost['wanted']>) =>
      server.run(new EnrolHost(bed.context(), { capabilities: [], ...wanted }));
    const before = (await bed.events()).length;
    expect(await enrol({ capabilities: [['gpu', 'a']] })).toMatchObject({
      code: 'host-unnamed',
      facts: { rest: { gpu: 'a' } },
    });
    expect(await enrol({ name: 'node-9' })).toMatchObject({ code: 'hypervisor-unknown', facts: { name: 'node-9' } });
    expect(await enrol({ name: 'node' })).toMatchObject({ code: 'hypervisors-ambiguous', facts: { name: 'node' } });
    const long = 'k'.repeat(65);
    expect(await enrol({ name: 'node-1', capabilities: [[long, '']] })).toMatchObject({
      code: 'capability-key-too-long',
      facts: { key: long },
    });
    expect(await bed.events()).toHaveLength(before);
    // Not even listed yet: the host itself is asked.
    bed.provider.control.putGuest('node-2', bed.guest(stranger));
    const busy = { code: 'host-has-servers', facts: { name: 'node-2', servers: [stranger] } };
    expect(await enrol({ name: 'node-2' })).toMatchObject(busy);
    await server.discover();
    expect(await enrol({ name: 'node-2', capabilities: [[long, '']] })).toMatchObject(busy);
    await server.enrol('node-1');
    expect(await enrol({ name: 'node-1' })).toMatchObject({
      code: 'host-already-enrolled',
      facts: { hostId: '1', name: 'node-1' },
    });
    expect(await bed.wrongs()).toEqual([]);
  });

  it('again by the same repeatable command is answered as before, whatever runs there by now', async () => {
    const { bed, server } = await start(['node-1']);
    const more = { commandId: '7e6c9a39-9f0e-4b7e-8f8e-1c7d0f6a2b11', repeatable: true };
    const first = await server.enrol('node-1', more);
    bed.provider.control.putGuest('node-1', bed.guest(stranger));
    await server.discover();
    expect(await server.enrol('node-1', more)).toEqual(first);
    await expect(server.enrol('node-1')).rejects.toThrow('host-has-servers');
  });

  it('by several at once succeeds for one', async () => {
    const { bed, server } = await start(['node-1']);
    const wanted = { name: 'node-1', capabilities: [] };
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, () => server.run(new EnrolHost(bed.context(), wanted))),
    );
    expect(outcomes.map((outcome) => (outcome.kind === 'accepted' ? 'enrolled' : outcome.code)).sort()).toEqual([
      'enrolled',
      ...Array<string>(3).fill('host-already-enrolled'),
    ]);
    expect(await bed.wrongs()).toEqual([]);
  });

  it('puts it into the calendar that the settings choose, where it is found when they have changed', async () => {
    const partitions = [
      { name: 'racks', hosts: ['rack-*'] },
      { name: 'late', hosts: ['*-2'] },
    ];
    const bed = new LifecycleBed(['rack-1', 'node-2', 'node-3', 'rack-2'], { partitions });
    const first = await bed.started();
    const chosen: string[] = [];
    for (const name of ['rack-1', 'node-2', 'node-3', 'rack-2']) chosen.push((await first.enrol(name)).partition);
    expect(chosen).toEqual(['racks', 'late', 'default', 'racks']);
    await first.kill();
    const second = await bed.started({ settings: { partitions: [{ name: 'nodes', hosts: ['*'] }] } });
    const changed = await second.ask<HostFacts>(new SetHostCapabilities(bed.context(), '1', [['gpu', 'a']]));
    expect(changed).toMatchObject({ partition: 'racks', capabilities: [{ key: 'gpu', value: 'a' }] });
    expect((await second.withdraw('2')).kind).toBe('accepted');
    await expect(second.enrol('node-3')).rejects.toThrow('host-already-enrolled');
    expect(await bed.wrongs()).toEqual([]);
  });

  it('of one that is down or disabled makes it unreservable from the start, where hosts are watched', async () => {
    const { server } = await start(['node-1', 'node-2']);
    await server.service('1', { kind: 'disable', reason: null });
    expect(await server.enrol('node-1')).toMatchObject({ reservable: false });
    expect(await server.enrol('node-2')).toMatchObject({ reservable: true });
    const blind = await start(['node-1'], { monitorsHosts: false });
    await blind.server.service('1', { kind: 'disable', reason: null });
    expect(await blind.server.enrol('node-1')).toMatchObject({ reservable: true });
  });
});

describe('capabilities of a host', () => {
  it('are added and changed; columns, and what a reservation needs, are not', async () => {
    const { bed, server } = await start(['node-1']);
    await server.ask(new EnrolHost(bed.context(), { name: 'node-1', capabilities: [['gpu', 'a100']] }));
    const set = (hostId: string, ...capabilities: (readonly [string, string])[]) =>
      server.run<HostFacts>(new SetHostCapabilities(bed.context(), hostId, capabilities));
    const changed = await set('1', ['gpu', 'h100'], ['rack', '4']);
    expect(changed).toMatchObject({
      answer: {
        capabilities: [
          { key: 'gpu', value: 'h100' },
          { key: 'rack', value: '4' },
        ],
      },
    });
    expect(await set('9', ['a', 'b'])).toMatchObject({ code: 'host-unknown', facts: { hostId: '9' } });
    expect(await set('1')).toMatchObject({ code: 'nothing-to-update' });
    expect(await set('1', ['vcpus', '99'], ['a', 'b'])).toMatchObject({
      code: 'capability-not-storable',
      facts: { hostId: '1', keys: ['vcpus'] },
    });
    expect(await set('1', ['k'.repeat(65), ''])).toMatchObject({ code: 'capability-key-too-long' });
    const { id } = await server.create(1, 9, [hosts(1, { resource_properties: '["==", "$gpu", "h100"]' })]);
    expect(await set('1', ['gpu', 'a100'])).toMatchObject({ code: 'capability-in-use', facts: { keys: ['gpu'] } });
    expect((await set('1', ['rack', '5'])).kind).toBe('accepted');
    await server.remove(id);
    expect((await set('1', ['gpu', 'a100'])).kind).toBe('accepted');
  });
});

describe('withdrawing a host', () => {
  it('gives the hypervisor back, and it can be enrolled again', async () => {
    const { bed, server } = await start(['node-1']);
    const { id } = await server.enrol('node-1');
    expect((await server.withdraw(id)).kind).toBe('accepted');
    expect(await bed.aggregate('freepool')).toMatchObject({ hosts: [] });
    expect(await bed.wrongs()).toEqual([]);
    expect(await server.withdraw(id)).toMatchObject({ code: 'host-unknown', facts: { hostId: id } });
    expect((await server.enrol('node-1')).id).toBe(id);
    expect(await bed.wrongs()).toEqual([]);
  });

  it('is refused while a reservation has it, while it is not left yet, and while servers run on it', async () => {
    const { bed, server } = await start(['node-1']);
    const { id } = await server.enrol('node-1');
    const lease = await server.create(1, 2, [hosts(1)]);
    const reserved = { code: 'host-reserved', facts: { hostId: id } };
    expect(await server.withdraw(id)).toMatchObject(reserved);
    await bed.pass(minute + 10_000);
    bed.provider.control.putGuest('node-1', bed.guest(stranger));
    bed.provider.control.failNext('destroyGuest', 1_000, 'permanent');
    await bed.pass(minute);
    expect(await server.status(lease.id)).toBe('ERROR');
    expect(await server.withdraw(id)).toMatchObject(reserved);
    bed.provider.control.removeGuest('node-1', stranger);
    await bed.pass(5 * minute);
    bed.provider.control.putGuest('node-1', bed.guest(stranger));
    await server.discover();
    expect(await server.withdraw(id)).toMatchObject({
      code: 'host-has-servers',
      facts: { name: 'node-1', servers: [stranger] },
    });
    expect(await bed.wrongs()).toEqual([]);
  });

  it('of a hypervisor that has vanished works', async () => {
    const { bed, server } = await start(['node-1', 'node-2']);
    const { id } = await server.enrol('node-1');
    bed.provider.control.removeHost('node-1');
    await server.discover();
    await server.discover();
    await bed.pass(1_000);
    expect((await server.withdraw(id)).kind).toBe('accepted');
    expect(await bed.wrongs()).toEqual([]);
  });
});
