import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OutcomeUnknown, StoreUnavailable } from '#kernel';
import { ListLeases } from '#projections/leases/leases.query';
import { CreateLease } from '#reservations';
import { askBlazar, long, requestId, short, type Heard, type Sent } from './ask-blazar.js';
import { startMemoryBlazar, type MemoryBlazar } from './memory-blazar.js';
import { sampleLease } from './sample-lease.js';

let face: MemoryBlazar;

beforeAll(async () => {
  face = await startMemoryBlazar();
});
afterAll(() => face.stop());
beforeEach(() => {
  face.seen.length = 0;
  face.replies.clear();
  face.replies.set(ListLeases, () => ({ value: [], stale: false }));
  face.replies.set(CreateLease, () => ({ kind: 'accepted', answer: sampleLease() }));
});

const ask = (line: string, sent: Omit<Sent, 'at'> = {}): Promise<Heard> => askBlazar(line, { at: face, ...sent });
const wanted = { name: 'n', start_date: '2031-05-04 09:00', end_date: '2031-05-04 17:30' };
const text = JSON.stringify(wanted);
const versioned = { vary: 'OpenStack-API-Version', 'openstack-api-version': 'reservation 1.0' };

function expectWithoutVersion({ headers }: Heard): void {
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-openstack-request-id': requestId });
  expect(headers).not.toHaveProperty('vary');
  expect(headers).not.toHaveProperty('openstack-api-version');
}

describe('a token', () => {
  it.each([
    ['is missing', {}],
    ['is unknown', { 'x-auth-token': 'gAAAAAB' }],
    ['is empty', { 'x-auth-token': '' }],
    ['comes twice', { 'x-auth-token': ['demo', 'demo'] }],
    ['is forged', { 'x-identity-status': 'Confirmed', 'x-user-id': 'demo-id', 'x-roles': 'admin' }],
  ])('%s: 401 before anything else', async (_name, headers) => {
    const wrong = { 'openstack-api-version': 'reservation x', 'content-type': 'text/xml', ...headers };
    for (const line of ['GET /v1/leases', 'POST /reservation/v1/leases', 'POST /v1/leases.json', 'PUT /v1/leases/x', 'PATCH /v1/leases', 'DELETE /v1/leases/x']) {
      const heard = await ask(line, { as: null, headers: wrong, body: '{' });
      expect([line, heard.status]).toEqual([line, 401]);
      expect(heard.headers['www-authenticate']).toBe(`Keystone uri="${face.url}/v3"`);
      expectWithoutVersion(heard);
    }
    expect(await ask('HEAD /v1/leases', { as: null, headers: wrong })).toMatchObject({ status: 401, text: '' });
    expect(face.seen).toEqual([]);
  }); // prettier-ignore

  it('cannot be looked at: 503', async () => {
    const heard = await ask('GET /v1/leases', { as: 'unknowable' });
    expect([heard.status, heard.headers['retry-after']]).toEqual([503, '1']);
  });
});

describe('the order of checks', () => {
  const bad = { 'openstack-api-version': 'reservation 1.1', 'content-type': 'text/xml' };
  it.each([
    ['the path before the version', 'POST /v1/leases/', 'reader', bad, '{', 404],
    ['the method before the version', 'PATCH /v1/leases', 'reader', bad, '{', 405],
    ['the version before the content type', 'POST /v1/leases', 'reader', bad, '{', 406],
    ['the content type before the body', 'POST /v1/leases', 'reader', { 'content-type': 'text/xml' }, '{', 400],
    ['the body before the policy', 'POST /v1/leases', 'reader', {}, '{', 400],
    ['the policy before the fields', 'POST /v1/leases', 'reader', {}, '{}', 403],
    ['the policy before the id', 'PUT /v1/leases/x', 'reader', {}, '{"end_date":"x"}', 403],
    ['the id before the fields', 'PUT /v1/leases/x', 'demo', {}, '{"end_date":"x"}', 404],
    ['the fields', 'POST /v1/leases', 'demo', {}, '{}', 400],
  ] as const)('%s', async (_name, line, as, headers, body, status) => {
    expect((await ask(line, { as, headers, body })).status).toBe(status);
    expect(face.seen).toEqual([]);
  });
});

