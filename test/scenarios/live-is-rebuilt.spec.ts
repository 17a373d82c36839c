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

// Each is a server or two, so a tenth of the usual number.
const runs = Math.ceil((fc.readConfigureGlobal().numRuns ?? 60) / 10);

interface Step {
  readonly method: string;
  readonly path: string;
  readonly json?: unknown;
}

const post = (path: string, json: unknown): Step => ({ method: 'POST', path, json });

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

/** A machine that was checked out before. */
const machine = '/vmpooler/api/v3/vm/:machine';
const tags = fc.dictionary(fc.constantFrom('project', 'user'), fc.constantFrom('x', 'y'), { minKeys: 1 });

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
  {
    weight: 5,
    arbitrary: fc
      .constantFrom('debian-12', 'rocky-9+debian-12', 'rocky-9+rocky-9')
      .map((wanted) => post(`/vmpooler/api/v3/vm/${wanted}`, {})),
  },
  { weight: 3, arbitrary: tags.map((set) => ({ method: 'PUT', path: machine, json: { tags: set } })) },
  { weight: 2, arbitrary: fc.constant({ method: 'DELETE', path: machine }) },
  fc.constantFrom('snapshot', 'disk/8').map((work) => post(`${machine}/${work}`, {})),
  fc.integer({ min: 1, max: 3 }).map((count) => post('/vmpooler/api/v3/ondemandvm', { 'rocky-9': count })),
  fc.constant({ method: 'POST', path: '/vmpooler/api/v3/token' }),
  fc
    .integer({ min: 0, max: 12 })
    .map((size) => post('/vmpooler/api/v3/config/poolsize', { 'debian-12-x86_64': String(size) })),
  fc.constant(post('/vmpooler/api/v3/poolreset', { 'rocky-9-x86_64': '1' })),
  fc
    .constantFrom('aggregates', 'hypervisors', 'vms', 'pools', 'vmRecords', 'auditTrail')
    .map((model) => post(`/leasebook/v1/read-models/${model}/rebuild`, {})),
);
/** What comes between two runs of the server on one data folder. */
const lives = fc.array(fc.array(step, { minLength: 20, maxLength: 60 }), { minLength: 1, maxLength: 2 });

const folders: string[] = [];
let server: InProcessServer | undefined;

afterEach(async () => {
  await server?.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A server that is worked on; pool tokens and machines that it gave out are used further on. */
class Work {
  readonly accepted: string[] = [];
  private readonly machines: string[] = [];
  private poolToken: string | undefined;

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  async do({ method, path, json }: Step): Promise<void> {
    const name = this.machines[this.accepted.length % Math.max(1, this.machines.length)];
    const asked = path.replace(':machine', name ?? 'nobody');
    const answer = await ask(this.url, method, asked, {
      ...this.credentials(path),
      ...(json === undefined ? {} : { json }),
    });
    const { status, text } = answer;
    if (status >= 500 && status !== 503) throw new Error(`${method} ${asked}: ${String(status)} ${text}`);
    if (status >= 300) return;
    this.accepted.push(`${method} ${path.replace(/(?<=\/)\d+(?=\/|$)/, ':id')}`);
    if (path.startsWith('/vmpooler')) this.keep(answer.json as Readonly<Record<string, unknown>>);
  }

  private credentials(path: string): { readonly token?: string; readonly headers?: Record<string, string> } {
    if (path.startsWith('/vmpooler')) {
      const basic = Buffer.from(`admin:${adminPassword}`).toString('base64');
      if (path.endsWith('/token')) return { headers: { authorization: `Basic ${basic}` } };
      return this.poolToken === undefined ? {} : { token: this.poolToken };
    }
    const version = path.endsWith('/images') ? '2.81' : '2.1';
    return { token: this.token, headers: { 'x-openstack-nova-api-version': version } };
  }

  private keep(answer: Readonly<Record<string, unknown>>): void {
    if (typeof answer.token === 'string') this.poolToken = answer.token;
    for (const each of Object.values(answer)) {
      const given = (each as { hostname?: string | string[] } | null)?.hostname ?? [];
      this.machines.push(...[given].flat());
    }
  }
}

/** The operations that were accepted. */
async function live(dataDir: string, steps: readonly Step[]): Promise<readonly string[]> {
  const simulatedVms = { cloneSeconds: { min: 0, max: 0.01 }, bootSeconds: { min: 0, max: 0.01 }, failureRate: 0.1 };
  server = await startInProcess({ dataDir, settings: { simulatedVms } });
  const work = new Work(server.url, await logIn(server.url, 'admin', adminPassword));
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
      let documents = 0;
      const property = fc.asyncProperty(lives, async (steps) => {
        const dataDir = mkdtempSync(join(tmpdir(), 'leasebook-live-'));
        folders.push(dataDir);
        for (const each of steps) for (const path of await live(dataDir, each)) accepted.add(path);
        const folder = await openDataFolder(dataDir, { ofLog: fail, ofReadModels: fail });
        try {
          for (const projection of allReadModels) {
            const verified = await verifyProjection(folder.eventStore, folder.readStore, projection);
            expect(verified).toMatchObject({ problem: undefined, differences: [] });
            documents += verified.documents;
          }
        } finally {
          await folder.close();
        }
      });
      await fc.assert(property, { numRuns: runs, endOnFailure: true });
      // It was a workload: not everything was refused.
      expect(accepted).toContain('POST /v2.1/os-aggregates');
      expect([...accepted].join(' ')).toContain('POST /vmpooler/api/v3/vm/');
      expect(accepted.size).toBeGreaterThan(8);
      expect(documents).toBeGreaterThan(100);
    },
    runs * 20_000,
  );
});

function fail(notice: string): never {
  throw new Error(notice);
}
