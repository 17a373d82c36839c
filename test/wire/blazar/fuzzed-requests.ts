import type { OutgoingHttpHeaders } from 'node:http';
import fc from 'fast-check';
import { blazarPatternsOf, blazarRoutes, type BlazarRouteRow } from '../../../apps/server/src/facades/blazar/index.js';

export interface Asked {
  readonly line: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer | undefined;
}

/** What is there, for requests that get through the first checks. */
export interface Known {
  readonly tokens: Readonly<Record<'admin' | 'demo', string>>;
  readonly lease: string;
  /** That may be deleted. */
  readonly spare: string;
  readonly reservation: string;
}

const well = (text: string): string => encodeURIComponent(text.toWellFormed());
const odd = fc.oneof(
  fc.constantFrom(
    ...['..', '.', '%2e%2e', '%2F', '%00', '%', '%ff', '%C0%AF', '+', '*', '__proto__', 'constructor', '-1', '0'],
    ...['.json', 'x.json', '1.json', 'allocations', 'properties', 'x'.repeat(64), 'x'.repeat(3_000), "'", '"', '\\'],
    ...['00000000-0000-4000-8000-000000000000', '9007199254740993', '1e9', '01', 'gpu', 'vcpus'],
  ),
  fc.string({ unit: 'binary', maxLength: 8 }).map(well),
);

/** The parts of a path that stand for something, by their names in the pattern; mostly what is there. */
function segment({ path }: BlazarRouteRow, name: string): fc.Arbitrary<(known: Known) => string> {
  const there = (known: Known): string => (name === 'name' ? 'gpu' : path.startsWith('/leases') ? known.lease : '1');
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant(there) },
    { weight: 3, arbitrary: odd.map((text) => () => text) },
    odd.map((text) => (known: Known) => `${there(known)}${text}`),
  );
}

const numbers = ['0', '1', '2', '-1', '1.5', '1e400', '-0', '9007199254740993', '1'.repeat(400), '01', '1e-7'];
const texts = [
  '"1"',
  '" 2"',
  '"abc"',
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"é"',
  '"None"',
  '"true"',
  '"192.0.2.7"',
  '"::1"',
];
const filters = [
  ...['[]', '[">=", "$vcpus", "1"]', '["==", "$gpu", "a100"]', '["==", "$nope", "1"]', '["and"]', '[[[[]]]]', '['],
  ...[
    '["and", [">=", "$vcpus", "1"], ["!=", "$status", "x"]]',
    '["==", "$__proto__", "x"]',
    '["==", "$constructor", "1"]',
  ],
].map((text) => JSON.stringify(text));
const dates = [
  ...[
    '2046-01-01 00:00',
    '2046-01-02 00:00',
    '2046-02-30 00:00',
    '2020-01-01 00:00',
    '9999-12-31 23:59',
    '0001-01-01 00:00',
  ],
  ...['2046-1-1 0:0', '2046-01-01', '275760-09-13 00:00', 'tomorrow'],
].map((text) => JSON.stringify(text));
const types = ['physical:host', 'virtual:instance', 'flavor:instance', 'virtual:floatingip', 'virtual:moon', '__proto__'].map((text) => JSON.stringify(text)); // prettier-ignore

