import { timeOf } from '../leases-history/lease-client.js';
import { logFaults } from '../leases-history/log-sweep.js';
import type { LeaseLab, LeaseLogged } from './lease-lab.js';
import type { Shown } from './lease-requests.js';
import type { LeaseTrial } from './lease-trials.js';

interface ShownLease {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly start_date: string;
  readonly end_date: string;
  readonly reservations: readonly { readonly id: string; readonly resource_type: string }[];
}

/** Everything that a server shows of leases and of hosts. */
interface World {
  readonly leases: readonly ShownLease[];
  readonly enrolled: readonly string[];
  readonly aggregates: ReadonlyMap<string, readonly string[]>;
  /** Hosts by lease. */
  readonly allocated: ReadonlyMap<string, number>;
}

async function worldOf(lab: LeaseLab): Promise<World> {
  const { leases } = (await lab.must('GET', '/v1/leases')) as { leases: ShownLease[] };
  const { hosts } = (await lab.must('GET', '/v1/os-hosts')) as { hosts: { service_name: string }[] };
  const { aggregates } = (await lab.must('GET', '/compute/v2.1/os-aggregates')) as {
    aggregates: { name: string; hosts: string[] }[];
  };
  const { allocations } = (await lab.must('GET', '/v1/os-hosts/allocations')) as {
    allocations: { reservations: { lease_id: string }[] }[];
  };
  const allocated = new Map<string, number>();
  for (const { lease_id: id } of allocations.flatMap(({ reservations }) => reservations))
    allocated.set(id, (allocated.get(id) ?? 0) + 1);
  return {
    leases,
    enrolled: hosts.map((host) => host.service_name),
    aggregates: new Map(aggregates.map((each) => [each.name, each.hosts])),
    allocated,
  };
}

/** What is not as it should be when nothing is under way: held, half done, in no place or in two. */
export async function unrest(lab: LeaseLab, trials: readonly LeaseTrial[]): Promise<readonly string[]> {
  const world = await worldOf(lab);
  const log = await lab.log();
  return [
    ...logFaults(log),
    ...misplaced(world),
    ...strayFlavors(world, log),
    ...wrongLeases(world, trials, log),
    ...dirtyHosts(lab, trials, log),
  ];
}

function misplaced({ leases, enrolled, aggregates }: World): string[] {
  const found: string[] = [];
  const free = aggregates.get('freepool') ?? [];
  const whole = new Map<string, string>();
  const expected = new Set(['freepool']);
  for (const { status, reservations } of leases)
    for (const { id, resource_type: type } of reservations) {
      if (type === 'virtual:floatingip') continue;
      if (type === 'physical:host' && status !== 'ACTIVE') continue;
      expected.add(id);
      if (type === 'physical:host') for (const host of aggregates.get(id) ?? []) whole.set(host, id);
    }
  for (const name of aggregates.keys()) if (!expected.has(name)) found.push(`the aggregate ${name} is left`);
  for (const name of expected) if (!aggregates.has(name)) found.push(`the aggregate ${name} is not there`);
  for (const host of enrolled) {
    const places = [...(free.includes(host) ? ['freepool'] : []), ...(whole.has(host) ? [whole.get(host)] : [])];
    if (places.length !== 1) found.push(`${host} is in ${places.length === 0 ? 'no place' : places.join(' and ')}`);
  }
  for (const host of [...free, ...whole.keys()])
    if (!enrolled.includes(host)) found.push(`${host} is not enrolled, and in a pool`);
  return found;
}

/** Of reservations that are not there. */
function strayFlavors({ leases }: World, log: readonly LeaseLogged[]): string[] {
  const flavors = new Set<string>();
  for (const { type, data } of log) {
    const { flavor, flavorId } = data as {
      readonly flavor: { readonly id: string; readonly reservationId: string | null };
      readonly flavorId: string;
    };
    if (type === 'RegionFlavorCreated' && flavor.reservationId !== null) flavors.add(flavor.id);
    if (type === 'RegionFlavorDeleted') flavors.delete(flavorId);
  }
  const reservations = leases.flatMap((lease) => lease.reservations);
  const instances = reservations.filter(({ resource_type: type }) => type.endsWith(':instance')).map(({ id }) => id);
  return [
    ...[...flavors].filter((id) => !instances.includes(id)).map((id) => `the flavor ${id} is left`),
    ...instances.filter((id) => !flavors.has(id)).map((id) => `the flavor ${id} is not there`),
  ];
}

function dirtyHosts(lab: LeaseLab, trials: readonly LeaseTrial[], log: readonly LeaseLogged[]): string[] {
  return trials.flatMap(({ of, at, prepared: { hosts: [host] = [], server, effects } }) => {
    if (host === undefined || server === undefined || effects(log).length === 0) return [];
    return lab.machines.host(host).guests.has(server) ? [`${of.name}, ${at}: ${host} still has its server`] : [];
  });
}

function wrongLeases(world: World, trials: readonly LeaseTrial[], log: readonly LeaseLogged[]): string[] {
  const byName = new Map(world.leases.map((lease) => [lease.name, lease]));
  return trials.flatMap(({ of, at, prepared }) => {
    if (prepared.lease === undefined) return [];
    const { name } = prepared.lease;
    const lease = byName.get(name);
    const shown = lease === undefined ? undefined : spanOf(lease, world);
    const wanted = prepared.effects(log).length > 0 ? prepared.lease.with : prepared.lease.without;
    return same(shown, wanted)
      ? []
      : [`${of.name}, ${at}: ${name} is ${JSON.stringify(shown)} and not ${JSON.stringify(wanted)}`];
  });
}

function spanOf({ id, start_date: from, end_date: to }: ShownLease, { allocated }: World): Shown {
  return { from: timeOf(from), to: timeOf(to), hosts: allocated.get(id) ?? 0 };
}

const same = (one: Shown, other: Shown): boolean => JSON.stringify(one) === JSON.stringify(other);
