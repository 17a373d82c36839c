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
  fc
    .constantFrom('aggregates', 'hypervisors', 'auditTrail')
    .map((model) => post(`/leasebook/v1/read-models/${model}/rebuild`, {})),
);
/** What comes between two runs of the server on one data folder. */
const lives = fc.array(fc.array(step, { minLength: 5, maxLength: 40 }), { minLength: 1, maxLength: 2 });

const folders: string[] = [];
let server: InProcessServer | undefined;

afterEach(async () => {
  await server?.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The operations that were accepted. */
async function live(dataDir: string, steps: readonly Step[]): Promise<readonly string[]> {
  const accepted: string[] = [];
  server = await startInProcess({ dataDir });
  const token = await logIn(server.url, 'admin', adminPassword);
  for (const { method, path, json } of steps) {
    const { status, text } = await ask(server.url, method, path, {
      token,
      ...(json === undefined ? {} : { json }),
      headers: { 'x-openstack-nova-api-version': path.endsWith('/images') ? '2.81' : '2.1' },
    });
    if (status >= 500) throw new Error(`${method} ${path}: ${String(status)} ${text}`);
    if (status < 300) accepted.push(path.replace(/(?<=\/)\d+(?=\/|$)/, ':id'));
  }
  await server.stop();
  server = undefined;
  return accepted;
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
      expect(accepted).toContain('/v2.1/os-aggregates');
      expect(accepted.size).toBeGreaterThan(4);
      expect(documents).toBeGreaterThan(100);
    },
    runs * 20_000,
  );
});

function fail(notice: string): never {
  throw new Error(notice);
}
