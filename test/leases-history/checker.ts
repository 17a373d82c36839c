import type { History, Operation, ShownLease, Window } from './history.type.js';
import { overlaps } from './interval-sweep.js';
import { logFaults } from './log-sweep.js';

/**
 * What is wrong with a history of leases on one set of hosts, with kills and restarts; nothing: whenever anybody looked,
 * no two leases had one host at overlapping times, nor does the log have them so; what was acknowledged is there, what
 * was refused is not; and when all leases are deleted every host is back in the free pool.
 */
export function violations(history: History): readonly string[] {
  return [
    ...looks(history),
    ...wrongLeases(history),
    ...wrongNumbers(history),
    ...leftOver(history),
    ...serverErrors(history),
    ...logFaults(history.log),
  ];
}

function looks({ operations, quiet }: History): string[] {
  return [
    ...operations.flatMap((each) => (each.kind === 'look' ? overlaps(each.bookings) : [])),
    ...overlaps(quiet.bookings),
  ];
}

type Create = Extract<Operation, { kind: 'create' }>;

function unheard({ answered }: Operation): boolean {
  return answered === undefined || answered === 503;
}

function accepted({ answered }: Operation): boolean {
  return answered !== undefined && answered < 300;
}

/** By name, which every creation has for itself. */
function wrongLeases({ operations, quiet }: History): string[] {
  const found: string[] = [];
  const shown = new Map<string, ShownLease>();
  for (const lease of quiet.leases) {
    if (shown.has(lease.name)) found.push(`${lease.name} was created twice`);
    shown.set(lease.name, lease);
  }
  const creations = operations.filter((each): each is Create => each.kind === 'create');
  const names = new Set(creations.map(({ name }) => name));
  for (const name of shown.keys()) if (!names.has(name)) found.push(`nobody asked for ${name}`);
  for (const creation of creations) {
    const lease = shown.get(creation.name);
    const later = operations.filter((each) => 'leaseId' in each && each.leaseId === (lease?.id ?? creation.leaseId));
    const deletions = later.filter(({ kind }) => kind === 'delete');
    if (accepted(creation)) {
      const gone = deletions.some((each) => accepted(each) || unheard(each) || each.answered === 404);
      if (lease === undefined && !gone) found.push(`${creation.name} was created and is gone`);
      if (lease !== undefined && deletions.some(accepted)) found.push(`${creation.name} was deleted and is there`);
      if (lease !== undefined) found.push(...wrongWindow(creation, later, lease));
    } else if (lease !== undefined && !unheard(creation)) {
      found.push(`${creation.name} was refused with ${String(creation.answered)} and is there`);
    }
  }
  return found;
}

/** The last acknowledged time, or that of a change after it that nobody heard of. */
function wrongWindow(creation: Create, later: readonly Operation[], { window, name }: ShownLease): string[] {
  let possible: Window[] = [creation.window];
  for (const each of later) {
    if (each.kind !== 'change') continue;
    if (accepted(each)) possible = [each.window];
    else if (unheard(each)) possible.push(each.window);
  }
  if (possible.some(({ from, to }) => from === window.from && to === window.to)) return [];
  return [`${name} lasts from ${String(window.from)} to ${String(window.to)}, which nobody asked for`];
}

/** A lease that holds hosts at all has at least as many as it wants, and at most. */
function wrongNumbers({ operations, quiet }: History): string[] {
  const counts = new Map<string, number>();
  for (const { leaseId } of quiet.bookings) counts.set(leaseId, (counts.get(leaseId) ?? 0) + 1);
  const byName = new Map(operations.flatMap((each) => (each.kind === 'create' ? [[each.name, each] as const] : [])));
  return quiet.leases.flatMap(({ id, name, status, window }) => {
    // One whose end has come is shown without hosts.
    if ((status !== 'PENDING' && status !== 'ACTIVE') || window.to <= quiet.lookedAt) return [];
    const count = counts.get(id) ?? 0;
    const { min = 0 } = byName.get(name) ?? {};
    const most = operations.reduce(
      (max, each) => (each.kind === 'change' && each.leaseId === id ? Math.max(max, each.max) : max),
      byName.get(name)?.max ?? 0,
    );
    return count >= min && count <= most
      ? []
      : [`${name} is ${status} and has ${String(count)} hosts of ${String(min)} to ${String(most)}`];
  });
}

function leftOver({ quiet: { afterDeletion }, hosts, freePool }: History): string[] {
  const { leases, bookings, aggregates } = afterDeletion;
  const free = aggregates.get(freePool) ?? [];
  return [
    ...leases.map(({ name }) => `${name} could not be deleted`),
    ...bookings.map(({ host, leaseId }) => `${host} is still booked for ${leaseId}`),
    ...hosts.filter((host) => !free.includes(host)).map((host) => `${host} is not in the free pool`),
    ...[...aggregates.keys()].filter((name) => name !== freePool).map((name) => `the aggregate ${name} is left`),
  ];
}

/** Answers of 500 that the contract names, by what their messages begin with, come as 500 to the client; anything else is a fault. */
function serverErrors({ operations }: History): string[] {
  return operations
    .filter(({ answered }) => answered !== undefined && answered > 500 && answered !== 503)
    .map(({ kind, answered }) => `${kind} was answered with ${String(answered)}`);
}
