import { request, type OutgoingHttpHeaders } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StoredMetadata } from '#kernel';
import { vmpoolerPatternsOf, vmpoolerRoutes } from '../../../apps/server/src/facades/vmpooler/index.js';
import { startInProcess, type InProcessServer } from '../../in-process-server.js';
import { askedFor, hugeBodies, oddHeaders, type Asked, type Known } from './fuzzed-requests.js';

const seed = Number(process.env.LEASEBOOK_TEST_SEED ?? Date.now() % 1_000_000);
const numRuns = (fc.readConfigureGlobal().numRuns ?? 60) * 15;
const hangs = 20_000;

let server: InProcessServer;
let known: Known;
let position: number | undefined;

const basic = `Basic ${Buffer.from('jdoe:other').toString('base64')}`;

beforeAll(async () => {
  const shape = { template: 't/x', hosts: ['kvm-1'], vcpus: 1, memoryMb: 64, diskGb: 1, readyTtlMinutes: 0 };
  const host = { name: 'kvm-1', vcpus: 4096, memoryMb: 8_388_608, localGb: 65_536, alive: true, guests: [] };
  const now = { min: 0, max: 0 };
  server = await startInProcess({
    settings: {
      simulatedHosts: [host],
      simulatedVms: { cloneSeconds: now, bootSeconds: now, failureRate: 0 },
      poolAuth: { provider: 'dummy' },
      pools: [
        { ...shape, name: 'alma-9', size: 4, aliases: ['alma', 'any'] },
        { ...shape, name: 'suse-15', size: 2, aliases: ['any'] },
      ],
    },
  });
  known = await something();
  await changes();
}, 60_000);
afterAll(() => server.stop());

/** A token, a machine with a snapshot, a request on demand. */
async function something(): Promise<Known> {
  const issued = await ask(line('POST', '/api/v3/token', { authorization: basic }));
  const { token } = JSON.parse(issued.text) as { token: string };
  const by = { 'x-auth-token': token };
  for (;;) {
    const { status, text } = await ask(line('POST', '/api/v1/vm/alma-9', by));
    if (status !== 200) continue;
    const vm = (JSON.parse(text) as { 'alma-9': { hostname: string } })['alma-9'].hostname;
    const made = await ask(line('POST', `/api/v3/vm/${vm}/snapshot`, by));
    const snapshot = (JSON.parse(made.text) as Record<string, { snapshot: string }>)[vm]?.snapshot ?? '';
    const wish = await ask({ ...line('POST', '/api/v3/ondemandvm', by), body: Buffer.from('{"alma":1}') });
    return { token, basic, vm, snapshot, request: (JSON.parse(wish.text) as { request_id: string }).request_id };
  }
}

function line(method: string, path: string, headers: OutgoingHttpHeaders = {}): Asked {
  return { method, path, headers, body: undefined };
}

