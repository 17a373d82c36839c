import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openDataFolder } from '../../apps/cli/src/profiles/data-folder.js';
import { allReadModels } from '../../apps/server/src/read-models.js';
import { verifyProjection } from '#runtime';
import { adminPassword, ask, startInProcess, type InProcessServer } from '../in-process-server.js';
import { logIn } from '../server-process.js';
import { isForeseen, leaseStep, Made } from './lease-steps.js';
import { GivenOut, poolStep, post, type Step } from './pool-steps.js';

// Each is a server or two, so a tenth of the usual number.
const runs = Math.ceil((fc.readConfigureGlobal().numRuns ?? 60) / 10);

const name = fc.constantFrom('a', 'b', 'c', 'd');
const zone = fc.constantFrom(null, 'north', 'south');
const host = fc.constantFrom('compute-1', 'compute-2', 'compute-7', 'kvm-1', 'nowhere');
const aggregate = fc.integer({ min: 1, max: 6 }).map((id) => `/v2.1/os-aggregates/${String(id)}`);
const metadata = fc.dictionary(
  fc.constantFrom('ssd', 'availability_zone', '__proto__'),
  fc.constantFrom('x', 'north', null),
  {
    minKeys: 1,
  },
);
const service = fc.constantFrom('disable', 'enable', 'force-down', 'lift-force-down');
const password = 'of-somebody-who-is-made-up';

/** Some work, some are refused; together they touch every read model. */
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({ name, availability_zone: zone })
      .map((made) => post('/v2.1/os-aggregates', { aggregate: made })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(aggregate, host).map(([path, added]) => post(`${path}/action`, { add_host: { host: added } })),
  },
  fc.tuple(aggregate, host).map(([path, gone]) => post(`${path}/action`, { remove_host: { host: gone } })),
  fc.tuple(aggregate, metadata).map(([path, set]) => post(`${path}/action`, { set_metadata: { metadata: set } })),
  fc.tuple(aggregate, name, zone).map(([path, renamed, into]) => ({
    method: 'PUT',
    path,
    json: { aggregate: { name: renamed, ...(into === null ? {} : { availability_zone: into }) } },
  })),
  aggregate.map((path) => ({ method: 'DELETE', path })),
  aggregate.map((path) => post(`${path}/images`, { cache: [{ id: '7d3f8f3a-0c0e-4d6a-9d4d-3a4a0c5f2b11' }] })),
  fc
    .tuple(fc.integer({ min: 1, max: 11 }), service)
    .map(([id, change]) =>
      post(`/leasebook/v1/hypervisors/${String(id)}/${change}`, change === 'disable' ? { reason: 'fan' } : {}),
    ),
  name.map((person) => post('/v3/users', { user: { name: person, password } })),
  name.map((project) => post('/v3/projects', { project: { name: project } })),
  { weight: 20, arbitrary: poolStep },
  { weight: 20, arbitrary: leaseStep },
  fc
    .constantFrom(...allReadModels.map((model) => model.name))
    .map((model) => post(`/leasebook/v1/read-models/${model}/rebuild`, {})),
);
/** What comes between two runs of the server on one data folder. */
const lives = fc.array(fc.array(step, { minLength: 30, maxLength: 70 }), { minLength: 1, maxLength: 3 });

const folders: string[] = [];
let server: InProcessServer | undefined;

afterEach(async () => {
  await server?.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A server that is worked on; what it gave out and made is used further on. */
class Work {
  readonly accepted: string[] = [];

  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly given: GivenOut,
    private readonly made: Made,
  ) {}

  async do(step: Step): Promise<void> {
    const { path } = step;
    const { method, path: filled, json } = this.made.filled(step);
    const asked = this.given.filled(filled);
    const answer = await ask(this.url, method, asked, {
      ...this.credentials(path),
      ...(json === undefined ? {} : { json }),
    });
    const { status, text } = answer;
    if (status >= 500 && status !== 503 && !isForeseen(path, answer.json))
      throw new Error(`${method} ${asked}: ${String(status)} ${text}`);
    if (status >= 300) return;
    this.accepted.push(`${method} ${path.replace(/(?<=\/)\d+(?=\/|$)/, ':id')}`);
    if (path.startsWith('/vmpooler')) this.given.keep(method, asked, answer.json as Readonly<Record<string, unknown>>);
    if (path.startsWith('/v1/')) this.made.keep(method, asked, answer.json);
  }

  private credentials(path: string): { readonly token?: string; readonly headers?: Record<string, string> } {
    if (path.startsWith('/vmpooler')) {
      const basic = Buffer.from(`admin:${adminPassword}`).toString('base64');
      if (/\/token(?:\/|$)/.test(path)) return { headers: { authorization: `Basic ${basic}` } };
      return this.given.token === undefined ? {} : { token: this.given.token };
    }
    const version = path.endsWith('/images') ? '2.81' : '2.1';
    return { token: this.token, headers: { 'x-openstack-nova-api-version': version } };
  }
}

/** The operations that were accepted. */
async function live(dataDir: string, given: GivenOut, made: Made, steps: readonly Step[]): Promise<readonly string[]> {
  const simulatedVms = { cloneSeconds: { min: 0, max: 0.01 }, bootSeconds: { min: 0, max: 0.01 }, failureRate: 0.1 };
  server = await startInProcess({ dataDir, settings: { simulatedVms } });
  const work = new Work(server.url, await logIn(server.url, 'admin', adminPassword), given, made);
  await work.do({ method: 'POST', path: '/vmpooler/api/v3/token' });
  for (const step of steps) await work.do(step);
  await server.stop();
  server = undefined;
  return work.accepted;
}

describe('read models after a random workload', () => {
  it(
    'are, byte for byte, what the log says',
    async () => {
      const accepted = new Set<string>();
      const documents = new Map<string, number>();
      const property = fc.asyncProperty(lives, async (steps) => {
        const dataDir = mkdtempSync(join(tmpdir(), 'leasebook-live-'));
        folders.push(dataDir);
        const given = new GivenOut();
        const made = new Made();
        for (const each of steps) for (const path of await live(dataDir, given, made, each)) accepted.add(path);
        const folder = await openDataFolder(dataDir, { ofLog: fail, ofReadModels: fail });
        try {
          for (const projection of allReadModels) {
            const verified = await verifyProjection(folder.eventStore, folder.readStore, projection);
            expect(verified).toMatchObject({ problem: undefined, differences: [] });
            documents.set(projection.name, (documents.get(projection.name) ?? 0) + verified.documents);
          }
        } finally {
          await folder.close();
        }
      });
      await fc.assert(property, { numRuns: runs, endOnFailure: true });
      // It was a workload: not everything was refused.
      expect(accepted).toContain('POST /v2.1/os-aggregates');
      const worked = [...accepted].join('\n');
      for (const what of [
        'POST .*\\/vm$',
        'POST .*\\/vm\\/',
        'PUT .*\\/vm\\/',
        'DELETE .*\\/vm\\/',
        'POST .*\\/ondemandvm',
        'POST \\/v1\\/os-hosts',
        'POST \\/v1\\/leases',
      ])
        expect(worked).toMatch(new RegExp(what, 'm'));
      expect([...documents.keys()]).toEqual(allReadModels.map((model) => model.name));
      // What few steps make may be gone, or never there; lease-read-models.spec.ts has all of it.
      const rare = ['allocations', 'resourceProperties', 'floatingIps'];
      const empty = [...documents].filter(([name, count]) => count === 0 && !rare.includes(name));
      expect(empty).toEqual([]);
    },
    runs * 20_000,
  );
});

function fail(notice: string): never {
  throw new Error(notice);
}
