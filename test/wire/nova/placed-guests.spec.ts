import { randomUUID } from 'node:crypto';
import { PlaceGuest, RemoveGuest, type PlacedGuest } from '#inventory';
import { systemContext } from '#runtime';
import { CommandBus } from '@nestjs/cqrs';
import { adminPassword, ask, startInProcess, type InProcessServer } from '../../in-process-server.js';
import { logIn } from '../../server-process.js';

const found = { uuid: randomUUID(), name: 'instance-0000001f', vcpus: 1, memoryMb: 1024, diskGb: 10 };
const wanted = (name: string) => ({ uuid: randomUUID(), name, vcpus: 2, memoryMb: 4096, diskGb: 20 });
const [first, second, third] = [wanted('spicy-proton'), wanted('deft-badger'), wanted('plain-otter')];
const named = ({ name, uuid }: { readonly name: string; readonly uuid: string }) => ({ name, uuid });

let server: InProcessServer;
let token: string;
const bus = (): CommandBus => server.running.app.get(CommandBus, { strict: false });

async function place(guest: ReturnType<typeof wanted>): Promise<PlacedGuest> {
  const owner = { kind: 'pool', id: 'debian-12' } as const;
  const command = new PlaceGuest(systemContext(Date.now()), { hosts: ['kvm-a'] }, 'simulated', guest, owner);
  const outcome = await bus().execute(command);
  if (outcome.kind === 'refused') throw new Error(outcome.code);
  return outcome.answer;
}

async function nova(path: string, minor: number) {
  const headers = { 'OpenStack-API-Version': `compute 2.${String(minor)}` };
  const answer = await ask(server.url, 'GET', `/compute/v2.1${path}`, { token, headers });
  expect(answer.status).toBe(200);
  return answer.json;
}

beforeAll(async () => {
  server = await startInProcess({
    settings: {
      pools: [],
      simulatedHosts: [
        { name: 'kvm-a', vcpus: 16, memoryMb: 65_536, localGb: 500, alive: true, guests: [found] },
        { name: 'kvm-b', vcpus: 8, memoryMb: 32_768, localGb: 100, alive: true, guests: [] },
      ],
    },
  });
  token = await logIn(server.url, 'admin', adminPassword);
}, 60_000);

afterAll(() => server.stop());

describe('guests that an owner has placed', () => {
  it('are servers of their host, after those that were there', async () => {
    const { hypervisorUuid } = await place(first);
    await place(second);
    const servers = [found, first, second].map(named);
    for (const path of ['/os-hypervisors?with_servers=true', '/os-hypervisors/detail?with_servers=1']) {
      const { hypervisors } = await nova(path, 53);
      expect(hypervisors[0]).toMatchObject({ id: hypervisorUuid, hypervisor_hostname: 'kvm-a', servers });
      expect(hypervisors[1]).not.toHaveProperty('servers');
      expect((await nova(path, 75)).hypervisors[1]).toMatchObject({ servers: [] });
    }
    const shown = await nova(`/os-hypervisors/${hypervisorUuid}?with_servers=yes`, 88);
    expect(shown.hypervisor.servers).toEqual(servers);
    expect((await nova('/os-hypervisors/kvm/servers', 52)).hypervisors).toEqual([
      { id: 1, hypervisor_hostname: 'kvm-a', state: 'up', status: 'enabled', servers },
      { id: 2, hypervisor_hostname: 'kvm-b', state: 'up', status: 'enabled' },
    ]);
    const byPattern = await nova('/os-hypervisors?hypervisor_hostname_pattern=kvm-a&with_servers=true', 75);
    expect(byPattern.hypervisors).toMatchObject([{ servers }]);
  });

  it('are no servers where servers are not asked for', async () => {
    for (const path of ['/os-hypervisors', '/os-hypervisors?with_servers=false'])
      expect((await nova(path, 53)).hypervisors[0]).not.toHaveProperty('servers');
    expect((await nova('/os-hypervisors/kvm/search', 52)).hypervisors[0]).not.toHaveProperty('servers');
  });

  it('use its vcpus, memory and disk, and run there', async () => {
    const used = {
      vcpus: 16,
      vcpus_used: 5,
      memory_mb_used: 9216,
      free_ram_mb: 56_320,
      local_gb_used: 50,
      free_disk_gb: 450,
      running_vms: 3,
      current_workload: 0,
    };
    expect((await nova('/os-hypervisors/1', 28)).hypervisor).toMatchObject(used);
    expect((await nova('/os-hypervisors/detail', 53)).hypervisors).toMatchObject([
      used,
      { vcpus_used: 0, running_vms: 0 },
    ]);
    expect((await nova('/os-hypervisors/statistics', 1)).hypervisor_statistics).toMatchObject({
      count: 2,
      vcpus: 24,
      vcpus_used: 5,
      memory_mb_used: 9216,
      free_ram_mb: 89_088,
      local_gb_used: 50,
      free_disk_gb: 550,
      running_vms: 3,
    });
  });

  it('are gone with the removal, and their place is free', async () => {
    const { hypervisorUuid } = await place(third);
    const removed = await bus().execute(new RemoveGuest(systemContext(Date.now()), hypervisorUuid, first.uuid));
    expect(removed).toMatchObject({ kind: 'accepted', events: [{ type: 'GuestRemoved' }] });
    const { hypervisors } = await nova('/os-hypervisors/detail?with_servers=true', 53);
    expect(hypervisors[0]).toMatchObject({
      servers: [found, second, third].map(named),
      running_vms: 3,
      vcpus_used: 5,
      memory_mb_used: 9216,
      local_gb_used: 50,
    });
  });

  it('keep their host in its zone', async () => {
    const asked = { token, headers: { 'OpenStack-API-Version': 'compute 2.104' } };
    const made = await ask(server.url, 'POST', '/compute/v2.1/os-aggregates', {
      ...asked,
      json: { aggregate: { name: 'hall', availability_zone: 'hall-b' } },
    });
    const action = `/compute/v2.1/os-aggregates/${String(made.json.aggregate.id)}/action`;
    const add = (host: string) => ask(server.url, 'POST', action, { ...asked, json: { add_host: { host } } });
    expect((await add('kvm-b')).status).toBe(200);
    const refused = await add('kvm-a');
    expect([refused.status, refused.json.conflictingRequest.message]).toEqual([
      409,
      expect.stringContaining('has 3 server(s)'),
    ]);
  });
});
