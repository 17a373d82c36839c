import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { WireServer } from '#specs';
import { startServer } from '../start-server.js';
import { askBlazar, type Heard } from './ask-blazar.js';
import { askedFor, type Known } from './fuzzed-requests.js';

let server: WireServer;
let known: Known;

const asAdmin = (line: string, json?: unknown): Promise<Heard> =>
  askBlazar(line, { at: server, as: known.tokens.admin, ...(json === undefined ? {} : { json }) });

beforeAll(async () => {
  server = await startServer({
    simulatedHosts: [
      { name: 'node-1', vcpus: 64 },
      { name: 'node-2', vcpus: 8 },
    ],
    networks: [
      {
        id: '5a3c7c1e-9d0b-4a54-8f6e-2f7b7d1f0a11',
        name: 'public',
        subnets: [{ id: '8e1d7f0a-64a5-4d7e-9a9b-3c8a1d3f7e02', cidr: '192.0.2.0/24', gateway: '192.0.2.1' }],
      },
    ],
    flavors: [{ id: '1', name: 'tiny' }],
  });
  known = { tokens: server.tokens, lease: '', spare: '', reservation: '' };
  await asAdmin('POST /v1/os-hosts', { name: 'node-1', gpu: 'a100' });
  const host = { resource_type: 'physical:host', min: 1, max: 1, hypervisor_properties: '', resource_properties: '' };
  const dates = { start_date: '2050-01-01 00:00', end_date: '2050-01-02 00:00' };
  const { status, json } = await asAdmin('POST /v1/leases', { name: 'there', ...dates, reservations: [host] });
  expect(status).toBe(202);
  const spare = await asAdmin('POST /v1/leases', { name: 'spare', ...dates });
  known = { ...known, lease: json.lease.id, spare: spare.json.lease.id, reservation: json.lease.reservations[0].id };
}, 60_000);

afterAll(() => server.stop());

/** The 500s that are Blazar's own. */
const ownFailures = [
  /^Not enough hosts available$/,
  /^The [^]* resource type is not supported$/,
  /^BlazarDBNotFound: A database error occurred$/,
  /^BlazarDBInvalidResourceProperty: A database error occurred$/,
  /^Invalid lease status\.$/,
];

function expectOwnAnswer(line: string, { status, headers, text, json }: Heard): void {
  const told = (json as { readonly error_message?: string } | undefined)?.error_message ?? '';
  const mayBe = status < 500 || (status === 500 && ownFailures.some((form) => form.test(told)));
  expect([line, status, text, mayBe]).toEqual([line, status, text, true]);
  // What cannot be an HTTP request at all is told before any face.
  if (text === '' || headers['x-openstack-request-id'] === undefined) return;
  expect(headers['content-type']).toBe('application/json');
  if (status === 401) expect(headers['www-authenticate']).toMatch(/^Keystone uri=/);
  else if (status >= 400) {
    const { error, error_code: code, error_name: name } = json as Record<string, unknown>;
    expect([error ?? code, name === undefined || name === code || name === 'INTERNAL_SERVER_ERROR']).toEqual([status, true]); // prettier-ignore
  }
}

it('whatever is sent, the answer is one of the face, and what is refused changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(askedFor(known), async ({ line, headers, body }) => {
      const before = await asAdmin('GET /v1/leases');
      const heard = await askBlazar(line, { at: server, as: null, headers, ...(body === undefined ? {} : { body }) });
      expectOwnAnswer(line, heard);
      if (heard.status >= 400 || line.startsWith('GET'))
        expect((await asAdmin('GET /v1/leases')).text).toBe(before.text);
    }),
    { numRuns: (fc.readConfigureGlobal().numRuns ?? 60) * 20 },
  );
}, 300_000);

it.each([
  ['nested a hundred thousand deep', Buffer.from(`${'{"name":'.repeat(50_000)}1${'}'.repeat(50_000)}`)],
  ['brackets alone', Buffer.alloc(900_000, '[')],
  ['more than anybody reads', Buffer.alloc(3_000_000, ' ')],
  ['very many members', Buffer.from(`{${Array.from({ length: 40_000 }, (_, n) => `"n${String(n)}":1`).join()}}`)],
  ['very many reservations', Buffer.from(`{"name":"n","start_date":"2046-01-01 00:00","end_date":"2046-01-02 00:00","reservations":[${Array.from({ length: 100_000 }, () => '{}').join()}]}`)],
  ['half a surrogate pair', Buffer.from('{"\\ud800":"\\udfff"}')],
] as const)('a body of %s', async (_name, body) => {
  for (const line of ['POST /v1/leases', `PUT /v1/leases/${known.lease}`]) {
    const heard = await askBlazar(line, { at: server, as: known.tokens.admin, body });
    expectOwnAnswer(line, heard);
  }
  expect((await asAdmin(`GET /v1/leases/${known.lease}`)).status).toBeLessThan(405);
}); // prettier-ignore
