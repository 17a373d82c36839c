import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AddDisk, ModifyVm, ReturnVm, RevertVm, SnapshotVm, type PoolsRefusal } from '#pools';
import { refuse } from '#kernel';
import { GetVm } from '#projections/vms/vms.query';
import { askVmpooler, mounts, nothing, refused, token, type Heard } from './ask-vmpooler.js';
import { samplePool, startMemoryVmpooler, type MemoryVmpooler } from './memory-vmpooler.js';

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

const record = {
  _id: 'brisk-otter',
  pool: 'alma-9',
  placement: { serviceHost: 'kvm-1' },
  domain: 'lab.example.org',
  ip: null,
  readyAt: 1,
  checkout: null,
  lifetime: null,
  tags: [],
  snapshots: [],
  disks: [],
  queue: 'ready',
};

describe('one machine', () => {
  const known = (): void => void face.replies.set(GetVm, () => ({ value: record, stale: false }));

  it('is known by its short name, whatever its domain', async () => {
    known();
    for (const host of ['brisk-otter', 'brisk-otter.lab.example.org', 'brisk-otter.elsewhere']) {
      const { text } = await ask(`GET /api/v3/vm/${host}`);
      expect(JSON.parse(text)).toMatchObject({ ok: true, 'brisk-otter': { state: 'ready', fqdn: 'brisk-otter.lab.example.org' } }); // prettier-ignore
    }
    expect(face.seen).toMatchObject([{ name: 'brisk-otter' }, { name: 'brisk-otter' }, { name: 'brisk-otter' }]);
  });

  it.each(['GET', 'PUT', 'DELETE'])('%s looks at the form of its name in version 3 alone', async (method) => {
    face.replies.set(GetVm, () => nothing).set(ReturnVm, () => refuse('vm-unknown'));
    const name = 'no_such';
    expect(await ask(`${method} /api/v1/vm/${name}`)).toMatchObject({ status: 404, text: refused });
    const { status, text } = await ask(`${method} /api/v3/vm/${name}`);
    expect([status, JSON.parse(text)]).toEqual([400, { ok: false, error: 'Invalid hostname format' }]);
  });

  it('is changed', async () => {
    known();
    face.replies.set(ModifyVm, () => ({ kind: 'accepted', answer: undefined }));
    const body = '{"lifetime":"2","tags":{"a":"b"}}';
    expect(await ask('PUT /api/v3/vm/brisk-otter', { body, headers: token })).toMatchObject({ status: 200 });
    expect(face.seen[1]).toMatchObject({ name: 'brisk-otter', change: { lifetime: 2, tags: { a: 'b' } }, toucher: { userId: 'u-1' } }); // prettier-ignore
  });

  it.each<[string, string, string | undefined, Readonly<Record<string, string>>, number]>([
    ['unknown before the body', '/api/v3', '{', {}, 404],
    ['unknown before the token', '/api/v1', '{"lifetime":2}', {}, 404],
  ])('%s', async (_what, mount, body, headers, status) => {
    face.replies.set(GetVm, () => nothing);
    expect(await ask(`PUT ${mount}/vm/brisk-otter`, { body, headers })).toMatchObject({ status, text: refused });
  });

  it.each<[string, string, string | undefined, Readonly<Record<string, string>>, number]>([
    ['no token for a lifetime', '/api/v3', '{"tags":5,"lifetime":0}', {}, 401],
    ['none for a lifetime in version 2', '/api/v2', '{"lifetime":2}', {}, 401],
    ['none at all in version 1', '/api/v1', '{"tags":{"a":"b"}}', {}, 401],
    ['a bad one', '/api/v1', '{"tags":{"a":"b"}}', { 'x-auth-token': 'bad' }, 401],
    ['no JSON', '/api/v3', '{', {}, 400],
    ['no JSON in version 1, with a token', '/api/v1', '{', token, 400],
    ['nothing in version 1', '/api/v1', undefined, token, 400],
    ['nothing in version 2', '/api/v2', undefined, {}, 400],
    ['nothing in version 3', '/api/v3', undefined, {}, 200],
    ['an empty object', '/api/v2', '{}', {}, 200],
    ['an empty list', '/api/v1', '[]', token, 200],
    ['an empty list in version 3', '/api/v3', '[]', {}, 400],
    ['tags that are not set', '/api/v3', '{"tags":{"a":null,"b":""}}', {}, 200],
    ['an unknown argument', '/api/v3', '{"foo":"bar"}', {}, 400],
  ])('%s', async (_what, mount, body, headers, status) => {
    known();
    expect(await ask(`PUT ${mount}/vm/brisk-otter`, { body, headers })).toMatchObject({ status });
    expect(face.seen.filter((message) => message instanceof ModifyVm)).toEqual([]);
  });

  it('needs no token for tags in versions 2 and 3', async () => {
    known();
    face.replies.set(ModifyVm, () => ({ kind: 'accepted', answer: undefined }));
    for (const mount of ['/api/v2', '/api/v3'])
      for (const headers of [{}, { 'x-auth-token': 'bad' }])
        expect(await ask(`PUT ${mount}/vm/brisk-otter`, { body: '{"tags":{"a":"b"}}', headers })).toMatchObject({
          status: 200,
        });
    expect(face.seen.filter((message) => message instanceof ModifyVm)).toHaveLength(4);
  });

  it('tells every failure at once', async () => {
    known();
    const { text } = await ask('PUT /api/v3/vm/brisk-otter', { body: '{"foo":"bar","tags":1}' });
    expect(JSON.parse(text)).toEqual({
      ok: false,
      failure: ['Unknown argument bar.', 'You provided tags (1) as something other than a hash.'],
    });
  });

  it.each<[string, PoolsRefusal | undefined, number, string | undefined]>([
    ['given back', undefined, 200, undefined],
    ['unknown', 'vm-unknown', 404, undefined],
    ['not running', 'vm-not-running', 404, undefined],
    ['taken with a token', 'token-required', 401, 'Basic realm="Authentication required"'],
    ["another's, where that matters", 'not-the-owner', 403, undefined],
  ])('%s', async (_what, code, status, challenge) => {
    face.replies.set(ReturnVm, () =>
      code === undefined ? { kind: 'accepted', answer: { pool: 'alma-9' } } : refuse(code),
    );
    for (const mount of mounts) {
      const { headers, ...heard } = await ask(`DELETE ${mount}/vm/brisk-otter`);
      expect([heard.status, headers['www-authenticate']]).toEqual([status, challenge]);
    }
  });

  it('is given back by whoever a good token names', async () => {
    face.replies.set(ReturnVm, () => ({ kind: 'accepted', answer: { pool: 'alma-9' } }));
    for (const headers of [token, { 'x-auth-token': 'bad' }, {}]) await ask('DELETE /api/v3/vm/a', { headers });
    expect(face.seen.map((message) => (message as ReturnVm).toucher?.userId)).toEqual(['u-1', undefined, undefined]);
  });
});

