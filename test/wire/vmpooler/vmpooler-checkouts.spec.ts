import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CheckOutVms } from '#pools';
import { refuse } from '#kernel';
import { askVmpooler, mounts, refused, token, type Heard } from './ask-vmpooler.js';
import { goodToken, samplePool, startMemoryVmpooler, type MemoryVmpooler } from './memory-vmpooler.js';

let face: MemoryVmpooler;
let open: MemoryVmpooler;

beforeAll(async () => {
  const pools = [samplePool('alma-9', { aliases: ['alma'] }), samplePool('suse-15')];
  face = await startMemoryVmpooler({ pools, domain: 'lab.example.org' });
  open = await startMemoryVmpooler({ pools, authConfigured: false, experimentalFeatures: true });
});

afterAll(async () => {
  await face.stop();
  await open.stop();
});

beforeEach(() => {
  for (const { seen, replies } of [face, open]) {
    seen.length = 0;
    replies.clear();
  }
});

type Options = Partial<Parameters<typeof askVmpooler>[1]>;
const ask = (line: string, options: Options = {}): Promise<Heard> => askVmpooler(line, { at: face, ...options });

const otter = { name: 'brisk-otter', vmId: 'v', generation: 1, domain: 'lab.example.org', pool: 'alma-9', fencingToken: 'e-1' }; // prettier-ignore
const finch = { ...otter, name: 'odd-finch', domain: 'other.example.org', pool: 'suse-15', fencingToken: 'e-7' };
const taken = (...shares: [string, readonly object[]][]): unknown => ({
  kind: 'accepted',
  answer: { checkoutId: 'c', taken: shares.map(([name, vms]) => ({ name, vms })) },
});

describe('checkouts', () => {
  it.each([
    ['POST /api/v1/vm', { alma: { hostname: ['brisk-otter', 'odd-finch'] }, 'suse-15': { hostname: 'brisk-otter' }, domain: 'lab.example.org' }],
    ['POST /vm/', { alma: { hostname: ['brisk-otter', 'odd-finch'] }, 'suse-15': { hostname: 'brisk-otter' }, domain: 'lab.example.org' }],
    ['POST /api/v2/vm', { alma: { hostname: ['brisk-otter.lab.example.org', 'odd-finch.other.example.org'] }, 'suse-15': { hostname: 'brisk-otter.lab.example.org' } }],
    ['POST /vmpooler/api/v3/vm', { alma: { hostname: ['brisk-otter.lab.example.org', 'odd-finch.other.example.org'] }, 'suse-15': { hostname: 'brisk-otter.lab.example.org' } }],
  ])('%s', async (line, expected) => {
    face.replies.set(CheckOutVms, () => taken(['alma', [otter, finch]], ['suse-15', [otter]]));
    const body = '{"alma":"2","suse-15":1}';
    const { headers, text } = await ask(line, { body, headers: { ...token, 'content-type': 'application/x-www-form-urlencoded' } });
    expect(Object.keys(JSON.parse(text))).toEqual(['ok', ...Object.keys(expected)]);
    expect(JSON.parse(text)).toEqual({ ok: true, ...expected });
    expect(headers['leasebook-fencing-token']).toBe('brisk-otter="e-1", odd-finch="e-7", brisk-otter="e-1"');
    expect(face.seen).toMatchObject([{ wanted: [{ name: 'alma', count: 2 }, { name: 'suse-15', count: 1 }], holder: { userId: 'u-1' }, context: { actor: { userId: 'u-1', method: 'pool_token' } } }]);
  }); // prettier-ignore

  it.each(['alma+alma+suse-15', 'alma%2Balma%2Bsuse-15', 'alma+alma+suse-15/'])('by path: %s', async (names) => {
    face.replies.set(CheckOutVms, () => taken(['alma', [otter]]));
    expect((await ask(`POST /api/v3/vm/${names}`, { body: 'ignored' })).status).toBe(200);
    expect(face.seen).toMatchObject([{ wanted: [{ name: 'alma', count: 2 }, { name: 'suse-15', count: 1 }], holder: null, context: { actor: { userId: 'anonymous' } } }]); // prettier-ignore
  });

  it('of many machines by path', async () => {
    face.replies.set(CheckOutVms, () => taken(['alma', Array.from({ length: 300 }, () => otter)]));
    const { status, headers } = await ask(`POST /api/v3/vm/${Array.from({ length: 300 }, () => 'alma').join('+')}`);
    expect([status, headers['leasebook-fencing-token']]).toEqual([200, undefined]);
    expect(face.seen).toMatchObject([{ wanted: [{ name: 'alma', count: 300 }] }]);
  });

  it('of one domain say it in version 1', async () => {
    face.replies.set(CheckOutVms, () => taken(['suse-15', [finch]]));
    expect(JSON.parse((await ask('POST /api/v1/vm/suse-15')).text)).toMatchObject({ domain: 'other.example.org' });
  });

  it.each([
    ['/api/v1', 'lab.example.org'],
    ['/api/v2', undefined],
  ])('of nothing take nothing: %s', async (mount, domain) => {
    face.replies.set(CheckOutVms, () => taken());
    const { status, headers, text } = await ask(`POST ${mount}/vm`, { body: '{"alma":0,"suse-15":"x"}' });
    expect([status, JSON.parse(text)]).toEqual([200, { ok: true, ...(domain === undefined ? {} : { domain }) }]);
    expect(headers).not.toHaveProperty('leasebook-fencing-token');
    expect(face.seen).toMatchObject([{ wanted: [{ count: 0 }, { count: 0 }] }]);
  });

  it.each([
    ['names-unknown', 404],
    ['pools-empty', 503],
  ] as const)('refused as %s: %d', async (code, status) => {
    face.replies.set(CheckOutVms, () => refuse(code, { names: ['alma'] }));
    for (const mount of mounts) expect(await ask(`POST ${mount}/vm/alma`)).toMatchObject({ status, text: refused });
  });

  it.each([
    ['a bad one', { 'x-auth-token': 'bad' }],
    ['an empty one', { 'x-auth-token': '' }],
    ['two', { 'x-auth-token': [goodToken, goodToken] }],
  ])('with a token must have a good one: %s', async (_what, headers) => {
    for (const line of ['POST /api/v1/vm', 'POST /api/v3/vm/alma'])
      expect(await ask(line, { headers, body: '{"nope":1}' })).toMatchObject({
        status: 401,
        text: refused,
        headers: { 'www-authenticate': 'Basic realm="Authentication required"' },
      });
    expect(face.seen).toEqual([]);
    open.replies.set(CheckOutVms, () => taken(['alma', [otter]]));
    expect(await ask('POST /api/v3/vm/alma', { headers, at: open })).toMatchObject({ status: 200 });
  });

  it('may be asked for again with a key', async () => {
    face.replies.set(CheckOutVms, () => taken(['alma', [otter]]));
    for (const key of ['one', 'one', 'two']) await ask('POST /api/v3/vm/alma', { headers: { 'idempotency-key': key } });
    const ids = face.seen.map((command) => (command as CheckOutVms).context.commandId);
    expect([ids[0] === ids[1], ids[1] === ids[2]]).toEqual([true, false]);
    expect(await ask('POST /api/v3/vm/alma', { headers: { 'idempotency-key': 'k'.repeat(256) } })).toMatchObject({
      status: 400,
    });
  });
});
