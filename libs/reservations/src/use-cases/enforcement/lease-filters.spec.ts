import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { MemoryEventStore } from '#event-store/adapters/memory';
import { MemoryVault, StoreCommandExecutor, systemContext } from '#runtime';
import { VirtualClock } from '#specs';
import { hostCalendar, hostCalendarStream } from '../../host-calendar/host-calendar.aggregate.js';
import type { Reservation } from '../../lease/lease.events.js';
import { defaultReservationsSettings, type ReservationsSettings } from '../../reservations.settings.js';
import { ConfiguredLeaseFilters } from './configured-lease-filters.js';
import { FilterService } from './filter-service.js';
import { durationRefusal } from './lease-duration.policy.js';
import type { FilteredLease } from './lease-filters.js';

const token = 'a-token-that-nobody-else-may-know';
const context = { userId: 'u-71', projectId: '0f1e2d3c4b5a69788796a5b4c3d2e1f0' };
const startsAt = Date.UTC(2031, 4, 4, 9);
const endsAt = Date.UTC(2031, 4, 4, 17, 30);
const of = (id: string, more: Pick<Reservation, 'terms'> & Partial<Reservation>) => ({
  ...{ id, hosts: [], addresses: [], ...more },
});
const lease: FilteredLease = {
  ...{ id: 'l1', name: 'wind-tunnel', startsAt, endsAt },
  reservations: [
    of('r1', {
      terms: {
        ...{ resourceType: 'physical:host', min: 1, max: 2, beforeEnd: 'snapshot' },
        ...{ hypervisorProperties: '[">=", "$vcpus", "16"]', resourceProperties: '' },
      },
      hosts: [
        { partition: 'default', hostId: '7', hypervisorUuid: 'h7', serviceName: 'n7', slots: null },
        { partition: 'default', hostId: '99', hypervisorUuid: 'h99', serviceName: 'n99', slots: null },
      ],
    }),
    of('r2', {
      terms: {
        ...{ resourceType: 'virtual:instance', amount: 2, vcpus: 4, memoryMb: 8192, diskGb: 20 },
        ...{ affinity: null, resourceProperties: '' },
      },
      hosts: [{ partition: 'default', hostId: '7', hypervisorUuid: 'h7', serviceName: 'n7', slots: 2 }],
    }),
    of('r3', {
      terms: {
        ...{ resourceType: 'flavor:instance', amount: 1, flavorId: '2', flavor: '{"id":"2"}' },
        ...{ vcpus: 1, memoryMb: 2048, diskGb: 20, needs: [], traits: [] },
      },
    }),
    of('r4', {
      terms: { resourceType: 'virtual:floatingip', networkId: 'net', amount: 1, requiredFloatingIps: ['203.0.113.100'] },
      addresses: [{ floatingIpId: 'f1', address: '203.0.113.100' }],
    }),
  ],
}; // prettier-ignore

const leaseSent = {
  id: 'l1',
  name: 'wind-tunnel',
  start_date: '2031-05-04 09:00',
  end_date: '2031-05-04 17:30',
  end_time: '2031-05-04 17:30',
  reservations: [
    {
      ...{ id: 'r1', resource_type: 'physical:host', min: 1, max: 2, before_end: 'snapshot' },
      ...{ hypervisor_properties: '[">=", "$vcpus", "16"]', resource_properties: '' },
      allocations: [{ id: '7', hypervisor_hostname: 'rack4-n7', extra: { gpu: 'a100' } }, { id: '99' }],
    },
    {
      ...{ id: 'r2', resource_type: 'virtual:instance', amount: 2, vcpus: 4, memory_mb: 8192, disk_gb: 20 },
      ...{ affinity: null, resource_properties: '' },
      allocations: [{ id: '7', hypervisor_hostname: 'rack4-n7', extra: { gpu: 'a100' }, slots: 2 }],
    },
    {
      ...{ id: 'r3', resource_type: 'flavor:instance', amount: 1, flavor_id: '2', resource_properties: '{"id":"2"}' },
      ...{ vcpus: 1, memory_mb: 2048, disk_gb: 20, allocations: [] },
    },
    {
      ...{ id: 'r4', resource_type: 'virtual:floatingip', network_id: 'net', amount: 1 },
      ...{ required_floatingips: ['203.0.113.100'] },
      allocations: [{ id: 'f1', floating_ip_address: '203.0.113.100' }],
    },
  ],
};
const contextSent = { user_id: 'u-71', project_id: '0f1e2d3c4b5a69788796a5b4c3d2e1f0' };

interface Asked {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly token: string | string[] | undefined;
  readonly type: string | undefined;
  readonly body: unknown;
}

