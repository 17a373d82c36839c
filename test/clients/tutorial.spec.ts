import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServerProcess, temporaryFolder } from '../server-process.js';
import { followPage, jsonOf, leasebook, shellBlocks } from './pages.js';

const folder = temporaryFolder();
let server: ServerProcess;
let printed: readonly string[];

beforeAll(async () => {
  const environment = { LEASEBOOK_ADMIN_PASSWORD: '' };
  server = await ServerProcess.start({ dataDir: './data', cwd: folder.path, from: 'dist', environment });
  printed = await followPage(shellBlocks('docs/tutorial/first-steps.md'), server.url, folder.path);
}, 180_000);

afterAll(async () => {
  await server.kill();
  folder.remove();
});

describe('the first steps', () => {
  it('log in, look at the hosts and group them', () => {
    expect(printed[0]).toMatch(/\| nova +\| compute +\|/);
    expect(printed[1]).toMatch(/\| hypervisor_hostname +\| compute-1 +\|/);
    expect(printed[2]).toMatch(/\| rack-1 +\| hall-a +\| ssd='true' +\| compute-1 +\|/);
  });

  it('meet a rule, and nothing has changed', () => {
    expect(printed[3]).toContain('refused, as it should be');
    expect(printed[3]).toMatch(/\| hosts +\| +\|/);
  });

  it('ask twice and get the same answer', () => {
    const [first, second] = jsonOf(printed[4]);
    expect(first.aggregate).toMatchObject({ id: 4, name: 'rack-3' });
    expect(second).toEqual(first);
  });

  it('let somebody in who may not do everything', () => {
    expect(printed[5]).toMatch(/^[0-9a-f]{32}$/m);
    expect(printed[5]).toContain('for administrators only');
  });

  it('take machines, keep one for longer, and get all or nothing', () => {
    const [stock] = jsonOf(printed[6]);
    expect(stock.pools).toMatchObject({ 'debian-12-x86_64': { ready: 20 }, 'rocky-9-x86_64': { ready: 10 } });
    const [taken] = jsonOf(printed[7]);
    const names = [taken['debian-12'], taken['rocky-9']].map(({ hostname }) => hostname.split('.')[0]);
    const [changed, shown] = jsonOf(printed[8]);
    expect(changed).toEqual({ ok: true });
    expect(shown[names[0]]).toMatchObject({ lifetime: 48, state: 'running', tags: { project: 'first-steps' } });
    expect(printed[9]).toMatch(/^503$/m);
    const [token] = jsonOf(printed[9]);
    expect(Object.values(token)).toContainEqual(expect.objectContaining({ user: 'admin', vms: { running: names } }));
  });

  it('get machines on demand, and give everything back', () => {
    const [request] = jsonOf(printed[10]);
    expect(request).toMatchObject({
      ok: true,
      ready: true,
      'rocky-9': { hostname: [expect.any(String), expect.any(String)] },
    });
    expect(jsonOf(printed[11])).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
  });

  it('lease a host that has a graphics card, see why nobody else gets it, and give it back', () => {
    expect(printed[12]).toMatch(/\| 4 +\| compute-4 +\|/);
    expect(printed[12]).toMatch(/\| 5 +\| compute-5 +\|/);
    expect(printed[13]).toMatch(/^ACTIVE$/m);
    expect(printed[13]).toMatch(/\| [0-9a-f-]{36} +\| None +\| blazar:owner='[0-9a-f]{32}' +\| compute-5 +\|/);
    expect(jsonOf(printed[14])).toMatchObject([
      {
        fits: false,
        reservations: [{ wanted: 2, available: 1, obstacles: [{ hostname: 'compute-5', kind: 'busy' }] }],
      },
    ]);
    expect(printed[15]).toMatch(/\| hosts +\| compute-4, compute-5 +\|/);
  });

  it('tell what happened', () => {
    const [history, machine, host, events] = jsonOf(printed[16]);
    expect(history.entries.map((entry: { what: string }) => entry.what)).toHaveLength(3);
    expect(machine.entries.map((entry: { what: string }) => entry.what)).toEqual(
      expect.arrayContaining(['checked out', 'changed', 'retired: returned', 'destroyed']),
    );
    expect(host.entries.map((entry: { type: string }) => entry.type)).toEqual(
      expect.arrayContaining(['reservations/HostEnrolled@1', 'reservations/LeaseCreated@1']),
    );
    expect(events.events).toHaveLength(3);
    expect(events.events[0]).toMatchObject({ type: 'inventory/AggregateCreated@1', facade: 'nova' });
  });

  it('have been gone through whole', () => {
    expect(printed).toHaveLength(17);
  });

  it('end with the log itself', async () => {
    expect(await server.stop()).toBe(0);
    const history = await leasebook(['history', 'aggregate', '2'], folder.path, './data');
    expect(history).toMatchObject({ code: 0, stdout: expect.stringContaining('rack-1') });
    expect((await leasebook(['history', 'pool', 'rocky-9-x86_64'], folder.path, './data')).stdout).toMatch(
      /admin +vmpooler +machine [a-z]+-[a-z]+ retired: returned/,
    );
    expect(await leasebook(['verify'], folder.path, './data')).toMatchObject({ code: 0, stderr: '' });
  }, 60_000);
});
