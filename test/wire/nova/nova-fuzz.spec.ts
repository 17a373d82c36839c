import { request } from 'node:http';
import fc from 'fast-check';
import { sampleHypervisor, startMemoryNova, type MemoryNova } from './memory-nova.js';

let nova: MemoryNova;

beforeAll(async () => {
  nova = await startMemoryNova([sampleHypervisor(1), sampleHypervisor(2)]);
});

afterAll(() => nova.stop());

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

function ask({ method, path, headers, body }: Asked): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${nova.url}/`, { method, path, headers: { ...headers } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const seen = (one: string): string => encodeURIComponent(one.toWellFormed()).replaceAll('%2F', '/');
const word = fc.oneof(
  fc.constantFrom(
    'os-aggregates',
    'os-hypervisors',
    'detail',
    'statistics',
    'uptime',
    'search',
    'servers',
    'action',
    'images',
    'versions',
    '1',
    '-1',
    '%',
    '%2F',
    '%ff',
    '..',
    '.',
    '',
    'abc',
  ),
  fc.string({ unit: 'binary', maxLength: 10 }).map(seen),
);
const path = fc
  .tuple(
    fc.constantFrom('/v2.1', '/v2', '/compute/v2.1', '/compute/v2', '/compute', '/v2.2'),
    fc.array(word, { maxLength: 4 }),
    fc.option(
      fc.array(
        fc.tuple(
          fc.constantFrom('limit', 'marker', 'with_servers', 'hypervisor_hostname_pattern', 'x', '%ff', '__proto__'),
          fc.oneof(word, fc.constant('9'.repeat(400))),
        ),
        { maxLength: 3 },
      ),
      { nil: undefined },
    ),
  )
  .map(([mount, words, query]) => {
    const rest = words.map((one) => `/${one}`).join('');
    return `${mount}${rest}${query === undefined ? '' : `?${query.map(([name, value]) => `${name}=${value}`).join('&')}`}`;
  });

const key = fc.constantFrom(
  'aggregate',
  'name',
  'availability_zone',
  'add_host',
  'remove_host',
  'set_metadata',
  'metadata',
  'host',
  'cache',
  'id',
  '__proto__',
  'x',
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(null, true, 0, 1e300, -1, '', ' ', 'node-1', 'z'),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  ),
}));
const body = fc.option(
  fc.oneof(
    value.map((one) => JSON.stringify(one)),
    fc.string({ maxLength: 20 }),
  ),
  { nil: undefined },
);
const version = fc.option(
  fc.oneof(
    fc.integer({ min: 0, max: 110 }).map((minor) => `compute 2.${String(minor)}`),
    fc.constantFrom('compute latest', 'compute', ',,', 'compute 2'),
  ),
  { nil: undefined },
);

const asked: fc.Arbitrary<Asked> = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'),
    path,
    body,
    version,
    token: fc.constantFrom('admin-token', 'admin-token', 'demo-token', 'x', ''),
  })
  .map(({ token, version: wanted, ...rest }) => ({
    ...rest,
    headers: {
      'x-auth-token': token,
      ...(rest.body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(rest.body)) }),
      ...(wanted === undefined ? {} : { 'openstack-api-version': wanted }),
    },
  }));

it('whatever is asked, the answer is never the fault of the server', async () => {
  await fc.assert(
    fc.asyncProperty(asked, async (one) => {
      const { status, text } = await ask(one);
      expect(status).toBeGreaterThanOrEqual(200);
      expect(status).toBeLessThan(500);
      if (status >= 400) expect(text).toMatch(/^\{"(\w+)":\{"code":\d+,|^<html>/);
    }),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 500 },
  );
}, 60_000);
