import type { Answer } from '../in-process-server.js';
import { dateText } from '../leases-history/lease-client.js';
import { network, spareNetwork, until, type LeaseLab, type LeaseLogged } from './lease-lab.js';

export interface Prepared {
  readonly send: (headers: Readonly<Record<string, string>>) => Promise<Answer>;
  /** Hosts that nobody else uses. */
  readonly hosts?: readonly string[];
  /** On the first of them, and gone when the request has had its effect. */
  readonly server?: string;
  /** What came of it, each as a text; more than one: it happened more than once. */
  readonly effects: (log: readonly LeaseLogged[]) => readonly string[];
  /** The effect as the client was told of it. */
  readonly told: (answer: Answer) => string;
  /** A lease by its name, as it is to be shown when it had its effect, or none; undefined: not at all. */
  readonly lease?: { readonly name: string; readonly with: Shown; readonly without: Shown };
}

export interface Span {
  readonly from: number;
  readonly to: number;
  readonly hosts: number;
}
export type Shown = Span | undefined;

/** A request whose effect can be told from the log. */
export interface LeaseRequest {
  readonly name: string;
  /** `n`: everything that is to be unique derives from it. */
  prepare(lab: LeaseLab, n: number): Promise<Prepared>;
}

const hour = 3_600_000;
const day = 24 * hour;
const done = (): string => 'done';

const dayOf = (n: number): { from: number; to: number } => {
  const from = Date.UTC(2040, 0, 1, 9) + n * day;
  return { from, to: from + 8 * hour };
};

type Filter = readonly [op: string, name: string, value: string] | undefined;

const half = (name: 'a' | 'b'): Filter => ['==', '$half', name];
const anyShared: Filter = ['==', '$shared', 'yes'];

function wholeHosts(min: number, max: number, filter: Filter): Reservation {
  return {
    type: 'hosts',
    hosts: max,
    json: {
      ...{ resource_type: 'physical:host', min, max, hypervisor_properties: '' },
      resource_properties: filter === undefined ? '' : JSON.stringify(filter),
    },
  };
}

interface Reservation {
  readonly type: 'hosts' | 'room' | 'addresses';
  /** Shown as allocated. */
  readonly hosts: number;
  readonly json: object;
}

const addresses: Reservation = {
  type: 'addresses',
  hosts: 0,
  json: { resource_type: 'virtual:floatingip', network_id: network, amount: 1 },
};
/** Two that must not be on one host. */
const instances: Reservation = {
  type: 'room',
  hosts: 2,
  json: {
    ...{ resource_type: 'virtual:instance', amount: 2, vcpus: 4, memory_mb: 1024, disk_gb: 10, affinity: false },
    resource_properties: JSON.stringify(half('a')),
  },
};
const flavored: Reservation = {
  type: 'room',
  hosts: 1,
  json: { resource_type: 'flavor:instance', amount: 1, flavor_id: '2', affinity: null },
};

function leaseOf(n: number, reservations: readonly Reservation[]) {
  const { from, to } = dayOf(n);
  const name = `lease-${String(n)}`;
  const hosts = reservations.reduce((sum, each) => sum + each.hosts, 0);
  const json = {
    ...{ name, start_date: dateText(from), end_date: dateText(to), events: [] },
    reservations: reservations.map((each) => each.json),
  };
  return { name, span: { from, to, hosts }, json };
}

const isOf = (event: LeaseLogged, type: string, leaseId: string): boolean =>
  event.type === type && (event.data as { readonly leaseId: string }).leaseId === leaseId;

function creation(what: string, reservations: readonly Reservation[]): LeaseRequest {
  return {
    name: `the creation of a lease ${what}`,
    prepare: async (lab, n) => {
      const { name, span, json } = leaseOf(n, reservations);
      return {
        send: (headers) => lab.ask('POST', '/v1/leases', json, headers),
        effects: (log) =>
          log.flatMap(({ type, data }) => {
            const made = data as { readonly name: string; readonly leaseId: string };
            return type === 'LeaseCreated' && made.name === name ? [made.leaseId] : [];
          }),
        told: (answer) => answer.json.lease.id as string,
        lease: { name, with: span, without: undefined },
      };
    },
  };
}

interface Given {
  readonly id: string;
  readonly reservations: readonly { readonly id: string }[];
}