describe('disks and snapshots', () => {
  const paths = ['/vm/brisk-otter.x/disk/8', '/vm/brisk-otter.x/snapshot', '/vm/brisk-otter.x/snapshot/f0u3'];
  const accept = (at: MemoryVmpooler): void => {
    at.replies
      .set(AddDisk, () => ({ kind: 'accepted', answer: undefined }))
      .set(SnapshotVm, () => ({ kind: 'accepted', answer: { snapshotId: 's'.repeat(32) } }))
      .set(RevertVm, () => ({ kind: 'accepted', answer: undefined }));
  };
  const answers = [
    { ok: true, 'brisk-otter': { disk: '+8gb' } },
    { ok: true, 'brisk-otter': { snapshot: 's'.repeat(32) } },
    { ok: true },
  ];

  it.each(['/api/v1', '/api/v2', '/api/v3', '/vmpooler/api/v2'])('%s', async (mount) => {
    accept(face);
    accept(open);
    for (const [index, path] of paths.entries()) {
      expect(await ask(`POST ${mount}${path}`)).toMatchObject({ status: 401, text: refused });
      const heard = await ask(`POST ${mount}${path}`, { headers: token });
      expect([heard.status, JSON.parse(heard.text)]).toEqual([202, answers[index]]);
      expect(await ask(`POST ${mount}${path}`, { at: open })).toMatchObject({ status: 202 });
    }
    expect(face.seen).toMatchObject([
      { name: 'brisk-otter', gb: 8, toucher: { userId: 'u-1' } },
      { name: 'brisk-otter', toucher: { userId: 'u-1' } },
      { name: 'brisk-otter', snapshotId: 'f0u3', toucher: { userId: 'u-1' } },
    ]);
  });

  it.each(['vm-unknown', 'snapshot-unknown'] as const)('refused as %s', async (code) => {
    face.replies
      .set(AddDisk, () => refuse(code))
      .set(SnapshotVm, () => refuse(code))
      .set(RevertVm, () => refuse(code));
    for (const path of paths)
      expect(await ask(`POST /api/v3${path}`, { headers: token })).toMatchObject({ status: 404, text: refused });
  });

  it.each<[string, number, object | undefined]>([
    ['/api/v1/vm/a/disk/0', 404, undefined],
    ['/api/v1/vm/a/disk/abc', 404, undefined],
    ['/api/v2/vm/a/disk/-1', 404, undefined],
    ['/api/v2/vm/a/disk/99999999999999999999', 404, undefined],
    ['/api/v3/vm/a/disk/abc', 400, { error: 'Disk size must be a valid integer' }],
    ['/api/v3/vm/a/disk/0', 400, { error: 'Disk size must be at least 1' }],
    ['/api/v3/vm/a/disk/2049', 400, { error: 'Disk size must be at most 2048' }],
    ['/api/v3/vm/a_b/disk/0', 400, { error: 'Invalid hostname format' }],
  ])('%s', async (path, status, more) => {
    expect(await ask(`POST ${path}`)).toMatchObject({ status: 401 });
    const heard = await ask(`POST ${path}`, { headers: token });
    expect([heard.status, JSON.parse(heard.text)]).toEqual([status, { ok: false, ...more }]);
    expect(face.seen).toEqual([]);
  });

  it('has no upper bound before version 3', async () => {
    accept(face);
    expect((await ask('POST /api/v1/vm/a/disk/5000', { headers: token })).text).toContain('"+5000gb"');
  });
});
