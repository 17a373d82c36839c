import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ServerProcess, temporaryFolder, testAdminPassword } from '../server-process.js';
import { OpenStackClient } from './openstack-client.js';
import { inside, ReservationClient, words, type Row, type Tongue } from './reservation-client.js';
import { twoAtATime } from './two-at-a-time.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const dateOf = (minute: string): string => `${minute.replace(' ', 'T')}:00.000000`;
const demoNetwork = '5a3c7c1e-9d0b-4a54-8f6e-2f7b7d1f0a11';
const nobodysLease = '00000000-0000-4000-8000-000000000000';

/** Each tongue has its own machines, so that both can be spoken at once. */
interface Speaker {
  readonly client: ReservationClient;
  readonly hosts: readonly [string, string, string];
  readonly address: string;
  /** A capability that only these hosts have. */
  readonly rack: string;
}

const folder = temporaryFolder();
let server: ServerProcess;
let openstack: OpenStackClient;
let speakers: readonly Speaker[];

/** In both tongues, beside one another. */
function inBoth(name: string, work: (speaker: Speaker) => Promise<void>): void {
  it(name, () => twoAtATime(speakers, work), 180_000);
}

function speaker(tongue: Tongue, first: number): Speaker {
  const client = new ReservationClient(openstack, tongue);
  const [one, two, three] = [first, first + 1, first + 2].map((n) => `compute-${String(n)}`) as [
    string,
    string,
    string,
  ];
  return {
    ...{ client, hosts: [one, two, three], address: `203.0.113.${String(100 + first)}`, rack: `rack_${String(first)}` },
  };
}

const onRack = ({ rack }: Speaker): string => JSON.stringify(['==', `$${rack}`, '4']);
/** `blazar` has an option of its own for them. */
const hostsOf = (its: Speaker, more: Row = {}): readonly string[] => {
  const wanted = { min: 1, max: 2, hypervisor_properties: '[">=", "$vcpus", "16"]', ...more };
  const all = { ...wanted, resource_properties: onRack(its) };
  if (its.client.tongue === 'blazar') return ['--physical-reservation', words(all)];
  return ['--reservation', words({ resource_type: 'physical:host', ...all })];
};

beforeAll(async () => {
  server = await ServerProcess.start({ dataDir: `${folder.path}/data`, from: 'dist' });
  openstack = OpenStackClient.withPassword(folder.path, server.url, 'admin', testAdminPassword);
  speakers = [speaker('openstack reservation', 1), speaker('blazar', 4)];
}, 60_000);

afterAll(async () => {
  await server.kill();
  folder.remove();
});

describe('reservation host', () => {
  inBoth('create', async ({ client, hosts, rack }) => {
    const [first, ...others] = hosts;
    const made = await client.json<Row>('host', 'create', first, '--extra', `${rack}=4`, '--extra', 'gpu=a100');
    expect(made).toMatchObject({
      ...{ id: expect.stringMatching(/^\d+$/), hypervisor_hostname: first, service_name: first, vcpus: 64 },
      ...{ memory_mb: 262_144, local_gb: 2048, reservable: true, gpu: 'a100', [rack]: '4', status: '' },
    });
    for (const other of others) {
      const printed = await client.text('host', 'create', other, '--extra', `${rack}=4`);
      expect(printed).toMatch(/^Created a new host:$/m);
      expect(printed).toMatch(new RegExp(`^\\| hypervisor_hostname +\\| ${other} +\\|$`, 'm'));
    }
  });

  inBoth('list', async ({ client, hosts }) => {
    const listed = await client.json<Row[]>('host', 'list');
    for (const host of hosts) {
      const row = { hypervisor_hostname: host, vcpus: 64, memory_mb: 262_144, local_gb: 2048 };
      expect(listed).toContainEqual({ id: expect.stringMatching(/^\d+$/), ...row });
    }
    expect(await client.text('host', 'list')).toMatch(
      /^\| id \| hypervisor_hostname \| vcpus \| memory_mb \| local_gb \|$/m,
    );
  });

  inBoth('show, by name and by id', async ({ client, hosts: [first] }) => {
    const byName = await client.json<Row>('host', 'show', first);
    expect(byName).toMatchObject({ hypervisor_hostname: first, gpu: 'a100', reservable: true });
    expect(await client.json<Row>('host', 'show', String(byName.id))).toEqual(byName);
  });

  inBoth('set', async ({ client, hosts: [first, second] }) => {
    expect(await client.text('host', 'set', second, '--extra', 'gpu=v100')).toBe(`Updated host: ${second}\n`);
    await client.text('host', 'set', first, '--extra', 'gpu=h100', '--extra', 'nvme=4');
    expect(await client.json<Row>('host', 'show', second)).toMatchObject({ gpu: 'v100' });
    expect(await client.json<Row>('host', 'show', first)).toMatchObject({ gpu: 'h100', nvme: '4' });
  });

  it('is in the aggregate of free hosts', async () => {
    const { hosts } = await openstack.json<Row>('aggregate', 'show', 'freepool');
    expect(hosts).toEqual(expect.arrayContaining(speakers.flatMap((each) => [...each.hosts])));
  });
});