function change(
  what: string,
  reservations: readonly Reservation[],
  asked: (lease: Given, span: Span) => object,
  changed: (span: Span) => Span,
): LeaseRequest {
  return {
    name: `a change that ${what}`,
    prepare: async (lab, n) => {
      const { name, span, json } = leaseOf(n, reservations);
      const { lease } = (await lab.must('POST', '/v1/leases', json)) as { lease: Given };
      const body = asked(lease, span);
      return {
        send: (headers) => lab.ask('PUT', `/v1/leases/${lease.id}`, body, headers),
        effects: (log) => log.filter((event) => isOf(event, 'LeaseUpdated', lease.id)).map(done),
        told: done,
        lease: { name, with: changed(span), without: span },
      };
    },
  };
}

const dates = (from: number, to: number) => ({ start_date: dateText(from), end_date: dateText(to) });

const moved = (span: Span): Span => ({ ...span, from: span.from + hour, to: span.to + 2 * hour });
const longer = (span: Span): Span => ({ ...span, to: span.to + hour });
const shorter = (span: Span): Span => ({ ...span, to: span.to - hour });
const asDates =
  (to: (span: Span) => Span) =>
  (_lease: Given, span: Span): object =>
    dates(to(span).from, to(span).to);
const asNumber =
  (min: number, max: number) =>
  ({ reservations: [first] }: Given): object => ({ reservations: [{ id: first?.id, min, max }] });

function deletion(what: string, reservations: readonly Reservation[]): LeaseRequest {
  return {
    name: `the deletion of a lease ${what}`,
    prepare: async (lab, n) => {
      const { name, span, json } = leaseOf(n, reservations);
      const { lease } = (await lab.must('POST', '/v1/leases', json)) as { lease: Given };
      return {
        send: (headers) => lab.ask('DELETE', `/v1/leases/${lease.id}`, undefined, headers),
        effects: (log) => log.filter((event) => isOf(event, 'LeaseDeleted', lease.id)).map(done),
        told: done,
        lease: { name, with: undefined, without: span },
      };
    },
  };
}

/** A lease that is active on a host of its own, with a server on it. */
async function activeLease(lab: LeaseLab, n: number) {
  const host = lab.ownHost();
  await lab.must('POST', '/v1/os-hosts', { name: host, own: String(n) });
  const from = Math.floor(Date.now() / 60_000) * 60_000;
  const to = from + day;
  const name = `lease-${String(n)}`;
  const { json } = wholeHosts(1, 1, ['==', '$own', String(n)]);
  const body = { name, start_date: 'now', end_date: dateText(to), reservations: [json], events: [] };
  const { lease } = (await lab.must('POST', '/v1/leases', body)) as {
    lease: { readonly id: string; readonly start_date: string };
  };
  await until(
    async () => ((await lab.must('GET', `/v1/leases/${lease.id}`)) as { lease: { status: string } }).lease.status,
    (status) => status === 'ACTIVE',
  );
  const uuid = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  lab.machines.putGuest(host, { uuid, name: `server-${String(n)}`, vcpus: 1, memoryMb: 512, diskGb: 1 });
  const span: Span = { from: Date.parse(`${lease.start_date.slice(0, 19)}Z`), to, hosts: 1 };
  return { host, server: uuid, name, id: lease.id, span };
}

const activeDeletion: LeaseRequest = {
  name: 'the deletion of a lease that is active',
  prepare: async (lab, n) => {
    const { host, server, name, id, span } = await activeLease(lab, n);
    return {
      ...{ hosts: [host], server },
      send: (headers) => lab.ask('DELETE', `/v1/leases/${id}`, undefined, headers),
      effects: (log) => log.filter((event) => isOf(event, 'LeaseDeleted', id)).map(done),
      told: done,
      lease: { name, with: undefined, without: span },
    };
  },
};

const activeChange: LeaseRequest = {
  name: 'a change that extends a lease that is active',
  prepare: async (lab, n) => {
    const { host, name, id, span } = await activeLease(lab, n);
    return {
      hosts: [host],
      send: (headers) => lab.ask('PUT', `/v1/leases/${id}`, { end_date: dateText(longer(span).to) }, headers),
      effects: (log) => log.filter((event) => isOf(event, 'LeaseUpdated', id)).map(done),
      told: done,
      lease: { name, with: longer(span), without: span },
    };
  },
};

interface AboutHost {
  readonly hostId: string;
  readonly host: { readonly serviceName: string };
  readonly set: readonly { readonly key: string }[];
}