/** The operator's service. */
class Service {
  readonly asked: Asked[] = [];
  answer: (response: ServerResponse, request: IncomingMessage) => void = (response) => response.writeHead(204).end();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { method, url: path, headers } = request;
        const body: unknown = JSON.parse(Buffer.concat(parts).toString());
        this.asked.push({ method, path, token: headers['x-auth-token'], type: headers['content-type'], body });
        this.answer(response, request);
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/v1`;
  }

  says(status: number, body?: string): void {
    this.answer = (response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

let service: Service;
let url: string;
let warnings: unknown[][];
const closing: FilterService[] = [];

beforeEach(async () => {
  warnings = [];
  const note = (...said: unknown[]) => void warnings.push(said);
  Logger.overrideLogger({ log: note, error: note, warn: note });
  service = new Service();
  url = await service.start();
});

afterEach(async () => {
  for (const each of closing.splice(0)) await each.onApplicationShutdown();
  await service.stop();
  Logger.overrideLogger(false);
});

async function filters(more: Partial<ReservationsSettings> = {}) {
  const filterService = { url, token, timeoutMs: 5_000 };
  const settings = { ...defaultReservationsSettings, filterService, ...more };
  const clock = new VirtualClock();
  const executor = new StoreCommandExecutor({ store: new MemoryEventStore({ clock }), vault: new MemoryVault() });
  const host = {
    ...{ hypervisorUuid: 'h7', provider: 'simulated', nativeId: '7', serviceName: 'n7', hypervisorType: 'QEMU' },
    ...{ hypervisorHostname: 'rack4-n7', hypervisorVersion: 8002000, vcpus: 64, memoryMb: 515_072, localGb: 3500 },
    ...{ cpuInfo: '{}', availabilityZone: '', trustId: '6a5b4c3d2e1f00112233445566778899' },
  };
  const capabilities = [{ key: 'gpu', value: 'a100' }];
  const enrol = {
    type: 'enrol',
    partition: 'default',
    hostId: '7',
    host,
    capabilities,
    reservable: true,
    at: 0,
  } as const;
  const enrolled = await executor.execute(hostCalendar, hostCalendarStream('default'), enrol, systemContext(0));
  expect(enrolled.kind).toBe('accepted');
  const asking = new FilterService(settings);
  closing.push(asking);
  return new ConfiguredLeaseFilters(executor, asking, settings);
}

describe('the longest duration', () => {
  const limits = { maxSeconds: 3_600, exemptProjects: ['free'] };
  it.each([
    [3_600_000, 'p', undefined],
    [3_601_000, 'p', { seconds: 3_601, maxSeconds: 3_600 }],
    [3_601_000, 'free', undefined],
  ])('of %d ms for %s: %p', (ms, project, facts) => {
    const refusal = facts && { kind: 'refused', code: 'duration-too-long', facts };
    expect(durationRefusal({ startsAt, endsAt: startsAt + ms }, project, limits)).toEqual(refusal);
  });

  it('is none with 0', () => {
    const all = { maxSeconds: 0, exemptProjects: [] };
    expect(durationRefusal({ startsAt, endsAt: startsAt + 1e12 }, 'p', all)).toBeUndefined();
  });

  it('holds for new leases and changed ones, before the service is asked', async () => {
    const limited = await filters({ maxLeaseSeconds: 3_600 });
    const refusal = { kind: 'refused', code: 'duration-too-long', facts: { seconds: 30_600, maxSeconds: 3_600 } };
    expect(await limited.checkCreate(context, lease)).toEqual(refusal);
    expect(await limited.checkUpdate(context, { ...lease, endsAt: startsAt + 1_000 }, lease)).toEqual(refusal);
    expect(await limited.checkUpdate(context, lease, { ...lease, endsAt: startsAt + 1_000 })).toBeUndefined();
    expect(service.asked).toHaveLength(1);
  });
});

describe('the service', () => {
  it('is asked about a new lease with all that is known of it', async () => {
    expect(await (await filters()).checkCreate(context, lease)).toBeUndefined();
    expect(service.asked).toEqual([
      {
        ...{ method: 'POST', path: '/v1/check-create', token, type: 'application/json' },
        body: { context: contextSent, lease: leaseSent },
      },
    ]);
  });

  it('is asked about a changed lease with what it was and what it would be', async () => {
    const changed = { ...lease, name: 'tunnel', endsAt: endsAt + 1_800_000, reservations: [] };
    const late = { end_date: '2031-05-04 18:00', end_time: '2031-05-04 18:00' };
    expect(await (await filters()).checkUpdate(context, lease, changed)).toBeUndefined();
    expect(service.asked).toMatchObject([{ path: '/v1/check-update' }]);
    expect(service.asked[0]?.body).toEqual({
      context: contextSent,
      current_lease: leaseSent,
      lease: { ...leaseSent, ...late, name: 'tunnel', reservations: [] },
    });
  });

  it('is told when a lease ends, and cannot stop it', async () => {
    const told = await filters();
    expect(await told.onEnd(context, lease)).toBe(true);
    expect(service.asked).toMatchObject([{ path: '/v1/on-end', body: { context: contextSent, lease: leaseSent } }]);
    service.says(403, '{"message": "no"}');
    expect(await told.onEnd(context, lease)).toBe(true);
    service.says(500);
    expect(await told.onEnd(context, lease)).toBe(false);
  });

  it('refuses with its own words', async () => {
    service.says(403, '{"message": "Only one lease a day."}');
    const refusal = { kind: 'refused', code: 'filter-service-refused', facts: { message: 'Only one lease a day.' } };
    const asked = await filters();
    expect(await asked.checkCreate(context, lease)).toEqual(refusal);
    expect(await asked.checkUpdate(context, lease, lease)).toEqual(refusal);
    expect(warnings).toEqual([]);
  });

  it('is asked without a token where none is configured, under any form of its address', async () => {
    const asked = await filters({ filterService: { url: `${url}/`, token: null, timeoutMs: 5_000 } });
    expect(await asked.checkCreate(context, lease)).toBeUndefined();
    expect(service.asked).toMatchObject([{ path: '/v1/check-create', token: undefined }]);
  });

  it('that is not configured is not asked', async () => {
    const none = await filters({ filterService: null });
    expect(await none.checkCreate(context, lease)).toBeUndefined();
    expect(await none.checkUpdate(context, lease, lease)).toBeUndefined();
    expect(await none.onEnd(context, lease)).toBe(true);
    expect(service.asked).toEqual([]);
  });
});

describe('a service that gives no useful answer', () => {
  const unavailable = { kind: 'refused', code: 'filter-service-unavailable', facts: {} };

  it.each([
    [200, '{}'],
    [301, ''],
    [400, '{"message": "x"}'],
    [401, '{"message": "x"}'],
    [403, undefined],
    [403, '<html>'],
    [403, '{"message": 5}'],
    [403, 'null'],
    [500, '{"message": "x"}'],
  ])('with %d %p is unavailable', async (status, body) => {
    service.says(status, body);
    expect(await (await filters()).checkCreate(context, lease)).toEqual(unavailable);
    expect(warnings).toHaveLength(1);
  });

  it('that says too much is unavailable', async () => {
    service.says(403, JSON.stringify({ message: 'x'.repeat(100_000) }));
    expect(await (await filters()).checkCreate(context, lease)).toEqual(unavailable);
  });

  it('is not waited for longer than allowed', async () => {
    service.answer = () => undefined;
    const impatient = await filters({ filterService: { url, token, timeoutMs: 100 } });
    expect(await impatient.checkCreate(context, lease)).toEqual(unavailable);
    service.answer = (response) => response.writeHead(403).write('{"mess');
    expect(await impatient.checkCreate(context, lease)).toEqual(unavailable);
    expect(service.asked).toHaveLength(2);
  });

  it('is unavailable when nobody is there', async () => {
    const asked = await filters();
    await service.stop();
    expect(await asked.checkCreate(context, lease)).toEqual(unavailable);
  });

  it('that closed a kept connection is asked over another', async () => {
    const asked = await filters();
    let first = true;
    service.answer = (response, request) => {
      if (first) request.socket.destroy();
      else response.writeHead(204).end();
      first = false;
    };
    expect(await asked.checkCreate(context, lease)).toBeUndefined();
    expect(service.asked).toHaveLength(2);
  });
});

describe("the service's token", () => {
  it('is in no refusal and in no log', async () => {
    const asked = await filters();
    service.says(403, JSON.stringify({ message: `you sent ${token}, which is wrong` }));
    const refusals: unknown[] = [await asked.checkCreate(context, lease)];
    expect(refusals[0]).toMatchObject({ facts: { message: 'you sent …, which is wrong' } });
    service.says(401, token);
    refusals.push(await asked.checkCreate(context, lease));
    service.answer = (_response, request) => request.socket.destroy();
    refusals.push(await asked.checkUpdate(context, lease, lease));
    await service.stop();
    refusals.push(await asked.checkCreate(context, lease), await asked.onEnd(context, lease));
    expect(warnings).toHaveLength(4);
    expect(JSON.stringify([refusals, warnings])).not.toContain(token);
  });
});
