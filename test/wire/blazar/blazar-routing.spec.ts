import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ListLeases } from '#projections/leases/leases.query';
import { askBlazar, type Heard, type Sent } from './ask-blazar.js';
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
const requestId = expect.stringMatching(/^req-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
const short = (status: number, message: unknown) => ({ error: status, error_message: message });

describe('the list of leases', () => {
  it.each(['/v1/leases', '/v1/leases.json', '/v1/leases/.json', '/reservation/v1/leases', '/reservation/v1/leases.json', '/reservation/v1/leases/.json?x=1'])('is at %s', async (path) => {
    const { status, headers, text } = await ask(`GET ${path}`, { headers: { accept: 'text/xml' } });
    expect([status, text]).toEqual([200, '{"leases":[]}']);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': '13',
      vary: 'OpenStack-API-Version',
      'openstack-api-version': 'reservation 1.0',
      'x-openstack-request-id': requestId,
    });
  }); // prettier-ignore

  it('answers HEAD without a body', async () => {
    const { status, headers, text } = await ask('HEAD /v1/leases');
    expect([status, headers['content-type'], headers['content-length'], text]).toEqual([200, 'application/json', '13', '']); // prettier-ignore
  });

  it('says when it may be behind the log', async () => {
    face.replies.set(ListLeases, () => ({ value: [], stale: true }));
    expect((await ask('GET /v1/leases')).headers).toMatchObject({ warning: '110 leasebook "Response is Stale"' });
  });
});

describe('versions', () => {
  it.each(['/reservation', '/reservation/', '/reservation/versions', '/reservation/versions.json'])('are listed at %s', async (path) => {
    const { status, headers, json } = await ask(`GET ${path}`, { as: null });
    expect(status).toBe(300);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-openstack-request-id': requestId });
    expect(headers).not.toHaveProperty('openstack-api-version');
    const links = [{ href: `${face.url}/reservation/v1`, rel: 'self' }];
    expect(json).toEqual({ versions: [{ id: 'v1.0', status: 'CURRENT', links, min_version: '1.0', max_version: '1.0' }] });
    expect(await ask(`HEAD ${path}`, { as: null })).toMatchObject({ status: 300, text: '' });
    expect(await ask(`OPTIONS ${path}`, { as: null })).toMatchObject({ status: 200, text: '', headers: { allow: 'GET, HEAD, OPTIONS' } });
    expect(await ask(`POST ${path}`, { as: null, json: {} })).toMatchObject({ status: 405, json: { error: 405 } });
  }); // prettier-ignore
});
