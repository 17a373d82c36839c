import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { refuse } from '#kernel';
import { ListAllocations } from '#projections/allocations/allocations.query';
import { GetFloatingIp, ListFloatingIps } from '#projections/floating-ips/floating-ips.query';
import { GetReservableHost, ListReservableHosts } from '#projections/reservable-hosts/reservable-hosts.query';
import { ListResourceProperties } from '#projections/resource-properties/resource-properties.query';
import {
  AddFloatingIp,
  EnrolHost,
  RemoveFloatingIp,
  SetHostCapabilities,
  SetResourcePropertyPrivacy,
  WithdrawHost,
  type HostFacts,
} from '#reservations';
import { askBlazar, long, type Heard, type Sent } from './ask-blazar.js';
import { sampleNow, startMemoryBlazar, type MemoryBlazar } from './memory-blazar.js';

let seed: MemoryBlazar;
let current: MemoryBlazar;

beforeAll(async () => {
  [seed, current] = await Promise.all([startMemoryBlazar('seed'), startMemoryBlazar('current')]);
});
afterAll(async () => {
  await Promise.all([seed.stop(), current.stop()]);
});

const at = Date.UTC(2031, 4, 1, 8);
const host: HostFacts = {
  id: '11',
  partition: 'default',
  hypervisorUuid: 'uuid',
  provider: 'simulated',
  nativeId: 'rack4-n11',
  serviceName: 'service-11',
  hypervisorHostname: 'rack4-n11',
  hypervisorType: 'QEMU',
  hypervisorVersion: 8_002_000,
  vcpus: 64,
  memoryMb: 515_072,
  localGb: 3_500,
  cpuInfo: '{"arch":"x86_64"}',
  availabilityZone: '',
  trustId: '6a5b4c3d2e1f00112233445566778899',
  reservable: true,
  capabilities: [
    { key: 'gpu', value: 'a100' },
    { key: 'nvme', value: '4' },
    { key: 'vcpus', value: '99' },
  ],
  createdAt: at,
  updatedAt: null,
};
/** The example of contracts/blazar §11. */
const hostView = {
  id: '11',
  hypervisor_hostname: 'rack4-n11',
  service_name: 'service-11',
  vcpus: 64,
  memory_mb: 515_072,
  local_gb: 3_500,
  cpu_info: '{"arch":"x86_64"}',
  hypervisor_type: 'QEMU',
  hypervisor_version: 8_002_000,
  status: null,
  availability_zone: '',
  reservable: true,
  trust_id: '6a5b4c3d2e1f00112233445566778899',
  created_at: '2031-05-01 08:00:00.000000',
  updated_at: null,
  gpu: 'a100',
  nvme: '4',
};
const property = {
  ...{ id: 'p', name: 'gpu', resourceType: 'physical:host' as const, private: true, createdAt: at, updatedAt: at + 1 },
};
const address = { id: 'i', networkId: 'n', subnetId: 's', address: '192.0.2.7', createdAt: at, updatedAt: null };
const addressView = {
  id: 'i',
  floating_network_id: 'n',
  subnet_id: 's',
  floating_ip_address: '192.0.2.7',
  reservable: true,
  updated_at: null,
};

const answered = (answer: unknown) => () => ({ kind: 'accepted', answer });
const found = (value: unknown) => () => ({ value, stale: false });
const stale = (value: unknown) => () => ({ value, stale: true });

beforeEach(() => {
  for (const { seen, replies } of [seed, current]) {
    seen.length = 0;
    replies.clear();
    replies.set(EnrolHost, answered(host));
    replies.set(SetHostCapabilities, answered(host));
    replies.set(WithdrawHost, answered(undefined));
    replies.set(SetResourcePropertyPrivacy, answered(property));
    replies.set(AddFloatingIp, answered(address));
    replies.set(RemoveFloatingIp, answered(undefined));
    replies.set(GetReservableHost, found({ ...host, _id: '11', number: 11 }));
    replies.set(ListReservableHosts, found([{ ...host, _id: '11', number: 11 }]));
    replies.set(ListAllocations, found([]));
    replies.set(ListResourceProperties, found([]));
    replies.set(GetFloatingIp, found({ ...address, _id: 'i' }));
    replies.set(ListFloatingIps, found([{ ...address, _id: 'i' }]));
  }
});

