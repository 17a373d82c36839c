import { gunzipSync } from 'node:zlib';
import type { OutgoingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CheckOutVms, ReturnVm } from '#pools';
import { OutcomeUnknown, refuse, StoreUnavailable } from '#kernel';
import { ListPools } from '#projections/pools/pools.query';
import { GetVm } from '#projections/vms/vms.query';
import { askVmpooler, basic, jdoe, mounts, nothing, refused, token, type Heard } from './ask-vmpooler.js';
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

describe('answers', () => {
  it.each(mounts.flatMap((mount) => [`${mount}/vm`, `${mount}/vm/`]))('%s is JSON over several lines', async (path) => {
    face.replies.set(ListPools, () => ({ value: [{ _id: 'alma-9' }, { _id: 'suse-15' }], stale: false }));
    const { status, headers, text } = await ask(`GET ${path}`);
    expect([status, text]).toEqual([200, '[\n  "alma-9",\n  "suse-15"\n]']);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
      vary: 'Accept-Encoding',
      'content-length': String(text.length),
    });
    expect(headers).not.toHaveProperty('warning');
  });

  it.each([404, 200])('HEAD is answered as GET, without the body (%d)', async (status) => {
    const reply = status === 404 ? nothing : { value: [], stale: false };
    face.replies.set(GetVm, () => reply).set(ListPools, () => reply);
    const path = status === 404 ? '/api/v3/vm/nothing' : '/api/v3/vm';
    const [head, get] = [await ask(`HEAD ${path}`), await ask(`GET ${path}`)];
    expect([head.status, head.text, get.status]).toEqual([status, '', status]);
    const { date: _one, ...ofHead } = head.headers;
    const { date: _other, ...ofGet } = get.headers;
    expect(ofHead).toEqual(ofGet);
  });

  it.each([
    ['gzip', true],
    ['deflate, gzip;q=0.5', true],
    ['*', true],
    ['x-gzip', true],
    ['identity', false],
    ['gzip;q=0', false],
    ['*;q=0.0', false],
  ])('Accept-Encoding: %s', async (accepted, packs) => {
    const names = Array.from({ length: 200 }, (_, n) => ({ _id: `pool-${String(n)}` }));
    face.replies.set(ListPools, () => ({ value: names, stale: false }));
    const { headers, bytes } = await ask('GET /api/v3/vm', { headers: { 'accept-encoding': accepted } });
    expect(headers['content-encoding']).toBe(packs ? 'gzip' : undefined);
    expect(JSON.parse((packs ? gunzipSync(bytes) : bytes).toString())).toHaveLength(200);
  });

  it('short ones are sent as they are, long ones packed beside', async () => {
    const headers = { 'accept-encoding': 'gzip' };
    face.replies.set(ListPools, () => ({ value: [{ _id: 'a' }], stale: false }));
    expect((await ask('GET /api/v3/vm', { headers })).headers).not.toHaveProperty('content-encoding');
    const names = Array.from({ length: 20_000 }, (_, n) => ({ _id: `pool-${String(n)}` }));
    face.replies.set(ListPools, () => ({ value: names, stale: false }));
    const { bytes } = await ask('GET /api/v3/vm', { headers });
    expect(JSON.parse(gunzipSync(bytes).toString())).toHaveLength(20_000);
  });

  it('say when they may be old', async () => {
    face.replies.set(ListPools, () => ({ value: [], stale: true }));
    expect((await ask('GET /api/v3/vm')).headers.warning).toBe('110 leasebook "Response is Stale"');
  });

  it.each(['/vmpooler', '/vmpooler/'])('%s leads to the dashboard', async (path) => {
    const { status, headers } = await ask(`GET ${path}`);
    expect([status, headers.location]).toEqual([302, '/vmpooler/dashboard/']);
  });
});