describe('reservation host property', () => {
  inBoth('list', async ({ client, rack }) => {
    const names = await client.json<Row[]>('host property', 'list');
    expect(names).toEqual(expect.arrayContaining([{ property: 'gpu' }, { property: rack }]));
    const detailed = await client.json<Row[]>('host property', 'list', '--detail');
    expect(detailed).toContainEqual({ property: rack, private: false, property_values: ['4'] });
    const gpu = detailed.find(({ property }) => property === 'gpu')?.property_values;
    expect(gpu).toEqual(expect.arrayContaining(['h100', 'v100']));
  });

  inBoth('show', async ({ client, rack }) => {
    const shown = await client.json<Row>('host property', 'show', rack);
    expect(shown).toEqual({ property: rack, private: false, property_values: ['4'] });
  });

  inBoth('set', async ({ client, rack }) => {
    const properties = async (...args: readonly string[]) =>
      (await client.json<Row[]>('host property', 'list', ...args)).map(({ property }) => property);
    expect(await client.text('host property', 'set', '--private', rack)).toBe(`Updated host property: ${rack}\n`);
    expect(await properties()).not.toContain(rack);
    expect(await properties('--all')).toContain(rack);
    await client.text('host property', 'set', '--public', rack);
    expect(await properties()).toContain(rack);
    expect(await client.fault('host property', 'set', '--private', 'nothing')).toContain(
      'ERROR: BlazarDBInvalidResourceProperty: A database error occurred',
    );
  });
});

describe('reservation floatingip', () => {
  inBoth('create, list, show', async ({ client, address }) => {
    const made = await client.json<Row>('floatingip', 'create', demoNetwork, address);
    expect(made).toMatchObject({
      ...{ id: expect.stringMatching(uuid), floating_network_id: demoNetwork, floating_ip_address: address },
      ...{ subnet_id: expect.stringMatching(uuid), reservable: true },
    });
    const row = { id: made.id, floating_ip_address: address, floating_network_id: demoNetwork };
    expect(await client.json<Row[]>('floatingip', 'list')).toContainEqual(row);
    expect(await client.json<Row>('floatingip', 'show', String(made.id))).toMatchObject({ ...row, reservable: true });
  });

  inBoth('is refused', async ({ client }) => {
    const create = (network: string, address: string) => client.fault('floatingip', 'create', network, address);
    const nowhere = '00000000-0000-4000-8000-000000000001';
    expect(await create(nowhere, '203.0.113.110')).toContain(`ERROR: Failed to find network ${nowhere}`);
    for (const address of ['203.0.113.10', '203.0.113.1', '198.51.100.1'])
      expect(await create(demoNetwork, address)).toMatch(/^ERROR: .+/m);
    expect(await client.fault('floatingip', 'show', nowhere)).toContain(`ERROR: Floating IP ${nowhere} not found.`);
  });
});

