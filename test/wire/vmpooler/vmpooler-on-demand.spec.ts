import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DeleteOnDemandRequest, RequestOnDemandVms } from '#pools';
import { refuse } from '#kernel';
import {
  GetOnDemandRequest,
  type OnDemandRequestDocument,
} from '#projections/on-demand-requests/on-demand-requests.query';
import { askVmpooler, nothing, refused, token, type Heard } from './ask-vmpooler.js';
import { samplePool, startMemoryVmpooler, type MemoryVmpooler } from './memory-vmpooler.js';

let face: MemoryVmpooler;

beforeAll(async () => {
  const pools = [samplePool('alma-9', { aliases: ['alma'] }), samplePool('suse-15')];
  face = await startMemoryVmpooler({ pools, domain: 'lab.example.org', maxOnDemandInstancesPerRequest: 10 });
});

afterAll(() => face.stop());

beforeEach(() => {
  face.seen.length = 0;
  face.replies.clear();
});

const ask = (line: string, body?: string, headers: Readonly<Record<string, string>> = token): Promise<Heard> =>
  askVmpooler(line, { at: face, headers, body });
const json = ({ text }: Heard): Readonly<Record<string, unknown>> => JSON.parse(text) as Record<string, unknown>;
const versions = ['/api/v1', '/api/v2', '/api/v3'];

describe('asking', () => {
  it.each([
    ['POST /api/v1/ondemandvm', '{"alma-9":4,"alma":"2","request_id":"my-id"}', [['alma-9', 4], ['alma', 2]], 'my-id'],
    ['POST /api/v3/ondemandvm/', '{"alma-9":1,"suse-15":0}', [['alma-9', 1]], null],
    ['POST /api/v3/ondemandvm', '{"alma-9":1,"request_id":7}', [['alma-9', 1]], '7'],
    ['POST /api/v3/ondemandvm', '{"alma":0}', [], null],
    ['POST /api/v2/ondemandvm/alma+suse-15+alma', 'ignored', [['alma', 2], ['suse-15', 1]], null],
  ])('%s %s', async (line, body, wanted, requestId) => {
    face.replies.set(RequestOnDemandVms, () => ({ kind: 'accepted', answer: { requestId: 'r-1' } }));
    const heard = await ask(line, body);
    expect([heard.status, heard.text]).toEqual([201, '{\n  "ok": true,\n  "request_id": "r-1"\n}']);
    expect(face.seen).toMatchObject([
      { wanted: wanted.map(([name, count]) => ({ name, count })), requestId, holder: { userId: 'u-1' } },
    ]);
  }); // prettier-ignore

  it.each<[string, string | undefined, number, object | undefined]>([
    ['broken JSON', '{', 400, { message: 'JSON payload could not be parsed' }],
    ['no body', undefined, 400, { message: 'JSON payload could not be parsed' }],
    ['a list', '["alma"]', 400, { message: 'JSON payload could not be parsed' }],
    ['null', 'null', 404, undefined],
    ['counts that are none', '{"alma":[1]}', 400, undefined],
    ['unknown names', '{"nope":1,"alma":1,"never":0}', 404, { bad_templates: ['nope', 'never'] }],
    ['an id with a slash', '{"alma":1,"request_id":"a/b"}', 400, { message: 'request_id must have 1 to 255 characters, none of them a slash or a control character' }],
    ['an id without characters', '{"alma":1,"request_id":""}', 400, { message: 'request_id must have 1 to 255 characters, none of them a slash or a control character' }],
    ['an id that is a list', '{"alma":1,"request_id":[]}', 400, { message: 'request_id must have 1 to 255 characters, none of them a slash or a control character' }],
  ])('for %s', async (_what, body, status, more) => {
    for (const version of versions) {
      const heard = await ask(`POST ${version}/ondemandvm`, body);
      expect([heard.status, json(heard)]).toEqual([status, { ok: false, ...more }]);
    }
    expect(face.seen).toEqual([]);
  }); // prettier-ignore

  it.each([
    ['names-unknown', { names: ['gone'] }, 404, { bad_templates: ['gone'] }],
    ['too-many-instances', { limit: 10 }, 403, { message: 'requested amount of instances exceeds the maximum 10' }],
    ['request-id-taken', { requestId: 'my-id' }, 409, { request_id: 'my-id', message: "request_id 'my-id' has already been created" }],
  ] as const)('is refused: %s', async (code, facts, status, more) => {
    face.replies.set(RequestOnDemandVms, () => refuse(code, { ...facts }));
    const heard = await ask('POST /api/v3/ondemandvm', '{"alma":11,"request_id":"my-id"}');
    expect([heard.status, json(heard)]).toEqual([status, { ok: false, ...more }]);
  }); // prettier-ignore

  it('needs a token, and so does deleting', async () => {
    for (const line of ['POST /api/v1/ondemandvm', 'POST /api/v3/ondemandvm/alma', 'DELETE /api/v2/ondemandvm/my-id'])
      expect(await ask(line, undefined, {})).toMatchObject({ status: 401, text: refused });
  });
});

