import { request } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { WireServer } from '#specs';
import { startServer } from '../start-server.js';

let server: WireServer;
let token: string;

const basic = `Basic ${Buffer.from('jdoe:other').toString('base64')}`;

beforeAll(async () => {
  const pool = { size: 2, template: 'templates/x', hosts: ['kvm-1'] };
  server = await startServer({
    simulatedHosts: [{ name: 'kvm-1', vcpus: 256, memoryMb: 1_048_576, localGb: 8192 }],
    poolAuth: { provider: 'dummy' },
    experimentalFeatures: true,
    tagFilter: { url: '(.*)\\/' },
    pools: [
      { ...pool, name: 'alma-9', aliases: ['alma'] },
      { ...pool, name: 'suse-15' },
    ],
  });
  const answer = await fetch(`${server.url}/api/v3/token`, { method: 'POST', headers: { authorization: basic } });
  token = ((await answer.json()) as { readonly token: string }).token;
}, 60_000);

afterAll(() => server.stop());

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
}

function ask({ method, path, headers, body }: Asked): Promise<{ status: number; type: string; text: string }> {
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}/`, { method, path, headers: { ...headers, ...length } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (text += part));
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, type: answer.headers['content-type'] ?? '', text }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const encoded = (one: string): string => encodeURIComponent(one.toWellFormed()).replaceAll('%2F', '/');
const words = ['vm', 'token', 'ondemandvm', 'disk', 'snapshot', 'status', 'summary', 'boot', 'tag', 'poolstat', 'config', 'poolsize', 'pooltemplate', 'poolreset', 'dashboard', 'alma-9', 'alma+suse-15', 'alma%2Balma', '__proto__', 'constructor', '8', '-1', '%', '%ff', '%00', '..', '.', '+', '', 'a'.repeat(300)]; // prettier-ignore
const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...words) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 10 }).map(encoded) },
);
const parameter = fc.tuple(
  fc.constantFrom('view', 'from', 'to', 'pool', 'history', 'x', '%ff', '__proto__'),
  fc.oneof(word, fc.constantFrom('2026-03-09', '2026-02-30', '9999-12-31')),
);
const path = fc
  .tuple(
    fc.constantFrom('/api/v1', '/api/v2', '/api/v3', '/vmpooler', '/vmpooler/api/v3', ''),
    fc.constantFrom('', '/vm', '/vm/alma', '/vm/no-such', '/ondemandvm', '/config/poolsize', '/summary/tag'),
    fc.array(word, { maxLength: 3 }),
    fc.array(parameter, { maxLength: 2 }),
  )
  .map(([mount, beginning, rest, query]) => {
    const whole = `${mount}${beginning}${rest.map((one) => `/${one}`).join('')}`;
    const questions = query.map(([name, value]) => `${name}=${value}`).join('&');
    return `${whole === '' ? '/' : whole}${questions === '' ? '' : `?${questions}`}`;
  })
  // The bare root is another face's.
  .filter((whole) => !/^\/(?:\?|$)/.test(whole) && whole.length < 4_000);

const key = fc.oneof(fc.constantFrom('alma-9', 'alma', 'lifetime', 'tags', 'request_id', '__proto__', ''), fc.string({ unit: 'binary', maxLength: 8 })); // prettier-ignore
const value = fc.oneof(
  fc.constantFrom(0, -1, 1, '2', 1e300, null, true, '', '\u0000', '/', 'a/b'),
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(key, fc.string({ unit: 'binary', maxLength: 8 }), { maxKeys: 3 }),
);
const body = fc.oneof(
  fc.constant(undefined),
  fc.dictionary(key, value, { maxKeys: 3 }).map((one) => JSON.stringify(one)),
  fc.json(),
  fc.uint8Array({ maxLength: 40 }),
);
const credentials = fc.constantFrom('none', 'token', 'bad token', 'basic', 'bad basic');

function headersOf(sent: string): Record<string, string> {
  const all: Readonly<Record<string, Record<string, string>>> = {
    token: { 'x-auth-token': token },
    'bad token': { 'x-auth-token': 'x'.repeat(32) },
    basic: { authorization: basic },
    'bad basic': { authorization: 'Basic ====' },
  };
  return all[sent] ?? {};
}

it('whatever is sent, the answer is one of the face, and never that the server is at fault', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'),
      path,
      body,
      credentials,
      async (method, whole, sent, by) => {
        const { status, type, text } = await ask({ method, path: whole, headers: headersOf(by), body: sent });
        expect([status, status < 500 || status === 503]).toEqual([status, true]);
        if (method === 'HEAD') expect(text).toBe('');
        else if (type === 'application/json' && !text.startsWith('Invalid date') && !text.startsWith('Date range'))
          expect(JSON.parse(text)).toBeDefined();
      },
    ),
    { numRuns: (fc.readConfigureGlobal().numRuns ?? 60) * 20 },
  );
}, 300_000);