const ask = (line: string, sent: Partial<Sent> = {}): Promise<Heard> =>
  askBlazar(line, { at: seed, as: 'admin', ...sent });
const last = (): Readonly<Record<string, unknown>> => seed.seen.at(-1) as unknown as Readonly<Record<string, unknown>>;

describe('answers in both profiles', () => {
  it.each([
    ['seed', 202, 202],
    ['current', 201, 200],
  ] as const)('%s', async (profile, created, changed) => {
    const face = profile === 'seed' ? seed : current;
    const heard = async (line: string, json?: unknown) => {
      const { status, json: body } = await ask(line, { at: face, ...(json === undefined ? {} : { json }) });
      return [status, body] as const;
    };
    expect(await heard('POST /v1/os-hosts', { name: 'rack4-n11' })).toEqual([created, { host: hostView }]);
    expect(await heard('PUT /v1/os-hosts/11', { gpu: 'x' })).toEqual([changed, { ...hostView, host: hostView }]);
    expect(await heard('GET /v1/os-hosts/11')).toEqual([200, { host: hostView }]);
    expect(await heard('GET /v1/os-hosts')).toEqual([200, { hosts: [hostView] }]);
    expect(await heard('DELETE /v1/os-hosts/11')).toEqual([204, undefined]);
    const resource_property = {
      ...{ id: 'p', resource_type: 'physical:host', property_name: 'gpu', private: true },
      created_at: '2031-05-01T08:00:00.000000',
      updated_at: '2031-05-01T08:00:00.001000',
    };
    expect(await heard('PATCH /v1/os-hosts/properties/gpu', { private: true })).toEqual([200, { resource_property }]);
    const wanted = { floating_network_id: 'n', floating_ip_address: '192.0.2.7' };
    const added = { ...addressView, created_at: '2031-05-01T08:00:00.000000' };
    const shown = { ...addressView, created_at: '2031-05-01 08:00:00.000000' };
    expect(await heard('POST /v1/floatingips', wanted)).toEqual([201, { floatingip: added }]);
    expect(await heard('GET /v1/floatingips/i')).toEqual([200, { floatingip: shown }]);
    expect(await heard('GET /v1/floatingips')).toEqual([200, { floatingips: [shown] }]);
    expect(await heard('DELETE /v1/floatingips/i')).toEqual([204, undefined]);
  });
});

describe('what is asked for', () => {
  it.each([
    [{ name: 'n', gpu: 'a', n: 4, f: 1.5, yes: true, vcpus: 9, id: null }, { name: 'n', capabilities: [['gpu', 'a'], ['n', '4'], ['f', '1.5'], ['yes', 'True']] }],
    [{ id: 7, name: 'n' }, { id: '7', capabilities: [] }],
    [{ id: '', name: 'n', status: null, cpu_info: {} }, { name: 'n', capabilities: [] }],
  ])('of a host: %j', async (json, wanted) => {
    await ask('POST /v1/os-hosts', { json });
    expect(last()).toMatchObject({ wanted, context: { facade: 'blazar' } });
  }); // prettier-ignore

  it.each([
    [{ a: 'b', c: 5 }, [['a', 'b'], ['c', '5']]],
    [{ values: { a: 'b', values: 'c' } }, [['a', 'b'], ['values', 'c']]],
    [{ values: 'b' }, [['values', 'b']]],
    [{ values: {} }, []],
    [{}, []],
  ])('of its capabilities: %j', async (json, capabilities) => {
    await ask('PUT /v1/os-hosts/11', { json });
    expect(last()).toMatchObject({ hostId: '11', capabilities });
  }); // prettier-ignore

  it.each([
    ['', { values: false, all: false }],
    ['?detail=&all', { values: false, all: false }],
    ['?detail=False', { values: true, all: false }],
    ['?all=0&detail=1', { values: true, all: true }],
  ])('of properties: %s', async (query, asked) => {
    await ask(`GET /v1/os-hosts/properties${query}`);
    expect(last()).toEqual(new ListResourceProperties(asked));
  });

  it.each([
    ['/allocations', {}],
    ['/allocations?lease_id=l&other=x&reservation_id=r', { leaseId: 'l', reservationId: 'r' }],
    ['/11/allocation?reservation_id=', { hostId: '11', reservationId: '' }],
  ])('of allocations: %s', async (path, of) => {
    await ask(`GET /v1/os-hosts${path}`);
    expect(last()).toEqual(new ListAllocations(of, sampleNow));
  });

  it('of a property with an odd name, and of an address', async () => {
    await ask('PATCH /v1/os-hosts/properties/a%20b.json.json', { json: { private: false } });
    expect(last()).toMatchObject({ name: 'a b.json', isPrivate: false });
    await ask('POST /v1/floatingips', { json: { floating_network_id: 5, floating_ip_address: null } });
    expect(last()).toMatchObject({ networkId: '5', address: 'None' });
  });
});

