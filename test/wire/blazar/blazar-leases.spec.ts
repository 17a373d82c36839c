import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { refuse } from '#kernel';
import { GetLease, ListLeases } from '#projections/leases/leases.query';
import { CreateLease, DeleteLease, UpdateLease, type LeaseFacts } from '#reservations';
import { askBlazar, long, type Heard, type Sent } from './ask-blazar.js';
import { labProject, startMemoryBlazar, type MemoryBlazar } from './memory-blazar.js';
import { hostTerms, leaseDocument, leaseId, sampleLease, sampleReservation, sampleView } from './sample-lease.js';

let seed: MemoryBlazar;
let current: MemoryBlazar;

beforeAll(async () => {
  [seed, current] = await Promise.all([startMemoryBlazar('seed'), startMemoryBlazar('current')]);
});
afterAll(async () => {
  await Promise.all([seed.stop(), current.stop()]);
});

const answered = (answer: unknown) => () => ({ kind: 'accepted', answer });
const found = (lease: LeaseFacts | undefined) => () => ({
  value: lease === undefined ? undefined : leaseDocument(lease),
  stale: false,
});

beforeEach(() => {
  for (const { seen, replies } of [seed, current]) {
    seen.length = 0;
    replies.clear();
    replies.set(CreateLease, answered(sampleLease()));
    replies.set(UpdateLease, answered(sampleLease()));
    replies.set(DeleteLease, answered(undefined));
    replies.set(GetLease, found(sampleLease()));
  }
});

const ask = (line: string, sent: Partial<Sent> = {}): Promise<Heard> => askBlazar(line, { at: seed, ...sent });
const one = `/v1/leases/${leaseId}`;
const wanted = { name: 'wind-tunnel', start_date: '2031-5-4 09:00', end_date: '2031-05-04 17:30' };
const at = (...parts: [number, number, number, number, number]): number => Date.UTC(...parts);

describe('answers', () => {
  it.each([
    ['seed', 202, 202],
    ['current', 201, 200],
  ] as const)('have the codes of profile %s', async (profile, created, changed) => {
    const face = profile === 'seed' ? seed : current;
    const views = [
      await ask('POST /v1/leases', { at: face, json: wanted }),
      await ask(`PUT ${one}`, { at: face, json: { name: 'other' } }),
      await ask(`GET ${one}`, { at: face }),
    ];
    expect(views.map(({ status }) => status)).toEqual([created, changed, 200]);
    for (const { json, headers } of views) {
      expect(json).toEqual({ lease: sampleView });
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'openstack-api-version': 'reservation 1.0',
        vary: 'OpenStack-API-Version',
      });
    }
    const gone = await ask(`DELETE ${one}`, { at: face });
    expect([gone.status, gone.text, gone.headers['content-type']]).toEqual([204, '', 'application/json']);
    expect(gone.headers).not.toHaveProperty('content-length');
    expect(gone.headers).toMatchObject({ 'openstack-api-version': 'reservation 1.0' });
  });

  it('are the same for HEAD and with .json', async () => {
    const { text } = await ask(`GET ${one}.json`);
    expect(JSON.parse(text)).toEqual({ lease: sampleView });
    const { status, headers, text: none } = await ask(`HEAD /reservation${one}`);
    expect([status, headers['content-length'], none]).toEqual([200, String(text.length), '']);
    expect(seed.seen).toEqual([new GetLease(leaseId), new GetLease(leaseId)]);
  });

  it('list every lease once', async () => {
    const leases = [sampleLease(), sampleLease({ id: 'x', name: 'Ω', status: 'ERROR', degraded: true })];
    for (const [who, project] of [['demo', labProject], ['reader', labProject], ['admin', null]] as const) {
      seed.seen.length = 0;
      seed.replies.set(ListLeases, () => ({ value: leases.map(leaseDocument), stale: false }));
      const { json } = await ask('GET /v1/leases', { as: who });
      expect(json.leases[0]).toEqual(sampleView);
      expect(json.leases[1]).toMatchObject({ id: 'x', name: 'Ω', status: 'ERROR', degraded: true });
      expect(seed.seen).toEqual([new ListLeases(project)]);
    }
  }); // prettier-ignore

  it('made once for each lease are not those of another', async () => {
    const lease = leaseDocument(sampleLease());
    const renamed = leaseDocument(sampleLease({ name: 'other' }));
    for (const [each, name] of [[lease, 'wind-tunnel'], [renamed, 'other'], [lease, 'wind-tunnel']] as const) {
      seed.replies.set(ListLeases, () => ({ value: [each, each], stale: false }));
      const { json } = await ask('GET /v1/leases');
      expect(json.leases.map((one: { name: string }) => one.name)).toEqual([name, name]);
    }
  }); // prettier-ignore

  it('never lack the time of a change', async () => {
    seed.replies.set(GetLease, found(sampleLease({ updatedAt: null })));
    expect((await ask(`GET ${one}`)).json.lease.updated_at).toBe('2031-05-01 08:12:44.118000');
  });
});

