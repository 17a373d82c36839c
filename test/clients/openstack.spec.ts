import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServerProcess, temporaryFolder, testAdminPassword } from '../server-process.js';
import { OpenStackClient } from './openstack-client.js';
import { twoAtATime } from './two-at-a-time.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const hexId = /^[0-9a-f]{32}$/;
const knownImage = '7d3f8f3a-0c0e-4d6a-9d4d-3a4a0c5f2b11';
const demoHosts = [...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `compute-${String(n)}`), 'kvm-1', 'kvm-2'];

const pooledMachines = 20 + 10;

type Row = Record<string, unknown>;

const folder = temporaryFolder();
let server: ServerProcess;
let admin: OpenStackClient;

/** The versions of the compute API that are gone through; `default` sends none. */
const versions = ['default', '2.53', '2.88'] as const;
type Version = (typeof versions)[number];

const at = (version: Version): OpenStackClient => (version === 'default' ? admin : admin.at(version));

beforeAll(async () => {
  server = await ServerProcess.start({ dataDir: `${folder.path}/data`, from: 'dist' });
  admin = OpenStackClient.withPassword(folder.path, server.url, 'admin', testAdminPassword);
  await untilPoolsAreFull();
}, 60_000);

/** The demo's pools make their machines in the first seconds; these count as servers. */
async function untilPoolsAreFull(): Promise<void> {
  for (;;) {
    const { capacity } = (await (await fetch(`${server.url}/api/v3/status`)).json()) as {
      readonly capacity: { readonly current: number };
    };
    if (capacity.current === pooledMachines) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

afterAll(async () => {
  await server.kill();
  folder.remove();
});

describe('openstack token and catalog', () => {
  it('issues a token, whether the address leads to /v3 or to a root', async () => {
    const addresses = ['/identity/v3', '/identity/v3/', '/identity', '/v3', ''];
    const tokens = await twoAtATime(addresses, (path) =>
      admin.with({ OS_AUTH_URL: `${server.url}${path}` }).json<Row>('token', 'issue'),
    );
    for (const token of tokens)
      expect(token).toEqual({
        id: expect.stringMatching(/^[\w-]{20,254}$/),
        expires: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/),
        project_id: expect.stringMatching(hexId),
        user_id: expect.stringMatching(hexId),
      });
    expect(new Set(tokens.map((token) => token.id)).size).toBe(addresses.length);
  });

  it('prints it as a table', async () => {
    const table = await admin.text('token', 'issue');
    expect(table).toMatch(/^\| Field +\| Value +\|$/m);
    expect(table).toMatch(/^\| user_id +\| [0-9a-f]{32} +\|$/m);
  });

  it('works with a token, until the token is revoked', async () => {
    const { id } = await admin.json<{ id: string }>('token', 'issue');
    const holder = new OpenStackClient(folder.path, {
      OS_AUTH_TYPE: 'token',
      OS_AUTH_URL: `${server.url}/identity/v3`,
      OS_IDENTITY_API_VERSION: '3',
      OS_TOKEN: id,
      OS_PROJECT_NAME: 'admin',
      OS_PROJECT_DOMAIN_NAME: 'Default',
    });
    expect(await holder.json<Row[]>('hypervisor', 'list')).toHaveLength(demoHosts.length);
    await admin.text('token', 'revoke', id);
    expect(await holder.fault('hypervisor', 'list')).toContain(
      'The request you have made requires authentication. (HTTP 401)',
    );
  });

  it('says the same to a wrong password, an unknown user and an unknown project', async () => {
    const wrong = [{ OS_PASSWORD: 'wrong' }, { OS_USERNAME: 'nobody' }, { OS_PROJECT_NAME: 'nothing' }];
    const faults = await twoAtATime(wrong, (environment) => admin.with(environment).fault('token', 'issue'));
    for (const fault of faults)
      expect(fault).toContain('The request you have made requires authentication. (HTTP 401)');
  });

  it('lists the catalog', async () => {
    const catalog = await admin.json<{ Name: string; Type: string; Endpoints: Row[] }[]>('catalog', 'list');
    const mounts = { compute: '/compute/v2.1', identity: '/identity/v3', image: '/image' };
    for (const [type, path] of Object.entries({ ...mounts, reservation: '/reservation/v1' })) {
      const entry = catalog.find((each) => each.Type === type);
      expect(entry?.Endpoints.map((endpoint) => endpoint.interface).sort()).toEqual(['admin', 'internal', 'public']);
      for (const endpoint of entry?.Endpoints ?? [])
        expect(endpoint).toMatchObject({ region: 'RegionOne', url: `${server.url}${path}` });
    }
    expect(await admin.json<Row>('catalog', 'show', 'compute')).toMatchObject({ name: 'nova', type: 'compute' });
  });
});

describe('openstack project, user, role and application credential', () => {
  it('makes, shows, changes and deletes a project', async () => {
    const made = await admin.json<Row>('project', 'create', '--description', 'the lab', 'lab-1');
    expect(made).toMatchObject({ name: 'lab-1', description: 'the lab', enabled: true, domain_id: 'default' });
    await admin.text('project', 'set', '--name', 'lab-2', 'lab-1');
    const [listed, shown] = await Promise.all([
      admin.json<Row[]>('project', 'list'),
      admin.json<Row>('project', 'show', 'lab-2'),
    ]);
    expect(listed).toContainEqual({ ID: made.id, Name: 'lab-2' });
    expect(shown).toMatchObject({ id: made.id, name: 'lab-2', description: 'the lab' });
    await admin.text('project', 'delete', 'lab-2');
    expect(await admin.fault('project', 'show', 'lab-2')).toContain("No project with a name or ID of 'lab-2' exists.");
  });

  it('gives a new user a role, and the user gets in', async () => {
    await admin.text('project', 'create', 'wing');
    const mira = await admin.json<Row>(
      'user',
      'create',
      '--password',
      'first-secret',
      '--email',
      'm@example.test',
      'mira',
    );
    expect(mira).toMatchObject({ name: 'mira', email: 'm@example.test', enabled: true });
    await admin.text('role', 'add', '--user', 'mira', '--project', 'wing', 'reader');
    const roles = ['role', 'assignment', 'list', '--names', '--user', 'mira'] as const;
    expect(await admin.json<Row[]>(...roles)).toMatchObject([
      { Role: 'reader', User: 'mira@Default', Project: 'wing@Default', Inherited: false },
    ]);
    const first = OpenStackClient.withPassword(folder.path, server.url, 'mira', 'first-secret', 'wing');
    expect(await first.json<Row>('token', 'issue')).toMatchObject({ user_id: mira.id });
    await first.text('user', 'password', 'set', '--original-password', 'first-secret', '--password', 'second-secret');
    expect(await first.fault('token', 'issue')).toContain('(HTTP 401)');
    const second = first.with({ OS_PASSWORD: 'second-secret' });
    await second.text('token', 'issue');
    await admin.text('user', 'set', '--disable', 'mira');
    expect(await second.fault('token', 'issue')).toContain('(HTTP 401)');
    await admin.text('role', 'remove', '--user', 'mira', '--project', 'wing', 'reader');
    expect(await admin.json<Row[]>(...roles)).toEqual([]);
    await admin.text('user', 'delete', 'mira');
    expect(await admin.json<Row[]>('user', 'list')).not.toContainEqual(expect.objectContaining({ Name: 'mira' }));
  });

  it('makes and deletes a role, beside those that are there', async () => {
    expect(await admin.json<Row>('role', 'create', 'InfrastructureManager')).toMatchObject({
      name: 'InfrastructureManager',
    });
    const names = (await admin.json<Row[]>('role', 'list')).map((role) => role.Name);
    expect(names).toEqual(
      expect.arrayContaining(['admin', 'manager', 'member', 'reader', 'service', 'InfrastructureManager']),
    );
    await admin.text('role', 'delete', 'InfrastructureManager');
    expect((await admin.json<Row[]>('role', 'list')).map((role) => role.Name)).not.toContain('InfrastructureManager');
  });

  it('logs in with an application credential until it is deleted', async () => {
    const made = await admin.json<{ id: string; secret: string; roles: string }>(
      ...['application', 'credential', 'create', '--description', 'nightly', '--role', 'admin', 'nightly'],
    );
    expect(made.secret).toMatch(/^\S{20,}$/);
    const robot = new OpenStackClient(folder.path, {
      OS_AUTH_TYPE: 'v3applicationcredential',
      OS_AUTH_URL: `${server.url}/identity/v3`,
      OS_IDENTITY_API_VERSION: '3',
      OS_APPLICATION_CREDENTIAL_ID: made.id,
      OS_APPLICATION_CREDENTIAL_SECRET: made.secret,
    });
    expect(await robot.json<Row[]>('hypervisor', 'list')).toHaveLength(demoHosts.length);
    const shown = await admin.json<Row>('application', 'credential', 'show', 'nightly');
    expect(shown).toMatchObject({ id: made.id, name: 'nightly', description: 'nightly' });
    expect(JSON.stringify(shown)).not.toContain(made.secret);
    expect(await admin.json<Row[]>('application', 'credential', 'list')).toMatchObject([
      { ID: made.id, Name: 'nightly' },
    ]);
    await admin.text('application', 'credential', 'delete', 'nightly');
    expect(await robot.fault('hypervisor', 'list')).toContain('(HTTP 401)');
  });
});

describe('openstack aggregate', () => {
  // Three lives of an aggregate, one for each version, beside one another; each on a host of its own.
  it('goes through a whole life at every version', async () => {
    await twoAtATime(versions, (version) =>
      aggregateLife(at(version), version, `compute-${String(versions.indexOf(version) + 1)}`),
    );
  }, 180_000);

  it('prints a table', async () => {
    await admin.text('aggregate', 'create', '--zone', 'hall-t', 'in-a-table');
    const [list, show] = await Promise.all([
      admin.text('aggregate', 'list'),
      admin.text('aggregate', 'show', 'in-a-table'),
    ]);
    expect(list).toMatch(/^\| +\d+ \| in-a-table +\| hall-t +\|$/m);
    expect(show).toMatch(/^\| availability_zone +\| hall-t +\|$/m);
    expect(show).toMatch(/^\| uuid +\| [0-9a-f-]{36} +\|$/m);
    await admin.text('aggregate', 'delete', 'in-a-table');
  });

  it('prints what the server refuses', async () => {
    await twoAtATime(['full', 'other'], (name) => admin.text('aggregate', 'create', '--zone', `hall-${name}`, name));
    await admin.text('aggregate', 'add', 'host', 'full', 'compute-5');
    const refusals: [string[], RegExp][] = [
      [['create', 'full'], /ConflictException: 409: Client Error for url: .*, Aggregate full already exists\./],
      [['show', 'nothing'], /No Aggregate found for nothing/],
      [['show', '999999'], /No Aggregate found for 999999/],
      [['add', 'host', 'full', 'nowhere'], /404: Client Error for url: .*, Compute host nowhere could not be found\./],
      [
        ['add', 'host', 'full', 'compute-5'],
        /409: Client Error for url: .*, Aggregate \d+ already has host compute-5\./,
      ],
      [
        ['add', 'host', 'other', 'compute-5'],
        /409: .*, Cannot add host to aggregate \d+\. Reason: One or more hosts already in availability zone\(s\) \['hall-full'\]\./,
      ],
      [['remove', 'host', 'full', 'compute-6'], /404: .*, Cannot remove host compute-6 in aggregate \d+/],
      [['set', '--name', 'other', 'full'], /409: .*, Aggregate other already exists\./],
      [
        ['delete', 'full'],
        /Failed to delete aggregate with name or ID 'full': .*400: .*, Cannot remove host from aggregate \d+\. Reason: Host aggregate is not empty\.\n1 of 1 aggregates failed to delete\./,
      ],
      [['create', 'a\tb'], /400: .*, An invalid 'name' value was provided\. The name must be: printable characters\./],
      [['cache', 'image', 'full', 'nothing'], /No Image found for nothing/],
    ];
    const faults = await twoAtATime(refusals, ([args]) => admin.fault('aggregate', ...args));
    refusals.forEach(([, expected], index) => expect(faults[index]).toMatch(expected));
    const { hosts, availability_zone: zone } = await admin.json<Row>('aggregate', 'show', 'full');
    expect({ hosts, zone }).toEqual({ hosts: ['compute-5'], zone: 'hall-full' });
  }, 120_000);

  it('is for administrators', async () => {
    const demo = OpenStackClient.withPassword(folder.path, server.url, 'demo', 'demo');
    const faults = await twoAtATime([['list'], ['create', 'mine'], ['show', '1']], (args) =>
      demo.fault('aggregate', ...args),
    );
    expect(faults[0]).toMatch(/403: .*, Policy doesn't allow os_compute_api:os-aggregates:index to be performed\./);
    expect(faults[1]).toMatch(/403: .*, Policy doesn't allow os_compute_api:os-aggregates:create to be performed\./);
    expect(faults[2]).toMatch(/403: .*, Policy doesn't allow os_compute_api:os-aggregates:show to be performed\./);
  });
});

async function aggregateLife(client: OpenStackClient, version: Version, host: string): Promise<void> {
  const aggregate = (...args: string[]) => client.json<Row>('aggregate', ...args);
  const quietly = async (...args: string[]) => expect(await client.text('aggregate', ...args)).toBe('');
  const name = `row-${version}`;
  const hall = `hall-${version}`;

  const made = await aggregate('create', '--zone', hall, '--property', 'ssd=true', '--property', 'rack=4', name);
  expect(made).toMatchObject({
    id: expect.any(Number),
    name,
    availability_zone: hall,
    properties: { availability_zone: hall, ssd: 'true', rack: '4' },
    hosts: [],
    is_deleted: false,
    deleted_at: null,
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/),
  });
  const id = made.id;
  // The properties come by an action, which the client sends without a version; the answer has no uuid then.
  const { uuid: ownUuid } = await aggregate('show', name);
  expect(ownUuid).toMatch(uuid);

  const listed = { ID: id, Name: name, 'Availability Zone': hall };
  expect(await client.json<Row[]>('aggregate', 'list')).toContainEqual(listed);
  expect(await client.json<Row[]>('aggregate', 'list', '--long')).toContainEqual({
    ...listed,
    Properties: { ssd: 'true', rack: '4' },
    Hosts: [],
  });

  expect(await aggregate('add', 'host', name, host)).toMatchObject({ id, hosts: [host] });
  await quietly('set', '--name', `${name}-b`, '--zone', `${hall}-b`, '--property', 'fans=8', name);
  const renamed = { id, uuid: ownUuid, name: `${name}-b`, availability_zone: `${hall}-b`, hosts: [host] };
  expect(await aggregate('show', `${name}-b`)).toMatchObject({
    ...renamed,
    properties: { ssd: 'true', rack: '4', fans: '8' },
  });
  await quietly('unset', '--property', 'rack', `${name}-b`);
  expect(await aggregate('show', String(id))).toMatchObject({ ...renamed, properties: { ssd: 'true', fans: '8' } });
  await quietly('set', '--no-property', '--property', 'power=redundant', String(id));
  expect(await aggregate('show', `${name}-b`)).toMatchObject({ ...renamed, properties: { power: 'redundant' } });
  const cache = ['aggregate', 'cache', 'image', `${name}-b`, version === 'default' ? 'debian-12' : knownImage];
  if (version === '2.53')
    expect(await client.fault(...cache)).toContain('requires server support for API microversion 2.81');
  else expect(await client.text(...cache)).toBe('');

  expect(await aggregate('remove', 'host', `${name}-b`, host)).toMatchObject({ id, hosts: [] });
  await quietly('delete', `${name}-b`);
  expect(await client.json<Row[]>('aggregate', 'list')).not.toContainEqual(expect.objectContaining({ ID: id }));
}

describe.each(versions)('openstack hypervisor, compute API %s', (version) => {
  const id = version === 'default' ? expect.any(Number) : expect.stringMatching(uuid);
  const hypervisor = <T>(...args: string[]) => at(version).json<T>('hypervisor', ...args);

  it('lists all, or those that match', async () => {
    const [list, long, matching] = await twoAtATime(
      [['list'], ['list', '--long'], ['list', '--matching', 'kvm']],
      (args) => hypervisor<Row[]>(...args),
    );
    expect(list?.map((row) => row['Hypervisor Hostname'])).toEqual(demoHosts);
    expect(list?.[0]).toEqual({
      ID: id,
      'Hypervisor Hostname': 'compute-1',
      'Hypervisor Type': expect.stringMatching(/^[A-Za-z]+$/),
      'Host IP': '10.20.0.11',
      State: 'up',
    });
    expect(list?.filter((row) => row.State !== 'up')).toMatchObject([
      { 'Hypervisor Hostname': 'compute-8', State: 'down' },
    ]);
    expect(matching?.map((row) => row['Hypervisor Hostname'])).toEqual(['kvm-1', 'kvm-2']);
    if (version !== '2.88')
      expect(long?.[8]).toMatchObject({ 'Hypervisor Hostname': 'kvm-1', vCPUs: 256, 'Memory MB': 1_048_576 });
  });

  it('shows one by its name and by its id', async () => {
    const [first] = await hypervisor<Row[]>('list', '--matching', 'compute-2');
    const [byName, byId] = await twoAtATime(['compute-2', String(first?.ID)], (which) =>
      hypervisor<Row>('show', which),
    );
    expect(byName).toMatchObject({
      id,
      hypervisor_hostname: 'compute-2',
      host_ip: '10.20.0.12',
      state: 'up',
      status: 'enabled',
      service_host: 'compute-2',
      service_id: id,
      aggregates: [],
    });
    if (version !== '2.88') expect(byName).toMatchObject({ vcpus: 64, memory_mb: 262_144, running_vms: 0 });
    expect(byName).toMatchObject({ load_average: expect.stringMatching(/^\d/), uptime: expect.any(String) });
    expect(byId).toMatchObject({ id: byName?.id, hypervisor_hostname: 'compute-2' });
  });

  it('says that there is none', async () => {
    const [show, matching] = await twoAtATime(
      [
        ['show', 'nowhere'],
        ['list', '--matching', 'nowhere'],
      ],
      (args) => at(version).fault('hypervisor', ...args),
    );
    expect(show).toContain("No hypervisor with a name or ID of 'nowhere' exists.");
    expect(matching).toMatch(
      /No hypervisor matching 'nowhere' could be found\. \(HTTP 404\) \(Request-ID: req-[0-9a-f-]{36}\)/,
    );
  });

  it(version === '2.88' ? 'has no statistics any more' : 'sums up the enabled ones', async () => {
    if (version === '2.88') {
      expect(await at(version).fault('hypervisor', 'stats', 'show')).toContain('2.88');
      return;
    }
    expect(await hypervisor<Row>('stats', 'show')).toMatchObject({
      count: 9,
      vcpus: 7 * 64 + 2 * 256,
      memory_mb: 7 * 262_144 + 2 * 1_048_576,
      running_vms: pooledMachines,
    });
  });

  it('lists page by page where the version has pages', async () => {
    if (version === 'default') {
      expect(await at(version).fault('hypervisor', 'list', '--limit', '3')).toContain('2.33');
      return;
    }
    const first = await hypervisor<Row[]>('list', '--limit', '4');
    const rest = await hypervisor<Row[]>('list', '--limit', '100', '--marker', String(first[3]?.ID));
    expect([...first, ...rest].map((row) => row['Hypervisor Hostname'])).toEqual(demoHosts);
  });
});

describe('openstack hypervisor', () => {
  it('prints tables', async () => {
    const [list, stats] = await twoAtATime([['list'], ['stats', 'show']], (args) => admin.text('hypervisor', ...args));
    expect(list).toMatch(/^\| ID \| Hypervisor Hostname \| Hypervisor Type \| Host IP +\| State \|$/m);
    expect(list).toMatch(/^\| +1 \| compute-1 +\| \w+ +\| 10\.20\.0\.11 \| up +\|$/m);
    expect(stats).toMatch(/^\| count +\| 9 +\|$/m);
  });

  it('is for administrators', async () => {
    const demo = OpenStackClient.withPassword(folder.path, server.url, 'demo', 'demo');
    expect(await demo.fault('hypervisor', 'list')).toMatch(
      /Policy doesn't allow os_compute_api:os-hypervisors:list-detail to be performed\. \(HTTP 403\)/,
    );
  });
});