describe('what is not there', () => {
  it.each(['01', '0', 'x', '1e3', '-1', '11111111111111111'])('is no host: %s', async (id) => {
    for (const line of [`GET /v1/os-hosts/${id}`, `PUT /v1/os-hosts/${id}`, `DELETE /v1/os-hosts/${id}`, `GET /v1/os-hosts/${id}/allocation`]) {
      const { status, json } = await ask(line);
      expect([status, json]).toEqual([404, long(404, `Object with {'host_id': '${id}'} not found`)]);
    }
    expect(seed.seen).toEqual([]);
  }); // prettier-ignore

  it('has no allocations, and no body of it is judged', async () => {
    seed.replies.set(GetReservableHost, found(undefined));
    for (const line of ['GET /v1/os-hosts/5', 'GET /v1/os-hosts/5/allocation', 'PUT /v1/os-hosts/5']) {
      const { status, json } = await ask(line, { json: { gpu: [] } });
      expect([status, json]).toEqual([404, long(404, "Object with {'host_id': '5'} not found")]);
    }
    seed.replies.set(GetFloatingIp, found(undefined));
    expect((await ask('GET /v1/floatingips/x')).json).toEqual(long(404, 'Floating IP x not found.'));
  });
});

it.each([
  ['/os-hosts', ListReservableHosts, []],
  ['/os-hosts/11', GetReservableHost, host],
  ['/os-hosts/allocations', ListReservableHosts, []],
  ['/os-hosts/allocations', ListAllocations, []],
  ['/os-hosts/11/allocation', GetReservableHost, host],
  ['/os-hosts/11/allocation', ListAllocations, []],
  ['/os-hosts/properties', ListResourceProperties, []],
  ['/floatingips', ListFloatingIps, []],
  ['/floatingips/i', GetFloatingIp, address],
])('%s says when it is behind the log', async (path, query, value) => {
  expect((await ask(`GET /v1${path}`)).headers).not.toHaveProperty('warning');
  seed.replies.set(query, stale(value));
  const { status, headers } = await ask(`GET /v1${path}`);
  expect([status, headers.warning]).toEqual([200, expect.stringMatching(/^110 /)]);
});

it.each([
  ['POST /v1/os-hosts', EnrolHost, { name: 'n' }],
  ['PUT /v1/os-hosts/11', SetHostCapabilities, { a: 'b' }],
  ['DELETE /v1/os-hosts/11', WithdrawHost, {}],
  ['PATCH /v1/os-hosts/properties/x', SetResourcePropertyPrivacy, { private: true }],
  ['POST /v1/floatingips', AddFloatingIp, { floating_network_id: 'n', floating_ip_address: 'a' }],
  ['DELETE /v1/floatingips/i', RemoveFloatingIp, {}],
])('%s passes refusals on', async (line, command, json) => {
  seed.replies.set(command, () => refuse('host-reserved', { hostId: '7' }));
  const heard = await ask(line, { json });
  expect([heard.status, heard.json]).toEqual([409, long(409, "Can't delete host 7. The host is reserved.")]);
});
