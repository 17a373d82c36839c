import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { ListPools } from '#projections/pools/pools.query';
import { CountQueues } from '#projections/vms/vms.query';
import { samplePool } from '../../../apps/server/src/facades/vmpooler/reports/sample-pools.js';
import { askVmpooler, refused, type Heard } from './ask-vmpooler.js';
import { startMemoryVmpooler, type MemoryVmpooler } from './memory-vmpooler.js';

const pools = [samplePool('alma-9', { size: 2 }), samplePool('suse-15', { size: 1 })];
const counts = new Map([['alma-9', { pending: 0, cloning: 0, ready: 2, running: 3, completed: 0 }]]);
const faces: MemoryVmpooler[] = [];

async function start(...settings: Parameters<typeof startMemoryVmpooler>): Promise<MemoryVmpooler> {
  const face = await startMemoryVmpooler({ pools: pools.map((pool) => pool.settings), ...settings[0] }, settings[1]);
  face.replies
    .set(ListPools, () => ({ value: pools, stale: false }))
    .set(CountQueues, () => ({ value: counts, stale: false }));
  faces.push(face);
  return face;
}

afterEach(async () => {
  for (const face of faces.splice(0)) await face.stop();
});

const json = async (at: MemoryVmpooler, line: string): Promise<unknown> =>
  JSON.parse((await askVmpooler(line, { at })).text);

describe('the page', () => {
  it('is found from the root, shows the pools, and loads nothing', async () => {
    const at = await start({}, { siteName: 'Lab' });
    const { status, headers } = await askVmpooler('GET /vmpooler/', { at });
    expect([status, headers.location]).toEqual([302, '/vmpooler/dashboard/']);
    for (const path of ['/vmpooler/dashboard/', '/vmpooler/dashboard', '/dashboard/', '/dashboard']) {
      const page = await askVmpooler(`GET ${path}`, { at });
      expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(page.headers['content-security-policy']).toContain("default-src 'none'; style-src 'sha256-");
      expect(page.text).toContain('<h1>Lab</h1>');
      expect(page.text).toContain('<td>alma-9</td>');
    }
  });

  it.each(['', '/vmpooler'])('has its figures under "%s"', async (mount) => {
    const at = await start();
    const stats = `GET ${mount}/dashboard/stats/vmpooler`;
    const alma = { size: 2, ready: 2 };
    const suse = { size: 1, ready: 0 };
    expect(await json(at, `${stats}/pool`)).toEqual({ 'alma-9': alma, 'suse-15': suse });
    expect(await json(at, `${stats}/pool/?history=1`)).toEqual({
      'alma-9': { ...alma, history: [2] },
      'suse-15': { ...suse, history: [0] },
    });
    expect(await json(at, `${stats}/running`)).toEqual({ alma: { running: 3 }, suse: { running: 0 } });
  });
});

describe('metrics', () => {
  it('and the health check are not there unless configured', async () => {
    const at = await start();
    for (const path of ['/prometheus', '/healthcheck', '/vmpooler/prometheus', '/vmpooler/healthcheck'])
      expect(await askVmpooler(`GET ${path}`, { at })).toMatchObject({ status: 404, text: refused });
  });

  it('are at the configured path', async () => {
    const at = await start({}, { prometheus: { path: '/figures/of/pools' }, instance: 'lab' });
    await askVmpooler('POST /api/v3/vm/nope', { at });
    for (const mount of ['', '/vmpooler']) {
      expect(await json(at, `GET ${mount}/healthcheck`)).toEqual({ ok: true });
      const { status, headers, text } = await askVmpooler(`GET ${mount}/figures/of/pools`, { at });
      expect([status, headers['content-type']]).toEqual([200, expect.stringMatching(/^text\/plain/)]);
      expect(text).toContain('vmpooler_ready{poolname="alma-9",vmpooler_instance="lab"} 2\n');
      expect(text).toContain('vmpooler_ready{poolname="suse-15",vmpooler_instance="lab"} 0\n');
      expect(text).toContain('vmpooler_running{poolname="alma-9",vmpooler_instance="lab"} 3\n');
      expect(text).toContain('vmpooler_http_requests_vm_total{method="post",subpath="vm",');
    }
    expect(await askVmpooler('GET /prometheus', { at })).toMatchObject({ status: 404, text: refused });
  });
});

describe('limits', () => {
  const numbers = { checkouts: 1, deletions: 1, withToken: 3, others: 2, periodSeconds: 60 };
  const status = async (at: MemoryVmpooler, line: string, token?: string): Promise<number> =>
    (await askVmpooler(line, { at, headers: token === undefined ? {} : { 'x-auth-token': token } })).status;

  it('are not there unless configured', async () => {
    const at = await start();
    for (let time = 0; time < 150; time += 1) expect(await status(at, 'GET /api/v3/poolstat')).toBe(200);
  });

  it('refuse whoever asks too often, in front of everything else', async () => {
    const at = await start({}, { limits: numbers });
    const limited: Heard[] = [];
    for (let time = 0; time < 3; time += 1) limited.push(await askVmpooler('GET /vm', { at }));
    expect(limited.map((heard) => heard.status)).toEqual([200, 200, 429]);
    const { headers, text } = limited[2]!;
    const body = JSON.parse(text) as { readonly retry_after: number };
    expect(Object.entries(body)).toEqual([
      ['ok', false],
      ['error', 'Rate limit exceeded'],
      ['limit', 2],
      ['period', 60],
      ['retry_after', expect.any(Number)],
    ]);
    expect(body.retry_after).toBeLessThanOrEqual(60);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-ratelimit-limit': '2',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': expect.stringMatching(/^\d{10}$/),
      'retry-after': String(body.retry_after),
    });
    expect(await status(at, 'DELETE /api/v3/token/x')).toBe(429);
  });

  it('count checkouts, deletions and requests with tokens apart', async () => {
    const at = await start({}, { limits: numbers });
    expect([await status(at, 'POST /api/v3/vm/'), await status(at, 'POST /vm')]).toEqual([404, 429]);
    expect([await status(at, 'GET /vmpooler/vm'), await status(at, 'GET /dashboard')]).toEqual([200, 200]);
    const seen: number[] = [];
    for (let time = 0; time < 4; time += 1) seen.push(await status(at, 'GET /vm', 'one'));
    expect(seen).toEqual([200, 200, 200, 429]);
    expect(await status(at, 'GET /vm', 'two')).toBe(200);
  });
});

afterAll(() => {
  expect(faces).toEqual([]);
});