describe('what there is not', () => {
  it.each([
    'GET /api/v3/nothing',
    'GET /api/v4/vm',
    'GET /api',
    'PATCH /api/v3/vm',
    'DELETE /api/v1/vm',
    'PUT /api/v2/vm',
    'OPTIONS /api/v3/vm',
    'POST /api/v3/vm/a/b/c',
    'POST /api/v3/vm/a/disk',
    'GET /api/v3/vm//',
    'GET /vmpooler/nothing',
    'GET /nothing',
    'POST /',
    'GET /poolstat',
    'GET /totalrunning',
    'GET /config',
    'POST /ondemandvm',
    'PUT /vm/brisk-otter/disk/8',
    'POST /vmpooler/vm/brisk-otter/disk/8',
  ])('%s', async (line) => {
    const { status, headers, text } = await ask(line, { headers: token });
    expect([status, text, headers['content-type']]).toEqual([404, refused, 'application/json']);
    expect(face.seen).toEqual([]);
  });

  it.each(['/api/v3/vm/%zz', '/vmpooler/api/v1/vm/%'])('GET %s cannot be decoded', async (path) => {
    expect(await ask(`GET ${path}`)).toMatchObject({ status: 400, text: refused });
  });

  it('nor bodies without an end', async () => {
    const body = 'x'.repeat(1_048_577);
    expect(await ask('POST /api/v3/vm', { body })).toMatchObject({ status: 413 });
  });
});

describe('Basic credentials', () => {
  const challenge = 'Basic realm="Authentication required"';

  it.each<[string, OutgoingHttpHeaders]>([
    ['none', {}],
    ['a wrong password', basic('jdoe', 'x')],
    ['another scheme', { authorization: `Bearer ${goodToken}` }],
    ['no base64', { authorization: 'Basic ???' }],
    ['no colon', { authorization: `Basic ${Buffer.from('jdoe').toString('base64')}` }],
    ['no UTF-8', { authorization: `Basic ${Buffer.from([0xff, 0x3a, 0xff]).toString('base64')}` }],
    ['a token instead', token],
  ])('%s', async (_what, headers) => {
    for (const line of ['GET /api/v3/token', 'POST /api/v1/token', 'DELETE /token/abc'])
      expect(await ask(line, { headers })).toMatchObject({
        status: 401,
        text: refused,
        headers: { 'www-authenticate': challenge },
      });
    expect(face.seen).toEqual([]);
  });

  it('cannot be checked at the moment, or not so often', async () => {
    const [down, often] = [basic('nobody-answers', ''), basic('guesser', '')];
    expect(await ask('GET /api/v3/token', { headers: down })).toMatchObject({
      status: 503,
      text: refused,
      headers: { 'retry-after': '1' },
    });
    expect(await ask('GET /api/v3/token', { headers: often })).toMatchObject({
      status: 429,
      text: refused,
      headers: { 'retry-after': '30' },
    });
  });

  it.each(['GET /api/v3/token', 'POST /api/v2/token', 'DELETE /token/abc', 'GET /api/v1/token/abc'])(
    'are of no use without authentication: %s',
    async (line) => {
      expect(await ask(line, { headers: jdoe, at: open })).toMatchObject({ status: 404, text: refused });
      expect(open.seen).toEqual([]);
    },
  );
});

describe('when it cannot be done now', () => {
  it.each<[string, () => unknown, Readonly<Record<string, string>>]>([
    ['busy', () => refuse('busy'), { 'retry-after': '1' }],
    ['the outcome is not known', () => { throw new OutcomeUnknown('x'); }, { 'retry-after': '1' }],
    ['the store does not answer', () => { throw new StoreUnavailable('x'); }, { 'retry-after': '1' }],
  ])('%s', async (_what, reply, headers) => {
    face.replies.set(CheckOutVms, reply).set(ReturnVm, reply);
    for (const line of ['POST /api/v3/vm/alma', 'DELETE /api/v1/vm/brisk-otter'])
      expect(await ask(line)).toMatchObject({ status: 503, text: refused, headers });
  }); // prettier-ignore

  it('and nobody foresaw it', async () => {
    face.replies.set(CheckOutVms, () => {
      throw new Error('a secret');
    });
    expect(await ask('POST /api/v3/vm/alma')).toMatchObject({
      status: 500,
      text: '<h1>Internal Server Error</h1>',
      headers: { 'content-type': 'text/html' },
    });
  });
});
