import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WireServer } from '#specs';
import { startServer } from '../wire/start-server.js';
import { FloatyError, Vmfloaty } from './vmfloaty-client.js';

const kvm = { name: 'kvm-1', vcpus: 256, memoryMb: 1_048_576, localGb: 8192 };
const domain = 'lab.example.test';

describe.each(['/api/v1', '/api/v2', '/api/v3', '/vmpooler/api/v3'])('a day with vmfloaty on %s', (mount) => {
  let server: WireServer;
  let stranger: Vmfloaty;
  let floaty: Vmfloaty;
  let token: string;

  beforeAll(async () => {
    server = await startServer({
      simulatedHosts: [kvm],
      domain,
      vmLifetimeHours: 12,
      vmLifetimeAuthHours: 24,
      allowedTags: ['department', 'user'],
      pools: [
        { name: 'debian-12-x86_64', size: 4, template: 'templates/debian-12', aliases: ['debian-12'], hosts: ['kvm-1'] },
        { name: 'rocky-9-x86_64', size: 2, template: 'templates/rocky-9', hosts: ['kvm-1'] },
      ],
    }); // prettier-ignore
    stranger = new Vmfloaty(`${server.url}${mount}`);
    token = await stranger.newToken('demo', 'demo');
    floaty = new Vmfloaty(`${server.url}${mount}`, token);
    await eventually(async () => (await floaty.status()).message.startsWith('Battle'));
    await eventually(async () => Object.keys((await floaty.status()).gaps).length === 0);
  }, 60_000);

  afterAll(() => server.stop());

  it('a wrong password gets no token', async () => {
    await expect(stranger.newToken('demo', 'wrong')).rejects.toThrow('HTTP 401');
  });

  it('pools are listed, and how they are', async () => {
    expect(await stranger.pools()).toEqual(['debian-12-x86_64', 'rocky-9-x86_64']);
    expect(await stranger.status()).toEqual({
      gaps: {},
      message: 'Battle station fully armed and operational.',
    });
  });

  it('machines are taken, changed and given back', async () => {
    const taken = await floaty.get({ 'debian-12': 2, 'rocky-9-x86_64': 1 });
    expect(Object.keys(taken)).toEqual(['debian-12', 'rocky-9-x86_64']);
    const [debian = [], rocky = []] = Object.values(taken);
    expect([debian.length, rocky.length]).toEqual([2, 1]);
    const hosts = [...debian, ...rocky];
    for (const host of hosts) expect(host).toMatch(/^[a-z-]+\.lab\.example\.test$/);

    const lines = await floaty.active();
    expect(lines.map((line) => line.replace(/[\d.]+(?=\/)/, 'N')).toSorted()).toEqual(
      [
        ...debian.map((host) => `- ${host} (running, debian-12-x86_64, N/24 hours)`),
        ...rocky.map((host) => `- ${host} (running, rocky-9-x86_64, N/24 hours)`),
      ].toSorted(),
    );

    const [host = ''] = debian;
    const short = host.replace(`.${domain}`, '');
    expect(await floaty.modify(host, { lifetime: 2, tags: { user: 'demo' } })).toBe(true);
    expect(await floaty.query(short)).toMatchObject({ ok: true, [short]: { lifetime: 2, tags: { user: 'demo' } } });
    expect((await floaty.active()).filter((line) => line.includes('/2 hours, user: demo'))).toHaveLength(1);
    await expect(stranger.modify(host, { lifetime: 9 })).rejects.toThrow(FloatyError);
    expect(await floaty.modify(host, { tags: { colour: 'red' } })).toBe(false);

    expect(await floaty.addDisk(host, 10)).toEqual({ ok: true, [short]: { disk: '+10gb' } });
    const { [short]: made } = await floaty.snapshot(host);
    await eventually(async () => {
      const { [short]: vm } = await floaty.query(host);
      return vm.disk?.[0] === '+10gb' && vm.snapshots?.[0] === made.snapshot;
    });
    expect(await floaty.revert(host, made.snapshot)).toEqual({ ok: true });

    const outcomes = await floaty.delete([...hosts, 'no-such-machine']);
    expect(outcomes).toEqual({
      ...Object.fromEntries(hosts.map((each) => [each, { ok: true }])),
      'no-such-machine': { ok: false },
    });
    expect(await floaty.active()).toEqual([]);
  });

  it('refusals are told', async () => {
    await expect(floaty.get({ 'windows-3.1': 1 })).rejects.toThrow('HTTP 404');
    await expect(floaty.get({ 'rocky-9-x86_64': 50 })).rejects.toThrow('HTTP 503');
    const bad = new Vmfloaty(`${server.url}${mount}`, 'a'.repeat(32));
    await expect(bad.get({ 'debian-12': 1 })).rejects.toThrow('HTTP 401');
  });

  it('machines are made when there are not enough', async () => {
    const requestId = await floaty.getOnDemand({ 'rocky-9-x86_64': 5 });
    const { 'rocky-9-x86_64': hosts = [] } = await floaty.waitFor(requestId, 100);
    expect(new Set(hosts).size).toBe(5);
    for (const host of hosts) expect(host).toMatch(/^[a-z-]+\.lab\.example\.test$/);
    const outcomes = await floaty.delete(hosts);
    expect(Object.values(outcomes)).toEqual(hosts.map(() => ({ ok: true })));
    await expect(floaty.waitFor('no-such-request', 100)).rejects.toThrow('HTTP 404');
  });

  it('the day is summed up, and the token given up', async () => {
    const summary = await stranger.summary();
    expect(summary.boot.count.total).toBeGreaterThanOrEqual(6 + 5);
    expect(summary.tag).toEqual({ user: { demo: 1, total: 1 } });
    expect(await floaty.tokenStatus(token)).toMatchObject({ ok: true, [token]: { user: 'demo' } });
    expect(await floaty.deleteToken('demo', 'demo', token)).toEqual({ ok: true });
    expect(await floaty.tokenStatus(token)).toEqual({ ok: false });
  });
});

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('it did not come to be');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
