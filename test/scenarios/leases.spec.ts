import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { SimulatedControl } from '#providers/adapters/simulated';
import { ask, makePeople, startInProcess, type InProcessServer, type People } from '../in-process-server.js';

const minute = 60_000;
const host = (name: string) => ({ name, vcpus: 16, memoryMb: 65_536, localGb: 500, alive: true, guests: [] });
const names = ['node-1', 'node-2', 'node-3', 'node-4', 'node-5', 'node-6'];

/** As the reservation API takes it; so many minutes from now. */
const inMinutes = (minutes: number): string =>
  new Date(Date.now() + minutes * minute).toISOString().slice(0, 16).replace('T', ' ');

interface Lease {
  readonly id: string;
  readonly status: string;
  readonly reservations: readonly { readonly id: string; readonly status: string }[];
  readonly events: readonly { readonly event_type: string; readonly status: string }[];
}

/** What the originals get wrong, over HTTP, on the whole server. */
describe('leases of hosts', () => {
  let server: InProcessServer;
  let people: People;
  let control: SimulatedControl;

  beforeAll(async () => {
    const settings = { simulatedHosts: names.map(host), pools: [], demo: true, eventMaxRetries: 0 };
    server = await startInProcess({ settings });
    people = await makePeople(server.url);
    control = (server.running.ports as unknown as { simulated: { control: SimulatedControl } }).simulated.control;
    for (const name of names)
      expect((await ask(server.url, 'POST', '/v1/os-hosts', { token: people.admin, json: { name } })).status).toBe(202);
  }, 60_000);
  afterAll(() => server.stop());

  const onHost = (name: string, more: object = {}) => ({
    ...{ resource_type: 'physical:host', min: 1, max: 1, before_end: 'default', resource_properties: '' },
    ...{ hypervisor_properties: JSON.stringify(['==', '$hypervisor_hostname', name]), ...more },
  });
  const create = (name: string, from: string, to: string, token = people.demo, more: object = {}) =>
    ask(server.url, 'POST', '/v1/leases', {
      token,
      json: { name: `on ${name}`, start_date: from, end_date: to, reservations: [onHost(name, more)], events: [] },
    });
  const change = (id: string, json: object, token = people.demo) =>
    ask(server.url, 'PUT', `/v1/leases/${id}`, { token, json });
  /** Minutes are what counts: an end in the current one is due. Refused as long as another event of the lease is in progress. */
  const end = async (id: string): Promise<number> => {
    for (;;) {
      const { status, json } = await change(id, { end_date: inMinutes(0) });
      if (status !== 500 || json.error_message !== 'Invalid lease status.') return status;
    }
  };
  const remove = (id: string, token = people.demo) => ask(server.url, 'DELETE', `/v1/leases/${id}`, { token });
  const show = async (id: string): Promise<Lease> =>
    (await ask(server.url, 'GET', `/v1/leases/${id}`, { token: people.demo })).json.lease as Lease;
  const until = async (id: string, status: string): Promise<Lease> => {
    for (let tries = 0; tries < 500; tries += 1) {
      const lease = await show(id);
      if (lease.status === status) return lease;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`${id} is not ${status}: ${JSON.stringify(await show(id))}`);
  };
  const aggregates = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
    const { json } = await ask(server.url, 'GET', '/v2.1/os-aggregates', { token: people.admin });
    return new Map((json.aggregates as { name: string; hosts: string[] }[]).map((each) => [each.name, each.hosts]));
  };
  const bookings = async (name: string): Promise<number> => {
    const { json } = await ask(server.url, 'GET', '/v1/os-hosts/allocations', { token: people.admin });
    const id = String(names.indexOf(name) + 1);
    const found = (json.allocations as { resource_id: string; reservations: unknown[] }[]).find(
      ({ resource_id: host }) => host === id,
    );
    return found?.reservations.length ?? -1;
  };
  const guest = () => {
    const uuid = randomUUID();
    return { uuid, name: `instance-${uuid.slice(0, 8)}`, vcpus: 1, memoryMb: 512, diskGb: 1 };
  };

  it('of six simultaneous requests for one host exactly one wins', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => create('node-1', inMinutes(100), inMinutes(200))),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 500, 500, 500, 500, 500]);
    for (const { status, json } of answers)
      if (status === 500)
        expect(json).toEqual({ error_code: 500, error_message: 'Not enough hosts available', error_name: 500 });
    expect(await bookings('node-1')).toBe(1);
    const { json } = await ask(server.url, 'GET', '/v1/leases', { token: people.demo });
    expect(json.leases).toHaveLength(1);
  });

  it('back-to-back is allowed, and a minute of overlap is not', async () => {
    expect((await create('node-1', inMinutes(200), inMinutes(210))).status).toBe(202);
    expect((await create('node-1', inMinutes(90), inMinutes(100))).status).toBe(202);
    expect((await create('node-1', inMinutes(85), inMinutes(91))).status).toBe(500);
  });

  it("another project's lease is neither shown nor touched by its id", async () => {
    const { json } = await create('node-2', inMinutes(100), inMinutes(200));
    const { id } = json.lease as Lease;
    const { stranger } = people;
    const answers = [
      await ask(server.url, 'GET', `/v1/leases/${id}`, { token: stranger }),
      await change(id, { name: 'mine' }, stranger),
      await remove(id, stranger),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(await show(id)).toMatchObject({ name: 'on node-2', status: 'PENDING' });
    const { json: list } = await ask(server.url, 'GET', '/v1/leases', { token: stranger });
    expect(list.leases).toEqual([]);
  });

  it('a refused update changes nothing and leaves no error behind', async () => {
    const { json } = await create('node-3', inMinutes(100), inMinutes(200));
    expect((await create('node-3', inMinutes(300), inMinutes(400))).status).toBe(202);
    const { id } = json.lease as Lease;
    const before = await show(id);
    const refused = [
      await change(id, { before_end_date: inMinutes(300) }),
      await change(id, { end_date: inMinutes(350) }),
      await change(id, { end_date: inMinutes(50) }),
      await change(id, { start_date: 'yesterday' }),
      await change(id, { reservations: [{ id: randomUUID(), min: 1, max: 1 }] }),
      await change(id, { reservations: [{ id: before.reservations[0]?.id, resource_type: 'virtual:floatingip' }] }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 500, 400, 400, 400, 409]);
    expect(await show(id)).toEqual(before);
    expect(await bookings('node-3')).toBe(2);
  });

  it('a lease takes its host out of the free pool while it lasts, and its servers go with it', async () => {
    const { json } = await create('node-4', 'now', inMinutes(30));
    expect(json.lease).toMatchObject({ status: 'PENDING' });
    const lease = await until((json.lease as Lease).id, 'ACTIVE');
    const [reservation] = lease.reservations;
    let now = await aggregates();
    expect(now.get('freepool')).not.toContain('node-4');
    expect(now.get(reservation?.id ?? '')).toEqual(['node-4']);
    control.putGuest('node-4', guest());
    expect(await end(lease.id)).toBe(202);
    const ended = await until(lease.id, 'TERMINATED');
    expect(ended.events.map(({ status }) => status)).toEqual(['DONE', 'DONE', 'DONE']);
    expect(control.host('node-4').guests.size).toBe(0);
    now = await aggregates();
    expect(now.get('freepool')).toContain('node-4');
    expect(now.has(reservation?.id ?? '')).toBe(false);
    expect(await bookings('node-4')).toBe(0);
    expect((await create('node-4', 'now', inMinutes(30))).status).toBe(202);
  });

  it('a host that cannot be emptied is handed to nobody, and whoever failed to start leaves it in an aggregate', async () => {
    const { json } = await create('node-5', 'now', inMinutes(30));
    const failing = json.lease as Lease;
    const started = await until(failing.id, 'ACTIVE');
    // A server that the provider cannot remove.
    control.putGuest('node-5', guest());
    control.failNext('destroyGuest', 20, 'permanent');
    expect(await end(started.id)).toBe(202);
    const failed = await until(failing.id, 'ERROR');
    expect(failed.reservations[0]?.status).toBe('error');
    expect(await bookings('node-5')).toBe(0);
    // Not vacated: nobody gets it dirty, and yet it is in an aggregate.
    const next = (await create('node-5', 'now', inMinutes(30))).json.lease as Lease;
    expect((await until(next.id, 'ERROR')).reservations[0]?.status).toBe('error');
    const everywhere = [...(await aggregates()).values()].flat();
    for (const name of names) expect(everywhere).toContain(name);
  });

  it('a lease is deleted while it starts or ends: afterwards, or not at all, and never halfway', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { json } = await create('node-6', 'now', inMinutes(30));
      const { id, reservations } = json.lease as Lease;
      let answer = await remove(id);
      while (answer.status === 500) {
        expect(answer.json.error_message).toBe('Invalid lease status.');
        answer = await remove(id);
      }
      expect(answer.status).toBe(204);
      expect((await ask(server.url, 'GET', `/v1/leases/${id}`, { token: people.demo })).status).toBe(404);
      const now = await aggregates();
      expect(now.get('freepool')).toContain('node-6');
      expect(now.has(reservations[0]?.id ?? '')).toBe(false);
      expect(await bookings('node-6')).toBe(0);
    }
  });
});