describe('reservation lease', () => {
  const dates = ['--start-date', '2031-05-04 09:00', '--end-date', '2031-05-04 17:30'] as const;
  const tunnel = ({ rack }: Speaker): string => `wind-tunnel-${rack}`;

  inBoth('create, for hosts', async (its) => {
    const more = ['--before-end-date', '2031-05-04 17:00', ...hostsOf(its, { before_end: 'snapshot' })];
    const made = await its.client.json<Row>('lease', 'create', ...dates, ...more, tunnel(its));
    expect(made).toMatchObject({
      ...{ id: expect.stringMatching(uuid), name: tunnel(its), status: 'PENDING', degraded: false },
      ...{ start_date: dateOf('2031-05-04 09:00'), end_date: dateOf('2031-05-04 17:30') },
      ...{ project_id: expect.stringMatching(/^[0-9a-f]{32}$/), trust_id: expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
    expect(inside(made.reservations)).toMatchObject([
      {
        ...{ resource_type: 'physical:host', status: 'pending', min: 1, max: 2, before_end: 'snapshot' },
        ...{ lease_id: made.id, resource_properties: onRack(its), missing_resources: false },
      },
    ]);
    expect(
      inside(made.events)
        .map(({ event_type, time, status }) => [event_type, time, status])
        .sort(),
    ).toEqual([
      ['before_end_lease', dateOf('2031-05-04 17:00'), 'UNDONE'],
      ['end_lease', dateOf('2031-05-04 17:30'), 'UNDONE'],
      ['start_lease', dateOf('2031-05-04 09:00'), 'UNDONE'],
    ]);
  });

  inBoth('list', async (its) => {
    const listed = await its.client.json<Row[]>('lease', 'list');
    const row = { name: tunnel(its), start_date: dateOf('2031-05-04 09:00'), end_date: dateOf('2031-05-04 17:30') };
    expect(listed).toContainEqual({ id: expect.stringMatching(uuid), ...row });
  });

  inBoth('show, by name and by id', async (its) => {
    const byName = await its.client.json<Row>('lease', 'show', tunnel(its));
    expect(byName).toMatchObject({ name: tunnel(its), status: 'PENDING' });
    expect(await its.client.json<Row>('lease', 'show', String(byName.id))).toEqual(byName);
    expect(await its.client.text('lease', 'show', tunnel(its))).toMatch(/^\| status +\| PENDING +\|$/m);
  });

  inBoth('prolonged, reduced, deferred, advanced, moved, renamed', async (its) => {
    const { client } = its;
    const { id } = await client.json<Row>('lease', 'show', tunnel(its));
    const change = async (...args: readonly string[]) => {
      expect(await client.text('lease', 'set', ...args, String(id))).toBe(`Updated lease: ${String(id)}\n`);
      const { name, start_date, end_date, status, events } = await client.json<Row>('lease', 'show', String(id));
      expect(status).toBe('PENDING');
      const announced = inside(events).find(({ event_type }) => event_type === 'before_end_lease')?.time;
      return { name, start_date, end_date, announced };
    };
    const now = (start: string, end: string, announced: string) => ({
      ...{ name: tunnel(its), start_date: dateOf(start), end_date: dateOf(end), announced: dateOf(announced) },
    });
    expect(await change('--prolong-for', '2h')).toEqual(
      now('2031-05-04 09:00', '2031-05-04 19:30', '2031-05-04 19:00'),
    );
    expect(await change('--prolong-for', '1d')).toEqual(
      now('2031-05-04 09:00', '2031-05-05 19:30', '2031-05-05 19:00'),
    );
    expect(await change('--reduce-by', '30m')).toEqual(now('2031-05-04 09:00', '2031-05-05 19:00', '2031-05-05 18:30'));
    expect(await change('--defer-by', '1h')).toEqual(now('2031-05-04 10:00', '2031-05-05 19:00', '2031-05-05 18:30'));
    expect(await change('--advance-by', '1d')).toEqual(now('2031-05-03 10:00', '2031-05-05 19:00', '2031-05-05 18:30'));
    expect(await change('--end-date', '2031-05-04 12:00')).toEqual(
      now('2031-05-03 10:00', '2031-05-04 12:00', '2031-05-04 11:30'),
    );
    expect(await change('--start-date', '2031-05-04 08:00')).toEqual(
      now('2031-05-04 08:00', '2031-05-04 12:00', '2031-05-04 11:30'),
    );
    const renamed = await change('--name', `${tunnel(its)}-b`);
    expect(renamed.name).toBe(`${tunnel(its)}-b`);
    expect(await change('--name', tunnel(its))).toEqual(
      now('2031-05-04 08:00', '2031-05-04 12:00', '2031-05-04 11:30'),
    );
  });

  inBoth('with other hosts', async (its) => {
    const { client } = its;
    const reservation = async () => inside((await client.json<Row>('lease', 'show', tunnel(its))).reservations)[0];
    const id = String((await reservation())?.id);
    await client.text('lease', 'set', '--reservation', words({ id, min: 2, max: 3 }), tunnel(its));
    expect(await reservation()).toMatchObject({ id, min: 2, max: 3 });
    expect(await client.fault('lease', 'set', '--reservation', words({ id, min: 4, max: 9 }), tunnel(its))).toContain(
      'ERROR: Not enough hosts available',
    );
    expect(await reservation()).toMatchObject({ id, min: 2, max: 3 });
  });

  inBoth('create, for instances', async (its) => {
    const { client, rack } = its;
    const instance = { resource_type: 'virtual:instance', vcpus: 2, memory_mb: 4096, disk_gb: 20, amount: 3 };
    const more = words({ ...instance, affinity: 'False', resource_properties: onRack(its) });
    const when = ['--start-date', '2032-01-01 00:00', '--end-date', '2032-01-02 00:00'];
    const made = await client.json<Row>('lease', 'create', ...when, '--reservation', more, `instances-${rack}`);
    const [reservation] = inside(made.reservations);
    expect(reservation).toMatchObject({
      ...{ resource_type: 'virtual:instance', amount: 3, vcpus: 2, memory_mb: 4096, disk_gb: 20, affinity: false },
      ...{ flavor_id: reservation?.id, server_group_id: expect.stringMatching(uuid), aggregate_id: expect.any(Number) },
    });
    const aggregate = await openstack.json<Row>('aggregate', 'show', String(reservation?.id));
    expect(aggregate).toMatchObject({ id: reservation?.aggregate_id, name: reservation?.id });
    await client.text('lease', 'delete', `instances-${rack}`);
    expect(await openstack.fault('aggregate', 'show', String(reservation?.id))).toContain('No Aggregate found');
  });

  inBoth('create, for floating IPs', async (its) => {
    const { client, rack, address } = its;
    const wanted = { resource_type: 'virtual:floatingip', network_id: demoNetwork, amount: 1 };
    const more = words({ ...wanted, required_floatingips: [address] });
    const when = ['--start-date', '2032-01-01 00:00', '--end-date', '2032-01-02 00:00'];
    const made = await client.json<Row>('lease', 'create', ...when, '--reservation', more, `address-${rack}`);
    expect(inside(made.reservations)).toMatchObject([
      { network_id: demoNetwork, amount: 1, required_floatingips: [address], status: 'pending' },
    ]);
    const addresses = await client.json<Row[]>('floatingip', 'list');
    const { id } = addresses.find((each) => each.floating_ip_address === address) ?? {};
    expect(await client.fault('floatingip', 'delete', String(id))).toMatch(/^ERROR: Can't delete floating IP /m);
    expect(await client.fault('lease', 'create', ...when, '--reservation', more, `again-${rack}`)).toContain(
      'ERROR: Not enough floating IPs available',
    );
    await client.text('lease', 'delete', `address-${rack}`);
    expect(await client.text('floatingip', 'delete', String(id))).toBe(`Deleted floatingip: ${String(id)}\n`);
    const left = (await client.json<Row[]>('floatingip', 'list')).map((each) => each.floating_ip_address);
    expect(left).not.toContain(address);
  });

  inBoth(
    'starts by itself, its host moves to an aggregate of its own, and comes back when it is deleted',
    async (its) => {
      const { client, rack } = its;
      const name = `at-once-${rack}`;
      const made = await client.json<Row>('lease', 'create', ...hostsOf(its, { max: 1 }), name);
      const [reservation] = inside(made.reservations);
      let shown: Row;
      do shown = await client.json<Row>('lease', 'show', name);
      while (shown.status === 'PENDING' || shown.status === 'STARTING');
      expect(shown).toMatchObject({ id: made.id, status: 'ACTIVE' });
      expect(inside(shown.reservations)).toMatchObject([{ id: reservation?.id, status: 'active' }]);
      const own = await openstack.json<Row>('aggregate', 'show', String(reservation?.id));
      const {
        hosts: [host],
      } = own as { hosts: [string] };
      expect(its.hosts).toContain(host);
      expect(own.hosts).toHaveLength(1);
      expect(own.properties).toMatchObject({ 'blazar:owner': made.project_id });
      const free = async () => (await openstack.json<Row>('aggregate', 'show', 'freepool')).hosts;
      expect(await free()).not.toContain(host);
      await client.text('lease', 'set', '--prolong-for', '1d', name);
      expect(await client.fault('lease', 'set', '--defer-by', '1h', name)).toContain(
        'ERROR: Cannot modify the start date of already started leases',
      );
      expect(await client.fault('host', 'delete', host)).toMatch(
        /^ERROR: Can't delete host \d+\. The host is reserved\.$/m,
      );
      expect(await client.text('lease', 'delete', name)).toBe(`Deleted lease: ${name}\n`);
      expect(await free()).toContain(host);
      expect(await openstack.fault('aggregate', 'show', String(reservation?.id))).toContain('No Aggregate found');
    },
  );

  inBoth('is refused', async (its) => {
    const { client } = its;
    const create = (...args: readonly string[]) => client.fault('lease', 'create', ...args, 'never');
    expect(
      await create('--start-date', '2001-01-01 00:00', '--end-date', '2031-01-01 00:00', ...hostsOf(its)),
    ).toContain('ERROR: Start date must be later than current date');
    expect(await create(...dates, ...hostsOf(its, { min: 9, max: 9 }))).toContain('ERROR: Not enough hosts available');
    expect(await create(...dates, ...hostsOf(its, { hypervisor_properties: '["or", 1]' }))).toContain(
      'ERROR: Malformed requirements',
    );
    expect(await client.fault('lease', 'show', 'nothing')).toContain("Unable to find resource with name 'nothing'");
    expect(await client.fault('lease', 'show', nobodysLease)).toContain(
      `ERROR: Object with {'lease_id': '${nobodysLease}'} not found`,
    );
    expect((await client.json<Row[]>('lease', 'list')).map(({ name }) => name)).not.toContain('never');
  });

  inBoth("shows nobody another project's", async (its) => {
    const demo = new ReservationClient(
      OpenStackClient.withPassword(folder.path, server.url, 'demo', 'demo'),
      its.client.tongue,
    );
    const { id } = await its.client.json<Row>('lease', 'show', tunnel(its));
    expect(await demo.fault('lease', 'show', String(id))).toContain(
      "Policy doesn't allow blazar:leases:get to be performed",
    );
    expect(await demo.json<Row[]>('lease', 'list')).toEqual([]);
    expect(await demo.fault('host', 'list')).toContain(
      "ERROR: Policy doesn't allow blazar:oshosts:get to be performed",
    );
  });

  inBoth('delete', async (its) => {
    expect(await its.client.text('lease', 'delete', tunnel(its))).toBe(`Deleted lease: ${tunnel(its)}\n`);
    const names = (await its.client.json<Row[]>('lease', 'list')).map(({ name }) => name);
    expect(names).not.toContain(tunnel(its));
  });
});

describe('reservation host, at last', () => {
  inBoth('is refused', async ({ client, hosts: [first] }) => {
    expect(await client.fault('host', 'create', first)).toContain(
      `ERROR: Conflict while adding host ${first} to aggregate freepool`,
    );
    expect(await client.fault('host', 'create', 'nowhere')).toContain("ERROR: Host 'nowhere' not found!");
    expect(await client.fault('host', 'create', 'compute-')).toContain(
      "ERROR: Multiple Hosts found for pattern 'compute-'",
    );
    expect(await client.fault('host', 'create', 'kvm-1')).toMatch(/^ERROR: Servers \[.+\] found for host kvm-1$/m);
    expect(await client.fault('host', 'show', '999')).toContain("ERROR: Object with {'host_id': '999'} not found");
  });

  inBoth('delete', async ({ client, hosts }) => {
    for (const host of hosts) expect(await client.text('host', 'delete', host)).toBe(`Deleted host: ${host}\n`);
    const left = (await client.json<Row[]>('host', 'list')).map((each) => each.hypervisor_hostname);
    for (const host of hosts) expect(left).not.toContain(host);
    const { hosts: free } = await openstack.json<{ hosts: string[] }>('aggregate', 'show', 'freepool');
    for (const host of hosts) expect(free).not.toContain(host);
  });
});