const hostRequests: readonly LeaseRequest[] = [
  {
    name: 'the enrolment of a host',
    prepare: async (lab, n) => {
      const host = lab.ownHost();
      return {
        hosts: [host],
        send: (headers) => lab.ask('POST', '/v1/os-hosts', { name: host, [`of-${String(n)}`]: 'x' }, headers),
        effects: (log) =>
          log.flatMap(({ type, data }) => {
            const { hostId, host: of } = data as AboutHost;
            return type === 'HostEnrolled' && of.serviceName === host ? [hostId] : [];
          }),
        told: (answer) => answer.json.host.id as string,
      };
    },
  },
  {
    name: 'the withdrawal of a host',
    prepare: async (lab) => {
      const name = lab.ownHost();
      const { host } = (await lab.must('POST', '/v1/os-hosts', { name })) as { host: { id: string } };
      return {
        hosts: [name],
        send: (headers) => lab.ask('DELETE', `/v1/os-hosts/${host.id}`, undefined, headers),
        effects: (log) =>
          log.filter(({ type, data }) => type === 'HostWithdrawn' && (data as AboutHost).hostId === host.id).map(done),
        told: done,
      };
    },
  },
  {
    name: 'capabilities of a host',
    prepare: async (lab, n) => {
      const key = `new-${String(n)}`;
      const { hosts } = (await lab.must('GET', '/v1/os-hosts')) as { hosts: { id: string }[] };
      return {
        send: (headers) => lab.ask('PUT', `/v1/os-hosts/${hosts[0]?.id ?? ''}`, { values: { [key]: 'x' } }, headers),
        effects: (log) =>
          log
            .filter(
              ({ type, data }) =>
                type === 'HostCapabilitiesSet' && (data as AboutHost).set.some((each) => each.key === key),
            )
            .map(done),
        told: (answer) => (answer.json.host[key] === 'x' ? done() : 'not set'),
      };
    },
  },
];

const addressOf = (n: number): string => `198.19.${String(1 + Math.floor(n / 250))}.${String(1 + (n % 250))}`;

const addressRequests: readonly LeaseRequest[] = [
  {
    name: 'the addition of a floating IP',
    prepare: async (lab, n) => {
      const json = { floating_network_id: spareNetwork, floating_ip_address: addressOf(n) };
      return {
        send: (headers) => lab.ask('POST', '/v1/floatingips', json, headers),
        effects: (log) =>
          log.flatMap(({ type, data }) => {
            const { id, address } = data as { readonly id: string; readonly address: string };
            return type === 'FloatingIpAdded' && address === addressOf(n) ? [id] : [];
          }),
        told: (answer) => answer.json.floatingip.id as string,
      };
    },
  },
  {
    name: 'the removal of a floating IP',
    prepare: async (lab, n) => {
      const json = { floating_network_id: spareNetwork, floating_ip_address: addressOf(n) };
      const { floatingip } = (await lab.must('POST', '/v1/floatingips', json)) as { floatingip: { id: string } };
      return {
        send: (headers) => lab.ask('DELETE', `/v1/floatingips/${floatingip.id}`, undefined, headers),
        effects: (log) =>
          log
            .filter(({ type, data }) => type === 'FloatingIpRemoved' && (data as { id: string }).id === floatingip.id)
            .map(done),
        told: done,
      };
    },
  },
];

export const requests: readonly LeaseRequest[] = [
  ...hostRequests,
  ...addressRequests,
  creation('over one calendar', [wholeHosts(1, 2, half('a'))]),
  creation('over several calendars', [wholeHosts(4, 4, anyShared)]),
  creation('with floating IPs', [wholeHosts(1, 1, half('b')), addresses]),
  creation('with room for instances', [instances]),
  creation('with room for instances of a flavor', [flavored]),
  change('moves a lease', [wholeHosts(1, 1, half('a')), addresses], asDates(moved), moved),
  change('extends a lease', [wholeHosts(4, 4, anyShared)], asDates(longer), longer),
  change('shrinks a lease', [wholeHosts(1, 1, half('a'))], asDates(shorter), shorter),
  change('takes a host from a lease', [wholeHosts(2, 2, half('b'))], asNumber(1, 1), (span) => ({ ...span, hosts: 1 })),
  change('adds hosts to a lease', [wholeHosts(1, 1, anyShared)], asNumber(4, 4), (span) => ({ ...span, hosts: 4 })),
  activeChange,
  deletion('that has not begun', [wholeHosts(4, 4, anyShared), addresses]),
  deletion('with room for instances', [instances]),
  activeDeletion,
];
