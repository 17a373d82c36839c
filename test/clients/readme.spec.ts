import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServerProcess, temporaryFolder } from '../server-process.js';
import { followPage, jsonOf, leasebook, shellBlocks } from './pages.js';

const folder = temporaryFolder();
let server: ServerProcess;
let printed: readonly string[];

beforeAll(async () => {
  const environment = { LEASEBOOK_ADMIN_PASSWORD: '' };
  server = await ServerProcess.start({ dataDir: './data', cwd: folder.path, from: 'dist', environment });
  printed = await followPage(shellBlocks('README.md', 'A tour'), server.url, folder.path);
}, 180_000);

afterAll(async () => {
  await server.kill();
  folder.remove();
});

describe('the tour in the README', () => {
  it('lists the hosts, makes an aggregate and shows it with a host, by the openstack client', () => {
    const [commands] = printed;
    expect(commands).toMatch(/\| +1 \| compute-1 +\|/);
    expect(commands).toMatch(/\| name +\| gpu-row-4 +\|/);
    expect(commands).toMatch(/\| hosts +\| compute-1 +\|/);
    expect(commands).toMatch(/\| properties +\| ssd='true' +\|/);
  });

  it('gets the same with curl', () => {
    const [aggregates, hypervisors] = jsonOf(printed[1]);
    expect(aggregates.aggregates).toMatchObject([
      { id: 1, name: 'freepool', hosts: [] },
      { id: 2, name: 'gpu-row-4', availability_zone: 'hall-b', hosts: ['compute-1'], metadata: { ssd: 'true' } },
    ]);
    expect(hypervisors).toMatchObject({
      hypervisors: [{ hypervisor_hostname: 'compute-1', uptime: expect.any(String) }],
      hypervisors_links: [{ rel: 'next' }],
    });
  });

  it('tells who changed what, when, through which face, from what to what', () => {
    const [history, events] = jsonOf(printed[2]);
    expect(history).toMatchObject({ kind: 'aggregate', id: '2' });
    expect(history.entries).toHaveLength(3);
    for (const entry of history.entries) expect(entry).toMatchObject({ through: 'nova', who: { name: 'admin' } });
    const [created, , hostAdded] = history.entries;
    expect(created.changes).toContainEqual({ field: 'name', from: null, to: 'gpu-row-4' });
    expect(created.changes).toContainEqual({ field: 'availabilityZone', from: null, to: 'hall-b' });
    expect(JSON.stringify(hostAdded.changes)).toContain('compute-1');
    expect(events.events).toMatchObject([{ type: 'inventory/HostAddedToAggregate@1', facade: 'nova' }]);
  });

  it('takes a host out of service', () => {
    const [{ hypervisor }] = jsonOf(printed[3]);
    expect(hypervisor).toMatchObject({
      hypervisor_hostname: 'compute-1',
      status: 'disabled',
      service: { host: 'compute-1', disabled_reason: 'fan swap' },
    });
  });

  it('checks machines out, finds one on its host, gives it back and reads its history', () => {
    const [taken, shown, hosts, returned, history] = jsonOf(printed[4]);
    expect(taken).toEqual({
      ok: true,
      'debian-12': { hostname: expect.stringMatching(/^[a-z]+-[a-z]+\.lab\.example\.test$/) },
      'rocky-9': { hostname: expect.any(String) },
    });
    const name = taken['debian-12'].hostname.split('.')[0];
    const { host, ...machine } = shown[name];
    expect(machine).toMatchObject({ template: 'debian-12-x86_64', lifetime: 24, state: 'running' });
    expect(hosts.hypervisors).toMatchObject([{ hypervisor_hostname: host }]);
    expect(hosts.hypervisors[0].servers).toContainEqual({ name, uuid: expect.any(String) });
    expect(returned).toEqual({ ok: true });
    expect(history).toMatchObject({ kind: 'vm', id: name });
    const byWhom = history.entries.filter((entry: { through: string }) => entry.through === 'vmpooler');
    expect(byWhom).toMatchObject([
      { what: expect.stringMatching(/^held for checkout /), who: { name: 'admin' } },
      { what: 'checked out', who: { name: 'admin' } },
      { what: 'retired: returned', who: { name: 'admin' } },
    ]);
  });

  it('enrols hosts, asks whether a lease would fit, takes it, gives it back and reads its history', () => {
    const [first, second, plan, history] = jsonOf(printed[5]);
    expect(first.host).toMatchObject({ id: '2', hypervisor_hostname: 'compute-2', gpu: 'a100' });
    expect(second.host).toMatchObject({ id: '3', hypervisor_hostname: 'compute-3' });
    expect(plan).toMatchObject({ fits: true, reservations: [{ wanted: 2, available: 2, hosts: [{}, {}] }] });
    expect(printed[5]).toMatch(/\| freepool +\| None +\| +\| +\|/);
    expect(printed[5]).toMatch(
      /\| [0-9a-f-]{36} +\| None +\| blazar:owner='[0-9a-f]{32}' +\| compute-2, compute-3 +\|/,
    );
    const whats = history.entries.map(({ what }: { what: string }) => what);
    expect(history).toMatchObject({ kind: 'lease' });
    expect(whats).toEqual(expect.arrayContaining(['created', 'started', 'deleted']));
  });

  it('asks the server how it is', () => {
    const text = printed[6] ?? '';
    expect(text).toContain('"status":"ready"');
    expect(text).toContain('"openapi":"3.1.0"');
  });

  it('has been gone through whole', () => {
    expect(printed).toHaveLength(7);
  });

  it('ends with a log that is whole', async () => {
    expect(await server.stop()).toBe(0);
    const { code, stdout, stderr } = await leasebook(['verify'], folder.path, './data');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/events/);
  }, 60_000);
});