const vm = (name: string, requestedAs: string): object => ({ name, pool: 'alma-9', requestedAs, domain: 'lab.example.org' }); // prettier-ignore

const sample = {
  _id: '"my-id"',
  status: 'open',
  shares: [
    { requestedAs: 'alma', pool: 'alma-9', count: 2 },
    { requestedAs: 'suse-15', pool: 'suse-15', count: 1 },
    { requestedAs: 'alma', pool: 'suse-15', count: 2 },
  ],
  delivered: [vm('brisk-otter', 'alma'), vm('odd-finch', 'suse-15'), vm('calm-gecko', 'alma')],
  ttlMinutes: 5,
} as unknown as OnDemandRequestDocument;

describe('looking', () => {
  const shown = async (path: string, more: object): Promise<unknown> => {
    face.replies.set(GetOnDemandRequest, () => ({ value: { ...sample, ...more }, stale: false }));
    const heard = await ask(`GET ${path}/ondemandvm/my-id`, undefined, {});
    return [heard.status, Object.entries(json(heard))];
  };
  const head = (ready: boolean): readonly unknown[] => [['ok', true], ['request_id', 'my-id'], ['ready', ready]]; // prettier-ignore

  it('at an open one', async () => {
    for (const version of versions)
      expect(await shown(version, {})).toEqual([
        202,
        [...head(false), ['alma', { ready: '2', pending: '2' }], ['suse-15', { ready: '1', pending: '0' }]],
      ]);
  });

  it('at one that is done', async () => {
    const full = ['brisk-otter.lab.example.org', 'calm-gecko.lab.example.org'];
    for (const version of ['/api/v2', '/api/v3'])
      expect(await shown(version, { status: 'ready' })).toEqual([
        200,
        [...head(true), ['alma', { hostname: full }], ['suse-15', { hostname: ['odd-finch.lab.example.org'] }]],
      ]);
    expect(await shown('/api/v1', { status: 'ready' })).toEqual([
      200,
      [
        ...head(true),
        ['alma', { hostname: ['brisk-otter', 'calm-gecko'] }],
        ['suse-15', { hostname: ['odd-finch'] }],
        ['domain', 'lab.example.org'],
      ],
    ]);
  });

  it.each([
    ['failed', "The request failed to provision instances within the configured ondemand_request_ttl '5'"],
    ['deleted', 'The request has been deleted'],
  ])('at one that is %s', async (status, message) => {
    expect(await shown('/api/v3', { status })).toEqual([200, [...head(false), ['message', message]]]);
  });

  it('at none', async () => {
    face.replies.set(GetOnDemandRequest, () => nothing);
    const heard = await ask('GET /api/v3/ondemandvm/x');
    expect([heard.status, json(heard)]).toEqual([404, { ok: false, message: "no request found for request_id 'x'" }]);
  });
});

describe('deleting', () => {
  it.each([
    [{ kind: 'accepted', answer: { alreadyDeleted: false } }, 200, { ok: true }],
    [
      { kind: 'accepted', answer: { alreadyDeleted: true } },
      200,
      { ok: true, message: 'the request has already been deleted' },
    ],
    [refuse('request-unknown', { requestId: 'x' }), 404, { ok: false, message: "no request found for request_id 'x'" }],
    [refuse('not-the-owner', {}), 403, { ok: false }],
  ])('%j', async (reply, status, body) => {
    face.replies.set(DeleteOnDemandRequest, () => reply);
    const heard = await ask('DELETE /api/v3/ondemandvm/x');
    expect([heard.status, json(heard)]).toEqual([status, body]);
  });
});
