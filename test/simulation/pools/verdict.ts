import type { RecordedEvent } from '#event-store';
import type { StoredMetadata } from '#kernel';
import type { CheckoutEvent, OnDemandEvent, PoolEvent } from '#pools';
import { poolStream } from '../../../libs/pools/src/pool/pool.aggregate.js';
import { leaksIn, recordedMachines } from '../../../libs/pools/src/supply/leaks.contract.js';
import type { Clients, Wish } from './clients.js';

export interface LoggedEvent {
  readonly type: string;
  readonly stream: string;
  readonly data: unknown;
  readonly correlation: string;
}

export function logged({ type, stream, data, metadata }: RecordedEvent): LoggedEvent {
  const [, name = type] = /^[^/]+\/(.*)@\d+$/.exec(type) ?? [];
  const { correlation } = JSON.parse(metadata) as StoredMetadata;
  return { type: name, stream, data: JSON.parse(data) as unknown, correlation };
}

/** A machine that was given, and under which command. */
interface Grant {
  readonly vm: string;
  readonly requestedAs: string;
  readonly correlation: string;
}

function grantsOf(event: LoggedEvent): readonly Grant[] {
  const { correlation } = event;
  const known = event as unknown as PoolEvent | CheckoutEvent;
  if (known.type === 'VmsCheckedOut') {
    const { vms, checkout } = known.data;
    return vms.map((vm) => ({ vm: keyOf(vm), requestedAs: checkout.requestedAs, correlation }));
  }
  if (known.type === 'CheckoutCompleted')
    return known.data.shares.flatMap(({ vms }) =>
      vms.map((vm) => ({ vm: keyOf(vm), requestedAs: vm.requestedAs, correlation })),
    );
  return [];
}

/** A name may come again, as another machine. */
function keyOf({ name, generation }: { readonly name: string; readonly generation: number }): string {
  return `${name}#${String(generation)}`;
}

/** What is wrong with a log and with what clients were told; read from the events alone. */
export function verdict(
  events: readonly LoggedEvent[],
  clients: Clients,
  machines: readonly string[],
  now: number,
): readonly string[] {
  const grants = events.flatMap(grantsOf);
  return [
    ...givenTwice(grants, events),
    ...clients.wishes.flatMap((wish) => faultsOf(wish, grants)),
    ...undecided(events),
    ...requestFaults(events, clients),
    ...leaksIn(recordedMachines(events), machines, now),
  ];
}

/** Also against machines that were delivered to on-demand requests. */
function givenTwice(grants: readonly Grant[], events: readonly LoggedEvent[]): string[] {
  const generations = new Map<string, number>();
  const seen = new Set<string>();
  const found: string[] = [];
  for (const { vm } of grants) {
    if (seen.has(vm)) found.push(`${vm} was given twice`);
    seen.add(vm);
  }
  for (const event of events as unknown as readonly PoolEvent[]) {
    if (event.type === 'VmRequested') generations.set(event.data.vm.name, event.data.vm.generation);
    if (event.type !== 'VmDelivered') continue;
    const { name } = event.data;
    const vm = keyOf({ name, generation: generations.get(name) ?? 0 });
    if (seen.has(vm)) found.push(`${vm} was given and delivered`);
    seen.add(vm);
  }
  return found;
}

function faultsOf({ commandId, wanted, answer }: Wish, all: readonly Grant[]): string[] {
  const grants = all.filter(({ correlation }) => correlation === commandId);
  const counts = new Map<string, number>();
  for (const { requestedAs } of grants) counts.set(requestedAs, (counts.get(requestedAs) ?? 0) + 1);
  const whole = grants.length > 0 && wanted.every(({ name, count }) => counts.get(name) === count);
  if (grants.length > 0 && !whole)
    return [`${commandId} wanted ${JSON.stringify(wanted)} and got ${JSON.stringify([...counts])}`];
  if (answer?.kind === 'refused' && grants.length > 0)
    return [`${commandId} was refused as ${answer.code} and got machines`];
  if (answer?.kind !== 'given') return [];
  const told = answer.vms
    .map(([requestedAs, name, fence]) => `${requestedAs} ${name}#${fence.split('-').at(-1) ?? ''}`)
    .sort();
  const got = grants.map(({ requestedAs, vm }) => `${requestedAs} ${vm}`).sort();
  return JSON.stringify(told) === JSON.stringify(got)
    ? []
    : [`${commandId} was told ${told.join(', ')} and the log says ${got.join(', ')}`];
}

/**
 * Every hold was decided and ended, one way, and after its decision. A pool that the commit does not name has nothing to
 * give: the same attempt, run again after a crash, may have found another plan.
 */
function undecided(events: readonly LoggedEvent[]): string[] {
  const found: string[] = [];
  const decided = new Map<string, { readonly type: string; readonly pools: readonly string[] }>();
  const holds = new Map<string, string>();
  for (const event of events) {
    const { type, stream, data } = event;
    const known = event as unknown as CheckoutEvent;
    if (type === 'CheckoutCompleted' || type === 'CheckoutFailed') {
      if (decided.has(stream)) found.push(`${stream} was decided twice`);
      const shares = 'shares' in known.data ? known.data.shares : [];
      decided.set(stream, { type, pools: shares.map(({ pool }) => poolStream(pool)) });
    }
    const { attempt, decidedBy } = data as { readonly attempt: string; readonly decidedBy: string };
    const hold = `${stream} ${attempt}`;
    if (type === 'VmsHeld') holds.set(hold, decidedBy);
    if (type !== 'HoldConfirmed' && type !== 'VmsReturned') continue;
    const decision = decided.get(holds.get(hold) ?? '');
    if ((type === 'HoldConfirmed') !== decision?.pools.includes(stream))
      found.push(`${hold} ended with ${type} after ${String(decision?.type)}`);
    holds.delete(hold);
  }
  return [...found, ...Array.from(holds.keys(), (hold) => `${hold} is still held`)];
}

/** All or none: what a fulfilled request names was delivered to it; of any other nothing runs in the end. */
function requestFaults(events: readonly LoggedEvent[], clients: Clients): string[] {
  const found: string[] = [];
  const running = new Map<string, Set<string>>();
  const outcome = new Map<string, string>();
  for (const { type, data } of events as readonly (OnDemandEvent | PoolEvent)[]) {
    if (type === 'VmDelivered') {
      const those = running.get(data.request) ?? new Set();
      running.set(data.request, those.add(data.name));
    } else if (type === 'VmsRetired') {
      for (const those of running.values()) for (const vm of data.vms) those.delete(vm);
    } else if (type === 'OnDemandFulfilled') {
      const wanted = clients.requests.find(({ id }) => id === data.requestId)?.wanted ?? [];
      const sum = wanted.reduce((total, { count }) => total + count, 0);
      if (data.vms.length !== sum)
        found.push(`${data.stream} is fulfilled with ${String(data.vms.length)} of ${String(sum)}`);
      if (outcome.has(data.stream)) found.push(`${data.stream} ended twice`);
      outcome.set(data.stream, type);
    } else if (type === 'OnDemandFailed') {
      if (outcome.has(data.stream)) found.push(`${data.stream} ended twice`);
      outcome.set(data.stream, type);
    } else if (type === 'OnDemandDeleted') outcome.set(data.stream, type);
    else if (type === 'OnDemandRequested') outcome.delete(data.stream);
  }
  for (const [stream, vms] of running)
    if (outcome.get(stream) !== 'OnDemandFulfilled' && vms.size > 0)
      found.push(`${stream} ended with ${String(outcome.get(stream))}, and ${String(vms.size)} of its machines run`);
  return found;
}
