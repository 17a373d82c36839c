import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { adminPassword, ask, startInProcess, type Answer, type InProcessServer } from '../../in-process-server.js';
import { logIn } from '../../server-process.js';

const network = '5a3c7c1e-9d0b-4a54-8f6e-2f7b7d1f0a11';

let server: InProcessServer;
let token: string;

beforeAll(async () => {
  server = await startInProcess({ settings: { pools: [] } });
  token = await logIn(server.url, 'admin', adminPassword);
}, 60_000);
afterAll(() => server.stop());

const hosts = {
  resource_type: 'physical:host',
  ...{ min: 1, max: 1, hypervisor_properties: '', resource_properties: '' },
};
const room = {
  resource_type: 'virtual:instance',
  ...{ amount: 2, vcpus: 1, memory_mb: 512, disk_gb: 1, affinity: null, resource_properties: '' },
};
const addresses = { resource_type: 'virtual:floatingip', network_id: network, amount: 1 };
const lease = {
  ...{ name: 'once', start_date: '2046-01-01 09:00', end_date: '2046-01-01 17:00' },
  reservations: [hosts, room, addresses],
};

/** `:lease` …: what was made before. */
const requests: readonly (readonly [line: string, json?: unknown])[] = [
  ['POST /v1/os-hosts', { name: 'compute-1', gpu: 'a100' }],
  ['POST /v1/os-hosts', { name: 'compute-2' }],
  ['PUT /v1/os-hosts/:host', { values: { rack: '7' } }],
  ['PATCH /v1/os-hosts/properties/gpu', { private: true }],
  ['POST /v1/floatingips', { floating_network_id: network, floating_ip_address: '203.0.113.100' }],
  ['POST /v1/leases', lease],
  ['PUT /v1/leases/:lease', { end_date: '2046-01-01 18:00' }],
  ['PUT /v1/leases/:lease', { name: 'renamed' }],
  ['DELETE /v1/leases/:lease'],
  ['DELETE /v1/floatingips/:floatingip'],
  ['DELETE /v1/os-hosts/:host'],
];

const effects = [
  ...['HostEnrolled', 'HostCapabilitiesSet', 'HostWithdrawn', 'FloatingIpAdded', 'FloatingIpRemoved'],
  ...['LeaseCreated', 'LeaseUpdated', 'LeaseDeleted'],
];

async function counts(): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {};
  for (const { type } of await server.running.ports.eventStore.readAll()) {
    const name = effects.find((each) => type.includes(`/${each}@`));
    if (name !== undefined) found[name] = (found[name] ?? 0) + 1;
  }
  return found;
}

it('have one effect and one answer under one key, at once and whatever has become of it since', async () => {
  const made: Record<string, string> = {};
  const sent: { readonly send: () => Promise<Answer>; readonly first: string }[] = [];
  const heard = ({ status, text }: Answer): string => `${String(status)} ${text}`;
  for (const [index, [line, json]] of requests.entries()) {
    const [method = '', path = ''] = line.replace(/:(\w+)/, (_, kind: string) => made[kind] ?? 'none').split(' ');
    const headers = { 'idempotency-key': `request-${String(index)}` };
    const options = json === undefined ? { token, headers } : { token, headers, json };
    const send = (): Promise<Answer> => ask(server.url, method, path, options);
    const answers = [...(await Promise.all([send(), send()])), await send()] as const;
    const [first = ''] = answers.map(heard);
    expect(first).toMatch(/^20[0124] /);
    expect(answers.map(heard)).toEqual([first, first, first]);
    sent.push({ send, first });
    if (method === 'POST')
      for (const [kind, { id }] of Object.entries(answers[0].json as Record<string, { id: string }>)) made[kind] = id;
  }
  const once = await counts();
  expect(once).toEqual({
    ...{ HostEnrolled: 2, HostCapabilitiesSet: 1, HostWithdrawn: 1, FloatingIpAdded: 1, FloatingIpRemoved: 1 },
    ...{ LeaseCreated: 1, LeaseUpdated: 2, LeaseDeleted: 1 },
  });
  for (const { send, first } of sent) expect(heard(await send())).toBe(first);
  expect(await counts()).toEqual(once);
});
