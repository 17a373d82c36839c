import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  vmpoolerPatternsOf,
  vmpoolerRoutes,
  type VmpoolerRouteRow,
} from '../../../apps/server/src/facades/vmpooler/index.js';
import { adminPassword, ask, startInProcess, type Answer, type InProcessServer } from '../../in-process-server.js';
import { logIn } from '../../server-process.js';
import { samplePool } from '../vmpooler/memory-vmpooler.js';

const people = ['nobody', 'bad token', 'identity token', 'bad password', 'user', 'holder', 'holder who is administrator'] as const; // prettier-ignore
type Person = (typeof people)[number];
const holders: readonly Person[] = ['holder', 'holder who is administrator'];

const basic = (name: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});

let server: InProcessServer;
let headersOf: Record<Person, Record<string, string>>;

beforeAll(async () => {
  const { name, size, template, aliases, hosts, vcpus, memoryMb, diskGb } = samplePool('alma-9', { size: 0 });
  const pools = [{ name, size, template, aliases, hosts, vcpus, memoryMb, diskGb }];
  server = await startInProcess({ settings: { pools, experimentalFeatures: true, loginFailures: 100_000 } });
  const issued = async (credentials: Record<string, string>): Promise<Record<string, string>> => {
    const { json } = await ask(server.url, 'POST', '/vmpooler/api/v3/token', { headers: credentials });
    return { 'x-auth-token': (json as { readonly token: string }).token };
  };
  headersOf = {
    nobody: {},
    'bad token': { 'x-auth-token': 'a9znth9dn01t416hrguu56ze37t790bl' },
    'identity token': { 'x-auth-token': await logIn(server.url, 'admin', adminPassword) },
    'bad password': basic('demo', 'wrong'),
    user: basic('demo', 'demo'),
    holder: await issued(basic('demo', 'demo')),
    'holder who is administrator': await issued(basic('admin', adminPassword)),
  };
}, 60_000);
afterAll(() => server.stop());

/** Of a request about what there is not, or that changes nothing. */
function mayUse({ access }: VmpoolerRouteRow, person: Person): boolean {
  switch (access) {
    case 'basic':
      return person === 'user';
    case 'token':
    case 'experimental':
      return holders.includes(person);
    case 'optional-token':
      return person !== 'bad token' && person !== 'identity token';
    // There is no such machine, which is said first; the wire suites look at those that there are.
    case 'token-if-lifetime':
    case 'token-if-taken':
    case 'anonymous':
    case 'tokens':
      return true;
  }
}

function asks({ method }: VmpoolerRouteRow, pattern: string, person: Person): Promise<Answer> {
  const path = pattern
    .replaceAll('(^[^/]+$)', '')
    .replace(/:token\b/, '0'.repeat(32))
    .replace(/:section\b/, 'boot')
    .replace(/:size\b/, '8')
    .replace(/:\w+|\*/g, 'nothing-of-that-name');
  const body = method === 'POST' || method === 'PUT' ? { json: {} } : {};
  return ask(server.url, method, path, { ...body, headers: headersOf[person] });
}

/** Checking a password is slow on purpose, and there are sixteen patterns of a route. */
const timeoutMs = 60_000;

const named = vmpoolerRoutes.map((row) => [`${row.method} ${row.path}`, row] as const);

describe('who may not', () => {
  it.each(named)(
    '%s',
    async (_name, row) => {
      for (const person of people.filter((one) => !mayUse(row, one)))
        for (const pattern of vmpoolerPatternsOf(row)) {
          const before = await server.running.ports.eventStore.head();
          const { status, headers, json } = await asks(row, pattern, person);
          expect([pattern, person, status, json]).toEqual([pattern, person, 401, { ok: false }]);
          expect(headers.get('www-authenticate')).toBe('Basic realm="Authentication required"');
          // A refused password is recorded, by the identity context.
          if (person !== 'bad password') expect(await server.running.ports.eventStore.head()).toEqual(before);
        }
    },
    timeoutMs,
  );
});

describe('who may', () => {
  it.each(named)(
    '%s',
    async (name, row) => {
      for (const person of people.filter((one) => mayUse(row, one)))
        for (const pattern of vmpoolerPatternsOf(row)) {
          const { status, headers } = await asks(row, pattern, person);
          // What deletes an unknown token is refused by the same number, without the challenge.
          if (name === 'DELETE /token/:token') expect([status, headers.get('www-authenticate')]).toEqual([401, null]);
        else expect([pattern, person, [401, 403, 405].includes(status), status >= 500]).toEqual([pattern, person, false, false]); // prettier-ignore
        }
    },
    timeoutMs,
  );
});
