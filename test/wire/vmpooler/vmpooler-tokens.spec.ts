import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DeletePoolToken, IssuePoolToken } from '#pools';
import { refuse } from '#kernel';
import { GetPoolToken, PoolTokensOfUser } from '#projections/pool-tokens/pool-tokens.query';
import { RunningVmsOfToken } from '#projections/vms/vms.query';
import { askVmpooler, jdoe, nothing, refused, type Heard } from './ask-vmpooler.js';
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

describe('tokens', () => {
  it('are issued to whom they belong', async () => {
    face.replies.set(IssuePoolToken, () => ({ kind: 'accepted', answer: { token: goodToken } }));
    expect((await ask('POST /api/v3/token/', { headers: jdoe })).text).toBe(
      `{\n  "ok": true,\n  "token": "${goodToken}"\n}`,
    );
    expect(face.seen).toMatchObject([
      {
        user: { userId: 'u-1', name: 'jdoe' },
        context: { facade: 'vmpooler', actor: { userId: 'u-1', method: 'password', name: 'jdoe', projectId: 'p-1' } },
      },
    ]);
  });

  it('are never kept for a repeat', async () => {
    const { status, text } = await ask('POST /api/v3/token', { headers: { ...jdoe, 'idempotency-key': 'k' } });
    expect([status, JSON.parse(text)]).toEqual([
      400,
      { ok: false, error: 'Idempotency-Key is not possible here: the answer holds a secret.' },
    ]);
    expect(face.seen).toEqual([]);
  });

  it('are listed with their times', async () => {
    const createdAt = Date.UTC(2026, 2, 8, 23, 0);
    const documents = [
      { _id: 'hash of used-1', sealed: 'one', createdAt },
      { _id: 'hash of two', sealed: 'two', createdAt },
      { _id: 'hash of three', sealed: '', createdAt },
    ];
    face.replies.set(PoolTokensOfUser, () => ({ value: documents, stale: false }));
    expect(JSON.parse((await ask('GET /api/v2/token', { headers: jdoe })).text)).toEqual({
      ok: true,
      one: { created: '2026-03-09 00:00:00 +0100', last: '2026-03-09 08:15:00 +0100' },
      two: { created: '2026-03-09 00:00:00 +0100', last: 'never' },
    });
    face.replies.set(PoolTokensOfUser, () => ({ value: [], stale: false }));
    expect(await ask('GET /api/v2/token', { headers: jdoe })).toMatchObject({ status: 404, text: refused });
  });

  it('are shown to whoever has them, with their machines in the order of pools', async () => {
    const createdAt = Date.UTC(2026, 2, 8, 23, 0);
    const running = [['odd-finch', 'suse-15'], ['brisk-otter', 'alma-9'], ['calm-gecko', 'alma-9']]; // prettier-ignore
    face.replies
      .set(GetPoolToken, () => ({ value: { sealed: 'used-1', createdAt }, stale: false }))
      .set(RunningVmsOfToken, () => ({ value: running.map(([_id, pool]) => ({ _id, pool })), stale: true }));
    const { headers, text } = await ask('GET /api/v1/token/used-1');
    expect(JSON.parse(text)).toEqual({
      ok: true,
      'used-1': {
        user: 'jdoe',
        created: '2026-03-09 00:00:00 +0100',
        last: '2026-03-09 08:15:00 +0100',
        vms: { running: ['brisk-otter', 'calm-gecko', 'odd-finch'] },
      },
    });
    expect(headers.warning).toContain('110');
    face.replies.set(RunningVmsOfToken, () => ({ value: [], stale: false }));
    expect(JSON.parse((await ask('GET /api/v1/token/two')).text)).toEqual({
      ok: true,
      'used-1': { user: 'jdoe', created: '2026-03-09 00:00:00 +0100' },
    });
    face.replies.set(GetPoolToken, () => nothing);
    expect(await ask('GET /api/v1/token/two')).toMatchObject({ status: 404, text: refused });
  });

  it('are deleted by any user; an unknown one is 401 without a challenge', async () => {
    face.replies.set(DeletePoolToken, () => ({ kind: 'accepted', answer: undefined }));
    expect((await ask('DELETE /api/v3/token/abc', { headers: jdoe })).text).toBe('{\n  "ok": true\n}');
    face.replies.set(DeletePoolToken, () => refuse('token-unknown'));
    const { status, headers, text } = await ask('DELETE /api/v3/token/abc', { headers: jdoe });
    expect([status, text, headers['www-authenticate']]).toEqual([401, refused, undefined]);
  });
});