describe('reservations show', () => {
  const means = { flavorId: 'f', serverGroupId: 'g', aggregateId: 7 };
  const instance = { amount: 2, vcpus: 4, memoryMb: 512, diskGb: 0 };
  const shownInstance = { amount: 2, vcpus: 4, memory_mb: 512, disk_gb: 0 };
  const shownMeans = { flavor_id: 'f', server_group_id: 'g', aggregate_id: 7 };
  it.each([
    [{ ...hostTerms, beforeEnd: '' }, null, { min: 1, max: 2, hypervisor_properties: '[">=", "$vcpus", "16"]', resource_properties: '', before_end: '' }],
    [{ resourceType: 'virtual:instance', ...instance, affinity: false, resourceProperties: '[]' }, means, { ...shownInstance, ...shownMeans, affinity: false, resource_properties: '[]' }],
    [{ resourceType: 'virtual:instance', ...instance, affinity: null, resourceProperties: '' }, { ...means, serverGroupId: null }, { ...shownInstance, ...shownMeans, server_group_id: null, affinity: null, resource_properties: '' }],
    [{ resourceType: 'flavor:instance', ...instance, flavorId: 'source', flavor: '{"id":"source"}', needs: [], traits: [] }, means, { ...shownInstance, ...shownMeans, affinity: null, resource_properties: '{"id":"source"}' }],
    [{ resourceType: 'virtual:floatingip', networkId: 'n', amount: 1, requiredFloatingIps: ['192.0.2.7'] }, null, { network_id: 'n', amount: 1, required_floatingips: ['192.0.2.7'] }],
  ] as const)("%j", async (terms, of, shown) => {
    const state = { status: 'active', missingResources: true, resourcesChanged: true, updatedAt: 0 } as const;
    seed.replies.set(GetLease, found(sampleLease({ reservations: [sampleReservation(terms, { means: of, ...state })] })));
    expect((await ask(`GET ${one}`)).json.lease.reservations).toEqual([{
      id: 'b7e00000-0000-4000-8000-000000000001',
      lease_id: leaseId,
      resource_id: 'e3aa0000-0000-4000-8000-000000000001',
      resource_type: terms.resourceType,
      status: 'active',
      missing_resources: true,
      resources_changed: true,
      ...shown,
      created_at: '2031-05-01 08:12:44.118000',
      updated_at: '1970-01-01 00:00:00.000000',
    }]);
  }); // prettier-ignore
});

