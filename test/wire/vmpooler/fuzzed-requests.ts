import type { OutgoingHttpHeaders } from 'node:http';
import fc from 'fast-check';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer | undefined;
}

/** What is there, for requests that get through the first checks. */
export interface Known {
  readonly token: string;
  readonly basic: string;
  readonly vm: string;
  readonly snapshot: string;
  readonly request: string;
}

export interface FuzzedRoute {
  readonly method: string;
  /** As the router knows it. */
  readonly pattern: string;
}

const well = (text: string): string => encodeURIComponent(text.toWellFormed());
const odd = fc.oneof(
  fc.constantFrom(
    ...['..', '.', '%2e%2e', '%2F', '%2f..%2f', '%00', '%', '%ff', '%C0%AF', '%u0041', '+', '++', 'a+', '%2B', '*'],
    ...['__proto__', 'constructor', 'toString', '-1', '0', '8', '2049', '9007199254740993', '1e9', '%D9%A3'],
    ...['alma-9', 'alma', 'any', 'suse-15', 'alma+suse-15', 'alma%2Bsuse-15', 'nope', 'boot', 'tag', 'clone', 'count'],
    ...['x'.repeat(64), 'x'.repeat(3_000), `${'x.'.repeat(126)}x`, '-x', 'x-', 'X', 'x..y', 'xn--9ca', "'", '"', '\\'],
  ),
  fc.string({ unit: 'binary', maxLength: 8 }).map(well),
  fc.string({ unit: 'grapheme', maxLength: 8 }).map(well),
);

/** The parts of a path that stand for something, by their names in the pattern; mostly what is there. */
function segment(name: string): fc.Arbitrary<(known: Known) => string> {
  const good: Readonly<Record<string, (known: Known) => string>> = {
    host: ({ vm }) => vm,
    token: ({ token }) => token,
    snapshot: ({ snapshot }) => snapshot,
    size: () => '8',
    id: ({ request }) => request,
    pool: () => 'alma-9',
    section: () => 'tag',
    part: () => 'count',
  };
  const there = good[name] ?? (() => 'suse-15');
  const whole = odd.map((text) => () => text);
  const around = odd.map((text) => (known: Known) => `${there(known)}${text}`);
  const domain = odd.map((text) => (known: Known) => `${there(known)}.${text}`);
  return fc.oneof({ weight: 4, arbitrary: fc.constant(there) }, { weight: 4, arbitrary: whole }, around, domain);
}

const query = fc
  .array(
    fc.tuple(
      fc.constantFrom('view', 'from', 'to', 'pool', 'history', 'view[]', 'from[x]', '__proto__', '%ff', '%00', ''),
      fc.oneof(odd, fc.constantFrom('', '2026-03-09', '2026-02-30', '9999-12-31', '0000-00-00', 'queue,pools,queue')),
      fc.constantFrom('=', '', '=='),
    ),
    { maxLength: 4 },
  )
  .chain((parts) => fc.constantFrom('&', '&', ';', '&&').map((between) => ({ parts, between })))
  .map(({ parts, between }) => parts.map(([name, value, equals]) => `${name}${equals}${value}`).join(between))
  .map((text) => (text === '' ? '' : `?${text}`));

const numbers = ['0', '1', '-1', '1.5', '1e400', '-0', '9007199254740993', '1'.repeat(400), '0x1', '01', '1e-7'];
const texts = ['"2"', '" 2"', '"abc"', '""', '"\\u0000"', '"\\ud800"', '"<"', '"a/b"', '"/a"', '"é"', '"\\n"', '"x"'];
const scalar = fc.oneof(
  fc.constantFrom(...numbers, ...texts, 'null', 'true', 'NaN', '{}', '[]', '[1]', '{"a":{"a":{"a":{"a":{}}}}}'),
  fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
);
const key = fc.oneof(
  fc.constantFrom('alma-9', 'alma', 'suse-15', 'any', 'nope', 'lifetime', 'tags', 'request_id', 'project', 'url'),
  fc.constantFrom('__proto__', 'constructor', '', 'hasOwnProperty', 'x'.repeat(101), 'bad.name', '\ud800', '\u0000'),
);
/** As text, so that keys may come twice and numbers be as large as they like. */
const member = fc.tuple(key, scalar).map(([name, value]) => `${JSON.stringify(name)}:${value}`);
const tags = fc.array(member, { maxLength: 3 }).map((members) => `"tags":{${members.join(',')}}`);
const object = fc.array(fc.oneof({ weight: 4, arbitrary: member }, tags), { maxLength: 4 }).map((members) => {
  return `{${members.join(',')}}`;
});
const good = fc.constantFrom(
  ...['{"alma-9":1}', '{"suse-15":"1","alma":1}', '{"lifetime":3}', '{"tags":{"project":"x"}}', '{"alma-9":"t/y"}'],
  ...['{"alma-9":1,"alma-9":2}', '{"any":3,"request_id":"another"}', '{"alma-9":100}', '{"suse-15":2,"nope":1}'],
);
const text = fc.oneof({ weight: 3, arbitrary: good }, { weight: 4, arbitrary: object }, scalar);

/** One byte more, less, or other than it was. */
const damaged = fc.tuple(text, fc.nat(60), fc.integer({ min: 0, max: 255 }), fc.nat(2)).map(([of, at, byte, how]) => {
  const bytes = Buffer.from(of);
  const place = Math.min(at, bytes.length);
  const rest = bytes.subarray(how === 0 ? place : place + 1);
  return Buffer.concat([bytes.subarray(0, place), ...(how === 2 ? [] : [Buffer.of(byte)]), rest]);
});
const body = fc.oneof(
  { weight: 4, arbitrary: text.map((of) => Buffer.from(of)) },
  damaged,
  fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(undefined),
);

