import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServerProcess, temporaryFolder, testAdminPassword } from '../server-process.js';
import { runCommand } from './run-command.js';

const program = fileURLToPath(new URL('./gophercloud', import.meta.url));
const folder = temporaryFolder();
let server: ServerProcess;

const ambient = Object.fromEntries(
  Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
);

beforeAll(async () => {
  // Fails where there is no go: a client that was not tried is not a client that works.
  const build = await runCommand('go', ['build', '-o', `${folder.path}/gophercloud`, '.'], {
    environment: { ...ambient, PATH: `${ambient.PATH ?? ''}:/usr/local/go/bin` },
    cwd: program,
    timeoutMs: 240_000,
  });
  if (build.code !== 0) throw new Error(`go build: ${build.stderr}`);
  server = await ServerProcess.start({ dataDir: `${folder.path}/data`, from: 'dist' });
}, 300_000);

afterAll(async () => {
  await server.kill();
  folder.remove();
});

const demoHosts = [...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `compute-${String(n)}`), 'kvm-1', 'kvm-2'];

async function goThrough(path: string) {
  const { code, stdout, stderr } = await runCommand(`${folder.path}/gophercloud`, [], {
    environment: {
      OS_AUTH_URL: `${server.url}${path}`,
      OS_USERNAME: 'admin',
      OS_PASSWORD: testAdminPassword,
      OS_PROJECT_NAME: 'admin',
      OS_DOMAIN_NAME: 'Default',
    },
    cwd: folder.path,
  });
  if (code !== 0) throw new Error(`${String(code)}: ${stderr}`);
  return JSON.parse(stdout);
}

describe.each(['/identity/v3', '/identity', '/v3', ''])('gophercloud, logged in at "%s"', (path) => {
  it('finds its way by the catalog and does all that it can', async () => {
    const { identity, aggregate, hypervisors } = await goThrough(path);
    expect(identity).toEqual({
      valid: true,
      roles: expect.arrayContaining(['admin', 'manager', 'member', 'reader']),
      user: 'admin',
      project: 'admin',
      projects: expect.arrayContaining(['admin', 'demo']),
      users: expect.arrayContaining(['admin', 'demo']),
      unknownUser: 404,
    });
    const { id } = aggregate.made;
    const after = { id, name: 'go-row-b', availability_zone: 'hall-go', hosts: ['compute-3'] };
    const zone = { availability_zone: 'hall-go' };
    expect(aggregate).toMatchObject({
      microversions: '2.1-2.104',
      made: { name: 'go-row', ...zone },
      got: { id, name: 'go-row', ...zone, hosts: [], metadata: zone },
      updated: { ...after, hosts: [] },
      withHost: after,
      withMetadata: { ...after, metadata: { ...zone, ssd: 'true' } },
      listed: [
        { name: 'freepool', hosts: [] },
        { ...after, metadata: { ...zone, ssd: 'true' } },
      ],
      withoutHost: { ...after, hosts: [] },
      refused: { twice: 409, unknownHost: 404, notEmpty: 400, gone: 404 },
    });
    for (const [version, found] of Object.entries<Record<string, unknown>>(hypervisors)) {
      expect(found).toMatchObject({ listed: demoHosts, first: { hypervisor_hostname: 'compute-1', state: 'up' } });
      if (version >= '2.53') expect(found).toMatchObject({ paged: demoHosts, matching: ['kvm-1', 'kvm-2'] });
      if (version === '2.88') expect(found).toMatchObject({ refused: { statistics: 404, uptime: 404 } });
      else expect(found).toMatchObject({ statistics: { count: 9, vcpus: 960 }, uptime: { state: 'up' } });
    }
    expect(Object.keys(hypervisors)).toEqual(['', '2.28', '2.53', '2.75', '2.88']);
  });
});