const scalar = fc.oneof(
  fc.constantFrom(...numbers, ...texts, ...filters, ...dates, ...types, 'null', 'true', '{}', '[]', '[1]', '[null]'),
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
);
const keys = [
  ...['name', 'start_date', 'end_date', 'before_end_date', 'events', 'id', 'resource_type', 'min', 'max', 'before_end'],
  ...[
    'hypervisor_properties',
    'resource_properties',
    'amount',
    'vcpus',
    'memory_mb',
    'disk_gb',
    'affinity',
    'flavor_id',
  ],
  ...[
    'network_id',
    'required_floatingips',
    'private',
    'values',
    'floating_network_id',
    'floating_ip_address',
    '__proto__',
  ],
  ...['constructor', '', 'gpu', 'x'.repeat(65)],
];
/** As text, so that keys may come twice and numbers be as large as they like. */
const member = fc.tuple(fc.constantFrom(...keys), scalar).map(([name, value]) => `${JSON.stringify(name)}:${value}`);
const some = (of: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> =>
  fc.array(of, { maxLength }).map((members) => `{${members.join(',')}}`);

/** One that would do, with something put over it: of members with one name the last counts. */
const over = (base: readonly string[], maxLength: number): fc.Arbitrary<string> =>
  fc.array(member, { maxLength }).map((members) => `{${[...base, ...members].join(',')}}`);
const reservation = (known: Known): fc.Arbitrary<string> =>
  fc.oneof(
    over(['"resource_type":"physical:host"', '"min":1', '"max":2', '"hypervisor_properties":""', '"resource_properties":""'], 2), // prettier-ignore
    over(['"resource_type":"virtual:instance"', '"amount":1', '"vcpus":1', '"memory_mb":512', '"disk_gb":1', '"affinity":null', '"resource_properties":""'], 2), // prettier-ignore
    over(['"resource_type":"flavor:instance"', '"amount":1', '"flavor_id":"1"', '"affinity":null'], 2),
    over(['"resource_type":"virtual:floatingip"', '"amount":1', '"network_id":"5a3c7c1e-9d0b-4a54-8f6e-2f7b7d1f0a11"'], 2), // prettier-ignore
    over([`"id":"${known.reservation}"`], 3),
    some(member, 5),
    scalar,
  );

function text(known: Known): fc.Arbitrary<string> {
  const reservations = fc.array(reservation(known), { maxLength: 3 }).map((all) => `"reservations":[${all.join(',')}]`);
  const lease = fc
    .tuple(fc.array(fc.oneof({ weight: 2, arbitrary: reservations }, member), { maxLength: 3 }), fc.boolean())
    .map(([more, dated]) => {
      const base = dated ? ['"name":"n"', '"start_date":"2046-01-01 00:00"', '"end_date":"2046-01-02 00:00"'] : [];
      return `{${[...base, ...more].join(',')}}`;
    });
  return fc.oneof({ weight: 5, arbitrary: lease }, { weight: 2, arbitrary: some(member, 4) }, scalar);
}

/** One byte more, less, or other than it was. */
const damaged = (of: fc.Arbitrary<string>): fc.Arbitrary<Buffer> =>
  fc.tuple(of, fc.nat(200), fc.integer({ min: 0, max: 255 }), fc.nat(2)).map(([whole, at, byte, how]) => {
    const bytes = Buffer.from(whole);
    const place = Math.min(at, bytes.length);
    const rest = bytes.subarray(how === 0 ? place : place + 1);
    return Buffer.concat([bytes.subarray(0, place), ...(how === 2 ? [] : [Buffer.of(byte)]), rest]);
  });
const body = (known: Known): fc.Arbitrary<Buffer | undefined> =>
  fc.oneof(
    { weight: 6, arbitrary: text(known).map((whole) => Buffer.from(whole)) },
    damaged(text(known)),
    fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
    fc.constant(undefined),
  );

const query = fc
  .array(fc.tuple(fc.constantFrom('lease_id', 'reservation_id', 'detail', 'all', '%ff', '__proto__'), odd), { maxLength: 2 })
  .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`)); // prettier-ignore

const more: fc.Arbitrary<OutgoingHttpHeaders> = fc.constantFrom(
  ...[{}, {}, {}, {}, { 'idempotency-key': 'k' }, { 'idempotency-key': 'k'.repeat(256) }, { accept: 'text/xml' }],
  ...[{ 'content-type': 'text/xml' }, { 'content-type': 'application/json; charset=utf-16' }, { 'content-type': ';;' }],
  ...[
    { 'openstack-api-version': 'reservation 1.1' },
    { 'openstack-api-version': ',,' },
    { 'x-openstack-request-id': 'x' },
  ],
);
const otherMethods = ['HEAD', 'PATCH', 'PUT', 'DELETE', 'POST', 'OPTIONS', 'TRACE', 'PROPFIND'];

/** Any request to any of the routes: mostly about what is there, mostly with something wrong. */
export function askedFor(known: Known): fc.Arbitrary<Asked> {
  return fc
    .record({
      route: fc.constantFrom(...blazarRoutes),
      mount: fc.nat(20),
      method: fc.constantFrom(...Array<string>(12).fill(''), ...otherMethods),
      tail: fc.constantFrom('', '', '', '', '', '.json', '/', '/x', '.'),
      token: fc.constantFrom(
        ...Array<string>(8).fill(known.tokens.admin),
        known.tokens.demo,
        known.tokens.demo,
        'bad',
        '',
      ),
      more,
      query,
      body: body(known),
    }) // prettier-ignore
    .chain(({ route, mount, ...rest }) => {
      const patterns = blazarPatternsOf(route);
      const pattern = patterns[mount % patterns.length] ?? '';
      const parts = pattern.replaceAll(/\(.*?\)/g, '').split(/(:\w+)/);
      const filled = parts.map((part) =>
        part.startsWith(':') ? segment(route, part.slice(1)) : fc.constant(() => part),
      );
      return fc.tuple(...filled).map((segments) => ({ ...rest, route, segments }));
    })
    .map(({ route, segments, method: other, tail, token, query: asked, more: headers, body: sent }) => {
      const method = other === '' ? route.method : other;
      const about = method === 'DELETE' ? { ...known, lease: known.spare } : known;
      const line = `${method} ${segments.map((of) => of(about)).join('')}${tail}${asked}`;
      return { line, headers: { 'x-auth-token': token, ...headers }, body: sent };
    });
}