describe('microversions', () => {
  it.each([
    [undefined],
    ['reservation 1.0'],
    ['reservation latest'],
    ['Reservation 1.0'],
    ['compute 2.53'],
    ['compute 2.53, reservation 1.0'],
    [['compute 9.9', 'reservation latest']],
    ['reservation'],
    ['1.1'],
    [''],
  ])('%j is fine', async (version) => {
    const { status, headers } = await ask('GET /v1/leases', { headers: version === undefined ? {} : { 'openstack-api-version': version } }); // prettier-ignore
    expect(status).toBe(200);
    expect(headers).toMatchObject(versioned);
  });

  it.each(['1.1', '2.0', '1.10', '99999999999999999999.0'])('there is no %s', async (version) => {
    const heard = await ask('GET /v1/leases', { headers: { 'openstack-api-version': `reservation ${version}` } });
    const message = `Version ${version} is not supported by the API. Minimum is 1.0 and maximum is 1.0.`;
    expect([heard.status, heard.json]).toEqual([406, short(406, message)]);
    expectWithoutVersion(heard);
  });

  it.each(['abc', '1', '1.', '.0', '01.0', '1.00', '0.1', '1.0.0', '-1.0', '1.x', 'Latest'])('%s is none', async (version) => {
    const heard = await ask('POST /v1/leases', { headers: { 'openstack-api-version': `reservation ${version}` }, json: wanted });
    const message = `API Version String ${version} is of invalid format. Must be of format MajorNum.MinorNum.`;
    expect([heard.status, heard.json]).toEqual([400, short(400, message)]);
    expectWithoutVersion(heard);
    expect(face.seen).toEqual([]);
  }); // prettier-ignore
});

describe('content types', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;x=y', ''])('%j is fine', async (type) => {
    expect((await ask('POST /v1/leases', { body: text, headers: { 'content-type': type } })).status).toBe(202);
  }); // prettier-ignore

  it('none is fine', async () => {
    expect((await ask('POST /v1/leases', { body: text })).status).toBe(202);
  });

  it.each([
    ['text/xml', 'text/xml'],
    ['application/xml; charset=utf-8', 'application/xml'],
    ['application/octet-stream', 'application/octet-stream'],
    ['application/x-www-form-urlencoded', 'application/x-www-form-urlencoded'],
    ['application/json-patch+json', 'application/json-patch+json'],
    ['json', 'json'],
  ])('%s is not, but for .json', async (type, told) => {
    const headers = { 'content-type': type };
    const heard = await ask('POST /v1/leases', { body: text, headers });
    expect([heard.status, heard.json]).toEqual([400, short(400, `Content type '${told}' isn't supported`)]);
    expect(heard.headers).toMatchObject(versioned);
    expect(face.seen).toEqual([]);
    for (const path of ['/v1/leases.json', '/v1/leases/.json', '/reservation/v1/leases.json?x'])
      expect((await ask(`POST ${path}`, { body: text, headers })).status).toBe(202);
    const nothing = await ask('POST /v1/leases', { headers });
    expect([nothing.status, nothing.json]).toMatchObject([400, { error_code: 400 }]);
    expect((await ask('GET /v1/leases', { headers })).status).toBe(200);
  });

  it.each(['text/xml', 'text/html, */*;q=0', 'nonsense', '', 'application/json'])('accepted is JSON: %j', async (accept) => {
    const { status, headers } = await ask('GET /v1/leases', { headers: { accept } });
    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
  }); // prettier-ignore
});

describe('bodies', () => {
  it.each([
    ['nothing', undefined, {}],
    ['of length 0', undefined, { 'content-length': '0' }],
    ['chunked, and nothing', undefined, { 'transfer-encoding': 'chunked' }],
    ['an empty object', '{}', {}],
  ])('%s is {}', async (_name, body, headers) => {
    const { status, json } = await ask('POST /v1/leases', { headers, ...(body === undefined ? {} : { body }) });
    expect([status, json]).toEqual([400, long(400, 'Missing parameter name, start_date, end_date')]);
  });

  it.each(['{', '{"a":1,}', "{'a':1}", 'NaN', '\ufeff{}', ' ', '"\ud800'])('broken: %j', async (body) => {
    const { status, json } = await ask('POST /v1/leases', { body });
    expect([status, json]).toEqual([400, short(400, 'The request body is no valid JSON.')]);
  });

  it.each(['[]', 'null', '"text"', '5', 'true', '[{"name":"x"}]'])('no object: %s', async (body) => {
    const { status, json } = await ask('PUT /v1/leases/x', { body });
    expect([status, json]).toEqual([400, short(400, 'The request body is no JSON object.')]);
  });

  it('that are not UTF-8, or nested too deep', async () => {
    for (const body of [Buffer.from([0x7b, 0xff, 0x7d]), Buffer.from('{"a":'.repeat(5_000))])
      expect((await ask('POST /v1/leases', { body })).status).toBe(400);
    expect(face.seen).toEqual([]);
  });

  it('of GET and DELETE are nobody’s business', async () => {
    expect((await ask('GET /v1/leases', { body: '{', headers: { 'content-type': 'text/xml' } })).status).toBe(200);
    expect((await ask('DELETE /v1/leases/x', { body: '{' })).status).toBe(404);
  });
});