describe('creations', () => {
  const reservation = {
    resource_type: 'physical:host',
    min: 1,
    max: 2,
    hypervisor_properties: '',
    resource_properties: '',
  };
  it.each([
    [{}, {}],
    [{ before_end_date: '2031-05-04 17:00' }, { beforeEndAt: at(2031, 4, 4, 17, 0) }],
    [{ before_end_date: null }, {}],
    [{ reservations: [reservation, { resource_type: 5, x: null }] }, { reservations: [reservation, { resource_type: 5, x: null }] }],
    [{ start_date: 'now' }, { startsAt: at(2031, 4, 1, 8, 12) }],
    [{ end_date: 'now' }, { endsAt: at(2031, 4, 1, 8, 12) }],
    [{ start_date: '2046-2-3 4:05' }, { startsAt: at(2046, 1, 3, 4, 5) }],
    [{ start_date: '2046-12-31  23:9' }, { startsAt: at(2046, 11, 31, 23, 9) }],
    [{ start_date: '2044-2-29 0:0' }, { startsAt: at(2044, 1, 29, 0, 0) }],
    [{ end_date: '9999-12-31 23:59' }, { endsAt: at(9999, 11, 31, 23, 59) }],
    [{ start_date: '0046-01-02 03:04' }, { startsAt: Date.parse('0046-01-02T03:04Z') }],
    [{ name: '' }, { name: '' }],
    [{ name: 'n'.repeat(255) }, { name: 'n'.repeat(255) }],
    [{ events: [{ event_type: 'start_lease', time: 7 }], prolong_for: '1d', id: 'x', status: 'ACTIVE' }, {}],
    [{ events: 'none' }, {}],
  ])("%j", async (more, asked) => {
    expect((await ask('POST /v1/leases', { json: { ...wanted, ...more } })).status).toBe(202);
    const [command] = seed.seen as [CreateLease];
    expect(command).toBeInstanceOf(CreateLease);
    expect(command.wanted).toEqual({ name: 'wind-tunnel', startsAt: at(2031, 4, 4, 9, 0), endsAt: at(2031, 4, 4, 17, 30), reservations: [], ...asked });
    expect(command.caller).toEqual({ userId: 'demo-id', projectId: labProject, administrator: false });
    expect(command.context).toMatchObject({ time: at(2031, 4, 1, 8, 12) + 44_118, facade: 'blazar', repeatable: false, actor: { userId: 'demo-id', projectId: labProject } });
  }); // prettier-ignore

  it('by an administrator are for their own project', async () => {
    await ask('POST /v1/leases', { as: 'admin', json: wanted });
    const project = 'ad000000000000000000000000000000';
    expect(seed.seen).toMatchObject([{ caller: { userId: 'admin-id', projectId: project, administrator: true } }]);
  });

  const date = (text: string): string => `${text} is an invalid date. Required format: %Y-%m-%d %H:%M`;
  const without = (...names: (keyof typeof wanted)[]): object =>
    Object.fromEntries(Object.entries(wanted).filter(([name]) => !(names as string[]).includes(name)));
  it.each([
    [{}, 'Missing parameter name, start_date, end_date'],
    [without('name'), 'Missing parameter name'],
    [{ ...without('start_date', 'end_date'), reservations: [{}] }, 'Missing parameter start_date, end_date'],
    [{ ...wanted, start_date: 'x', reservations: [reservation, {}] }, 'Missing parameter resource_type'],
    [{ ...wanted, start_date: 'x', end_date: 'y' }, date('x')],
    [{ ...wanted, end_date: 'y', before_end_date: 'z' }, date('y')],
    [{ ...wanted, before_end_date: 'z' }, date('z')],
    [{ ...wanted, before_end_date: 'now' }, date('now')],
    [{ ...wanted, before_end_date: '' }, date('')],
    [{ ...wanted, start_date: null }, date('None')],
    [{ ...wanted, start_date: 20310504 }, date('20310504')],
    [{ ...wanted, start_date: { a: ['b', true] } }, date("{'a': ['b', True]}")],
    ...[
      '2031-05-04', '2031-05-04 09:00:00', '2031-05-04T09:00', '2031-05-04 09:00Z', '2031-05-04 09:00+00:00', '31-05-04 09:00',
      '2031-13-04 09:00', '2031-02-29 09:00', '2031-04-31 09:00', '2031-00-10 09:00', '2031-05-32 09:00', '2031-05-04 24:00', '2031-05-04 09:60',
      '2031-05-04 9', ' 2031-05-04 09:00', '2031-05-04 09:00 ', '2031-05-04 09:00\n', '2031/05/04 09:00', '0000-05-04 09:00', '12031-05-04 09:00', 'NOW', 'now ', '٢٠٣١-٠٥-٠٤ ٠٩:٠٠',
    ].map((text) => [{ ...wanted, start_date: text }, date(text)] as const),
    [{ ...wanted, name: 5 }, 'Malformed parameter name'],
    [{ ...wanted, name: null }, 'Malformed parameter name'],
    [{ ...wanted, name: 'n'.repeat(256) }, 'Malformed parameter name'],
    [{ ...wanted, reservations: null }, 'Malformed parameter reservations'],
    [{ ...wanted, reservations: {} }, 'Malformed parameter reservations'],
    [{ ...wanted, reservations: [[]] }, 'Malformed parameter reservations'],
    [{ ...wanted, reservations: ['physical:host'] }, 'Malformed parameter reservations'],
    [{ ...wanted, reservations: Array.from({ length: 1001 }, () => reservation) }, 'Malformed parameter reservations'],
  ] as const)('refused: %j', async (json, message) => {
    const { status, json: body, headers } = await ask('POST /v1/leases', { json });
    expect([status, body]).toEqual([400, long(400, message)]);
    expect(headers).toMatchObject({ 'openstack-api-version': 'reservation 1.0' });
    expect(seed.seen).toEqual([]);
  }); // prettier-ignore
});

