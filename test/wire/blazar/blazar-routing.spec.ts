import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ListLeases } from '#projections/leases/leases.query';
import { askBlazar, requestId, short, type Heard, type Sent } from './ask-blazar.js';
import { startMemoryBlazar, type MemoryBlazar } from './memory-blazar.js';

let face: MemoryBlazar;

beforeAll(async () => {
  face = await startMemoryBlazar();
});
afterAll(() => face.stop());
beforeEach(() => {
  face.seen.length = 0;
  face.replies.clear();
  face.replies.set(ListLeases, () => ({ value: [], stale: false }));
});

const ask = (line: string, sent: Omit<Sent, 'at'> = {}): Promise<Heard> => askBlazar(line, { at: face, ...sent });

const notFound = short(404, 'The requested URL was not found on the server.');
const notAllowed = short(405, 'The method is not allowed for the requested URL.');
const unversioned = { 'content-type': 'application/json', 'x-openstack-request-id': requestId };

function expectUnversioned({ headers }: Heard): void {
  expect(headers).toMatchObject(unversioned);
  expect(headers).not.toHaveProperty('vary');
  expect(headers).not.toHaveProperty('openstack-api-version');
}

describe('the list of leases', () => {
  it.each([
    '/v1/leases',
    '/v1/leases.json',
    '/v1/leases/.json',
    '/reservation/v1/leases',
    '/reservation/v1/leases.json',
    '/reservation/v1/leases/.json?limit=1&sort_key=x&fields=id',
  ])('is at %s', async (path) => {
    const { status, headers, text } = await ask(`GET ${path}`);
    expect([status, text]).toEqual([200, '{"leases":[]}']);
    expect(headers).toMatchObject({
      ...unversioned,
      'content-length': '13',
      vary: 'OpenStack-API-Version',
      'openstack-api-version': 'reservation 1.0',
    });
  });

  it('answers HEAD without a body', async () => {
    const { status, headers, text } = await ask('HEAD /v1/leases.json');
    expect([status, headers['content-type'], headers['content-length'], text]).toEqual([
      200,
      'application/json',
      '13',
      '',
    ]);
  });

  it('says when it may be behind the log', async () => {
    face.replies.set(ListLeases, () => ({ value: [], stale: true }));
    expect((await ask('GET /v1/leases')).headers).toMatchObject({ warning: '110 leasebook "Response is Stale"' });
  });
});

describe('versions', () => {
  const paths = ['/reservation', '/reservation/', '/reservation/versions', '/reservation/versions.json'];
  it.each(paths)('are listed at %s, to anybody', async (path) => {
    const heard = await ask(`GET ${path}`, { as: null, headers: { 'openstack-api-version': 'reservation 9.9' } });
    expect(heard.status).toBe(300);
    expectUnversioned(heard);
    const links = [{ href: `${face.url}/reservation/v1`, rel: 'self' }];
    const version = { id: 'v1.0', status: 'CURRENT', links, min_version: '1.0', max_version: '1.0' };
    expect(heard.json).toEqual({ versions: [version] });
    expect(await ask(`HEAD ${path}`, { as: null })).toMatchObject({ status: 300, text: '' });
    const options = { status: 200, text: '', headers: { allow: 'GET, HEAD, OPTIONS' } };
    expect(await ask(`OPTIONS ${path}`, { as: null })).toMatchObject(options);
    expect(await ask(`POST ${path}`, { as: null, json: {} })).toMatchObject({ status: 405, json: notAllowed });
  });
});

const uuid = '5d0c1c52-64a5-4d7e-9a9b-3c8a1d3f7e01';