const byToken = ({ token }: Known): OutgoingHttpHeaders => ({ 'x-auth-token': token });
const byBoth = ({ token, basic }: Known): OutgoingHttpHeaders => ({ 'x-auth-token': token, authorization: basic });
const credentials: fc.Arbitrary<(known: Known) => OutgoingHttpHeaders> = fc.constantFrom(
  ...[byBoth, byBoth, byBoth, byToken],
  () => ({}),
  () => ({ 'x-auth-token': 'a'.repeat(32) }),
  () => ({ 'x-auth-token': '' }),
  ({ token }: Known) => ({ 'x-auth-token': [token, token] }),
  () => ({ authorization: 'Basic ====' }),
);
const more: fc.Arbitrary<OutgoingHttpHeaders> = fc.constantFrom(
  ...[{}, {}, {}, { 'idempotency-key': 'k' }, { 'idempotency-key': 'k'.repeat(256) }],
  { 'content-type': 'application/x-www-form-urlencoded' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': 'json' },
  { 'content-type': ';;' },

  { accept: 'text/html' },
  { 'accept-encoding': 'gzip;q=0' },
  { 'x-forwarded-for': '::::, "' },
);

const otherMethods = ['HEAD', 'PATCH', 'PUT', 'DELETE', 'POST', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE', 'QUERY'];

/** Any request to any of the routes: mostly with something that is there, mostly with something wrong. */
export function askedFor(routes: readonly FuzzedRoute[]): fc.Arbitrary<(known: Known) => Asked> {
  return fc
    .record({
      route: fc.constantFrom(...routes),
      method: fc.constantFrom(...Array<string>(12).fill(''), ...otherMethods),
      tail: fc.constantFrom('', '', '', '', '/', '//', '/x', '/%2e'),
      more,
      credentials,
      query: fc.oneof({ weight: 2, arbitrary: fc.constant('') }, query),
      body,
    })
    .chain(({ route, ...rest }) => {
      const parts = route.pattern.replaceAll(/\(.*?\)/g, '').split(/(:\w+|\*)/);
      const filled = parts.map((part) => (/^[:*]/.test(part) ? segment(part.slice(1)) : fc.constant(() => part)));
      return fc.tuple(...filled).map((segments) => ({ ...rest, route, segments }));
    })
    .map(({ route, segments, method, tail, query: asked, ...rest }) => (known: Known) => ({
      method: method === '' ? route.method : method,
      path: `${segments.map((of) => of(known)).join('')}${tail}${asked}`,
      headers: { ...rest.credentials(known), ...rest.more },
      body: rest.body,
    }));
}

const nested = (depth: number): string => `${'{"alma-9":'.repeat(depth)}1${'}'.repeat(depth)}`;

export const hugeBodies: readonly { readonly name: string; readonly body: Buffer }[] = [
  { name: 'nested a hundred thousand deep', body: Buffer.from(nested(50_000)) },
  { name: 'brackets alone', body: Buffer.alloc(900_000, '[') },
  { name: 'more than anybody reads', body: Buffer.alloc(3_000_000, ' ') },
  { name: 'a very long name', body: Buffer.from(`{"${'x'.repeat(500_000)}":1}`) },
  { name: 'very many names', body: Buffer.from(`{${Array.from({ length: 40_000 }, (_, n) => `"n${String(n)}":1`).join()}}`) }, // prettier-ignore
  { name: 'no UTF-8', body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) },
  { name: 'half a surrogate pair', body: Buffer.from('{"\\ud800":1}') },
  { name: 'a byte order mark', body: Buffer.from('\ufeff{"alma-9":1}') },
];

export const oddHeaders: readonly { readonly name: string; readonly headers: (known: Known) => OutgoingHttpHeaders }[] =
  [
    { name: 'a token twice, Basic twice', headers: ({ token, basic }) => ({ 'x-auth-token': [token, token], Authorization: [`${basic}x`, basic] }) }, // prettier-ignore
    { name: 'no base64', headers: () => ({ 'x-auth-token': '\u00ff\u00fe', authorization: 'Basic \u00ff' }) },
    { name: 'no colon', headers: () => ({ 'x-auth-token': ' ', authorization: `Basic ${btoa('jdoe')}` }) },
    { name: 'empty name and password', headers: () => ({ 'x-auth-token': ',', authorization: `Basic ${btoa(':')}` }) },
    { name: 'no UTF-8', headers: () => ({ 'x-auth-token': 'null', authorization: `Basic ${btoa('\u00ff:\u00fe')}` }) },
    { name: 'another scheme', headers: ({ token }) => ({ 'x-auth-token': `${token},`, authorization: `Bearer ${token}` }) }, // prettier-ignore
    { name: 'no parameter', headers: ({ token }) => ({ 'x-auth-token': token.toUpperCase(), authorization: 'Basic' }) },
    { name: 'a NUL in a name', headers: () => ({ 'x-auth-token': '__proto__', authorization: `Basic ${btoa('a\u0000:a\u0000')}` }) }, // prettier-ignore
    { name: 'a very long one', headers: () => ({ 'x-auth-token': 'a'.repeat(7_000), authorization: `Basic ${'A'.repeat(7_001)}` }) }, // prettier-ignore
  ];