describe('changes', () => {
  it.each([
    [{}, {}],
    [{ prolong_for: '2h', reduce_by: '1d', events: [] }, {}],
    [{ name: 'x' }, { name: 'x' }],
    [{ start_date: 'now', end_date: '2031-5-5 1:2' }, { startsAt: at(2031, 4, 1, 8, 12), endsAt: at(2031, 4, 5, 1, 2) }],
    [{ before_end_date: '2031-05-04 16:00' }, { beforeEndAt: at(2031, 4, 4, 16, 0) }],
    [{ before_end_date: null }, {}],
    [{ reservations: [{ id: 'r', max: 3 }, {}] }, { reservations: [{ id: 'r', max: 3 }, {}] }],
  ])("%j", async (json, change) => {
    expect((await ask(`PUT ${one}`, { json })).status).toBe(202);
    expect(seed.seen).toEqual([expect.objectContaining({ leaseId, change, caller: { userId: 'demo-id', projectId: labProject, administrator: false } })]);
    expect(seed.seen[0]).toBeInstanceOf(UpdateLease);
  }); // prettier-ignore

  it.each([
    [{ end_date: 'tomorrow' }, 'tomorrow is an invalid date. Required format: %Y-%m-%d %H:%M'],
    [{ before_end_date: 7 }, '7 is an invalid date. Required format: %Y-%m-%d %H:%M'],
    [{ name: null }, 'Malformed parameter name'],
    [{ reservations: 'all' }, 'Malformed parameter reservations'],
  ])('refused, of a lease that is there: %j', async (json, message) => {
    expect(await ask(`PUT ${one}`, { json })).toMatchObject({ status: 400, json: long(400, message) });
    seed.replies.set(GetLease, found(undefined));
    expect(await ask(`PUT ${one}`, { json })).toMatchObject({ status: 404 });
    seed.replies.set(GetLease, found(sampleLease({ projectId: 'other' })));
    expect(await ask(`PUT ${one}`, { json })).toMatchObject({ status: 403 });
    expect(seed.seen).toEqual([new GetLease(leaseId), new GetLease(leaseId), new GetLease(leaseId)]);
  });
});

describe('leases of others', () => {
  const forbidden = (rule: string) => ({ status: 403, json: long(403, `Policy doesn't allow blazar:leases:${rule} to be performed`) }); // prettier-ignore

  it('are forbidden', async () => {
    seed.replies.set(UpdateLease, () => refuse('not-the-project', { leaseId }));
    seed.replies.set(DeleteLease, () => refuse('not-the-project', { leaseId }));
    for (const who of ['stranger', 'demo']) {
      seed.replies.set(GetLease, found(sampleLease({ projectId: who === 'demo' ? 'other' : labProject })));
      expect(await ask(`GET ${one}`, { as: who })).toMatchObject(forbidden('get'));
      expect(await ask(`PUT ${one}`, { as: who, json: {} })).toMatchObject(forbidden('put'));
      expect(await ask(`DELETE ${one}`, { as: who })).toMatchObject(forbidden('delete'));
    }
  });

  it('are an administrator’s as well', async () => {
    expect((await ask(`GET ${one}`, { as: 'admin' })).json).toEqual({ lease: sampleView });
  });
});

describe('leases that there are not', () => {
  const notFound = (id: string) => ({ status: 404, json: long(404, `Object with {'lease_id': '${id}'} not found`) });

  it.each([`GET ${one}`, `GET ${one}.json`, `PUT ${one}`, `DELETE ${one}`])('%s', async (line) => {
    seed.replies.set(GetLease, found(undefined));
    seed.replies.set(UpdateLease, () => refuse('lease-unknown', { leaseId }));
    seed.replies.set(DeleteLease, () => refuse('lease-unknown', { leaseId }));
    expect(await ask(line)).toMatchObject(notFound(leaseId));
  });

  it.each(['1', 'nothing', leaseId.toUpperCase(), `${leaseId}x`, '..%20', '%C3%A9', '__proto__'])('for no lease has such an id: %s', async (id) => {
    for (const method of ['GET', 'PUT', 'DELETE'])
      expect(await ask(`${method} /v1/leases/${id}`, { json: { end_date: 'x' } })).toMatchObject(notFound(decodeURIComponent(id)));
    expect(seed.seen).toEqual([]);
  }); // prettier-ignore
});