describe('policy', () => {
  const forbidden = (rule: string): object => long(403, `Policy doesn't allow blazar:${rule} to be performed`);
  it.each([
    ['writer', 'GET /v1/leases', 'leases:get'],
    ['unscoped', 'GET /v1/leases.json', 'leases:get'],
    ['writer', 'GET /v1/leases/x', 'leases:get'],
    ['reader', 'POST /v1/leases', 'leases:post'],
    ['reader', 'PUT /reservation/v1/leases/x', 'leases:put'],
    ['unscoped', 'DELETE /v1/leases/x', 'leases:delete'],
  ])('%s may not %s', async (as, line, rule) => {
    const { status, json, headers } = await ask(line, { as });
    expect([status, json]).toEqual([403, forbidden(rule)]);
    expect(headers).toMatchObject(versioned);
    expect(face.seen).toEqual([]);
  });

  it('member is enough to create', async () => {
    expect((await ask('POST /v1/leases', { as: 'writer', json: wanted })).status).toBe(202);
  });
});

describe('request ids', () => {
  it('that a client brings go along with the command; the request has its own', async () => {
    const brought = 'req-11111111-2222-4333-8444-555555555555';
    const { headers } = await ask('POST /v1/leases', { json: wanted, headers: { 'x-openstack-request-id': brought } });
    const own = headers['x-openstack-request-id'];
    expect([own, own === brought]).toEqual([requestId, false]);
    expect(face.seen).toMatchObject([{ context: { requestId: own, correlationId: brought } }]);
  });

  it('of another form do not', async () => {
    const { headers } = await ask('POST /v1/leases', { json: wanted, headers: { 'x-openstack-request-id': 'mine' } });
    expect(face.seen).toMatchObject([{ context: { correlationId: headers['x-openstack-request-id'] } }]);
  });
});

describe('what goes wrong behind a route', () => {
  const again = { status: 503, headers: { 'retry-after': '1' } };
  it.each([
    [new OutcomeUnknown('no answer'), again, long(503, 'The change may have been made; it is safe to ask again.')],
    [new StoreUnavailable('closed'), again, long(503, 'Nothing can be stored at the moment; nothing was changed.')],
    [new Error('a secret'), { status: 500 }, long(500, 'Internal Server Error', 'INTERNAL_SERVER_ERROR')],
    ['no error at all', { status: 500 }, long(500, 'Internal Server Error', 'INTERNAL_SERVER_ERROR')],
  ])('%s', async (thrown, expected, json) => {
    face.replies.set(CreateLease, () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- also what is no error
      throw thrown;
    });
    const heard = await ask('POST /v1/leases', { json: wanted });
    expect(heard).toMatchObject({ ...expected, json });
    expect(heard.headers).toMatchObject({ ...versioned, 'content-type': 'application/json' });
    expect((await ask('GET /v1/leases')).status).toBe(200);
  });
});

describe('requests with a key', () => {
  it('are the same command again', async () => {
    for (const key of ['one', 'one', 'two'])
      await ask('POST /v1/leases', { json: wanted, headers: { 'idempotency-key': key } });
    const ids = (face.seen as CreateLease[]).map(({ context }) => [context.commandId, context.repeatable]);
    expect(ids[1]).toEqual(ids[0]);
    expect(ids[2]).not.toEqual(ids[0]);
    const long_ = await ask('POST /v1/leases', { json: wanted, headers: { 'idempotency-key': 'k'.repeat(256) } });
    expect([long_.status, long_.json]).toMatchObject([400, { error_code: 400, error_name: 400 }]);
  });
});