describe('what is no route', () => {
  it.each([
    '/v1/leases/',
    '/v1/leases.xml/',
    `/v1/leases/${uuid}/`,
    `/v1/leases/${uuid}/events`,
    '/v1/leases//',
    '/v1/leases/a%2Fb',
    '/v1/leases.jsonx',
    '/v1/leasesx',
    '/v1/os-hosts/',
    '/v1/os-hosts/1/allocation/',
    '/v1/os-hosts/1/allocations',
    '/v1/floatingips/1/2',
    '/v1/plugins',
    '/v1/plugins.json',
    '/reservation/v1',
    '/reservation/v1/',
    '/reservation/v1/nothing',
    '/reservation/v1/plugins',
    '/reservation/v1/Leases',
  ])('%s', async (path) => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const heard = await ask(`${method} ${path}`);
      expect([method, heard.status, heard.json]).toEqual([method, 404, notFound]);
      expectUnversioned(heard);
    }
    const unknown = await ask(`GET ${path}`, { as: 'nobody' });
    expect([unknown.status, unknown.headers['www-authenticate']]).toEqual([401, `Keystone uri="${face.url}/v3"`]);
    expect(face.seen).toEqual([]);
  });

  it.each(['/reservation/nothing', '/reservation/v2/leases', '/reservation/versions/', '/reservation/v1x', '/reservation//'])('outside of the API: %s', async (path) => {
    const heard = await ask(`GET ${path}`, { as: null });
    expect([heard.status, heard.json]).toEqual([404, notFound]);
    expectUnversioned(heard);
  }); // prettier-ignore

  const paths = [
    ['/v1'],
    ['/v1/'],
    ['/v1?x=1'],
    ['an id that is too long', `/v1/leases/${'x'.repeat(1_100)}`],
  ] as const;
  it.each(paths)('and no path of anybody: %s', async (name, path: string = name) => {
    const heard = await ask(`GET ${path}`);
    expect([heard.status, heard.json]).toEqual([404, notFound]);
    expectUnversioned(heard);
    expect(await ask(`HEAD ${path}`)).toMatchObject({ status: 404, text: '' });
  });
});

const collection = 'GET, POST, HEAD, OPTIONS';
const one = 'GET, PUT, DELETE, HEAD, OPTIONS';
const allowed: readonly (readonly [path: string, methods: string])[] = [
  ['/v1/leases', collection],
  ['/reservation/v1/leases.json', collection],
  ['/v1/leases/.json', collection],
  [`/v1/leases/${uuid}`, one],
  [`/reservation/v1/leases/${uuid}.json`, one],
  ['/v1/os-hosts', collection],
  ['/v1/os-hosts/.json', collection],
  ['/v1/os-hosts/1', one],
  ['/v1/os-hosts/1/allocation', 'GET, HEAD, OPTIONS'],
  ['/v1/os-hosts/properties/gpu', 'PATCH, OPTIONS'],
  ['/v1/floatingips', collection],
  ['/v1/floatingips/1', 'GET, DELETE, HEAD, OPTIONS'],
];

describe('methods', () => {
  it.each(allowed)('of %s: %s', async (path, methods) => {
    const { status, headers, text } = await ask(`OPTIONS ${path}`);
    expect([status, headers.allow, text]).toEqual([200, methods, '']);
    expect(headers).toMatchObject(unversioned);
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND', 'QUERY'])
      if (!methods.split(', ').includes(method)) {
        const heard = await ask(`${method} ${path}`);
        expect([method, heard.status, heard.json, heard.headers.allow]).toEqual([method, 405, notAllowed, methods]);
      }
    expect(face.seen).toEqual([]);
  });

  it('are told to whoever has a token', async () => {
    for (const method of ['OPTIONS', 'PATCH'])
      expect(await ask(`${method} /v1/leases`, { as: null })).toMatchObject({ status: 401 });
  });

  it.each(['/v1/os-hosts/allocations', '/v1/os-hosts/properties'])('of a static word that wins over an id: %s', async (path) => {
    expect((await ask(`OPTIONS ${path}`)).headers.allow).toBe(one);
  }); // prettier-ignore
});

it.each(['/v1/leases/%zz', '/v1/leases/%ff', '/reservation/v1/%c0'])(
  'a path that cannot be decoded: %s',
  async (path) => {
    const heard = await ask(`GET ${path}`);
    expect([heard.status, heard.json]).toEqual([400, short(400, 'The request could not be understood.')]);
    expectUnversioned(heard);
  },
);

it('a body that is too long', async () => {
  const heard = await ask('POST /v1/leases', { body: Buffer.alloc(2_000_000, ' ') });
  expect([heard.status, heard.json]).toEqual([413, short(413, 'The request body is too long.')]);
});