interface Heard {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

function ask({ method, path, headers, body }: Asked): Promise<Heard> {
  const { hostname, port } = new URL(server.url);
  const length = body === undefined ? {} : { 'content-length': body.length };
  return new Promise((resolve, reject) => {
    const sent = request({ method, path, hostname, port, headers: { ...length, ...headers } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        const { statusCode: status = 0, headers: told } = answer;
        resolve({ status, type: told['content-type'] ?? '', text: Buffer.concat(parts).toString() });
      });
    });
    sent.setTimeout(hangs, () => sent.destroy(new Error('no answer')));
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What a checkout that comes to nothing, or is decided, leaves in the log. */
const ofAttempts = ['VmsHeld', 'VmsReturned', 'CheckoutFailed', 'HoldConfirmed'];

/** Types of the events that clients of this face have caused since the last time that somebody asked. */
async function changes(): Promise<readonly string[]> {
  const found: string[] = [];
  for (;;) {
    const page = await server.running.ports.eventStore.readAll(position === undefined ? {} : { after: position });
    if (page.length === 0) return found;
    position = page.at(-1)?.position;
    for (const { type, metadata } of page) {
      const name = type.replace(/^.*\/|@\d+$/g, '');
      if ((JSON.parse(metadata) as StoredMetadata).facade === 'vmpooler' && !ofAttempts.includes(name))
        found.push(name);
    }
  }
}

/** Refused in one of the face's forms (contracts/vmpooler §2, §7.3, §8), and nothing has come of it. */
function judge({ method, path }: Asked, { status, type, text }: Heard, events: readonly string[]): void {
  const about = `${method} ${path}: ${String(status)} ${text.slice(0, 200)}`;
  expect([about, [405, 415].includes(status), status >= 500 && status !== 503]).toEqual([about, false, false]);
  if (status >= 400 || method === 'GET' || method === 'HEAD') expect([about, events]).toEqual([about, []]);
  if (method === 'HEAD' || status === 302) return;
  if (status < 400) {
    expect([about, type]).toEqual([about, expect.stringMatching(/^(?:application\/json|text\/html)/)]);
    return;
  }
  expect([about, type]).toEqual([about, 'application/json']);
  const sentence = /^(?:Invalid date format|Date range is invalid)/.test(text);
  if (sentence || (status === 404 && text === 'null' && /\/(?:config\/|poolreset)/.test(path))) return;
  expect([about, text.startsWith('{\n  "ok": false') && (JSON.parse(text) as { ok: unknown }).ok]).toEqual([
    about,
    false,
  ]);
}

async function holds(asked: Asked): Promise<number> {
  const heard = await ask(asked);
  judge(asked, heard, await changes());
  return heard.status;
}

describe('whatever is sent', () => {
  const rows = vmpoolerRoutes.flatMap((row) => vmpoolerPatternsOf(row).map((pattern) => ({ ...row, pattern })));

  it(`is answered in the face's own form, and changes nothing when it is refused (seed ${String(seed)})`, async () => {
    const seen = new Map<number, number>();
    const property = fc.asyncProperty(askedFor(rows), async (make) => {
      const asked = make(known);
      const status = await holds(asked);
      seen.set(status, (seen.get(status) ?? 0) + 1);
      if (status > 299 || asked.method !== 'DELETE') return;
      known = await something();
      await changes();
    });
    await fc.assert(property, { seed, numRuns, endOnFailure: true });
    // It got further than the first check, and not always to the end.
    for (const status of [200, 400, 401, 404]) expect([status, seen.get(status) ?? 0]).not.toEqual([status, 0]);
  }, 300_000);

  it.each(hugeBodies.map(({ name, body }) => [name, body] as const))('as a body: %s', async (_name, body) => {
    for (const [method, path] of [
      ['POST', '/api/v1/vm'],
      ['POST', '/api/v3/vm'],
      ['PUT', `/api/v1/vm/${known.vm}`],
      ['PUT', `/api/v3/vm/${known.vm}`],
      ['POST', '/api/v3/ondemandvm'],
      ['POST', '/api/v3/config/poolsize'],
      ['POST', '/api/v3/poolreset'],
    ] as const)
      expect(await holds({ method, path, headers: { 'x-auth-token': known.token }, body })).toBeGreaterThan(399);
  });

  it.each(oddHeaders.map(({ name, headers }) => [name, headers] as const))('as headers: %s', async (_name, headers) => {
    const sent = headers(known);
    for (const [method, path] of [
      ['POST', '/api/v3/token'],
      ['GET', '/api/v1/token'],
      ['DELETE', `/api/v3/token/${known.token}`],
      ['POST', `/api/v3/vm/${known.vm}/snapshot`],
      ['DELETE', `/api/v3/vm/${known.vm}`],
      ['POST', '/api/v3/vm/suse-15'],
    ] as const)
      expect([400, 401, 431]).toContain(await holds(line(method, path, sent)));
  });

  it('leaves the server well', async () => {
    expect((await ask(line('GET', '/readyz'))).status).toBe(200);
    const errors = server.log.filter(({ level }) => Number(level) >= 50 || level === 'error' || level === 'fatal');
    expect(errors).toEqual([]);
    const { status, text } = await ask(line('GET', `/api/v3/token/${known.token}`));
    expect([status, Object.keys(JSON.parse(text) as object)]).toEqual([200, ['ok', known.token]]);
  });
});
