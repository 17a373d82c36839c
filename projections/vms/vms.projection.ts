import { checkoutCatalog, poolCatalog, type CheckoutEvent, type CheckoutFacts, type PoolEvent } from '#pools';
import type { EventEnvelope } from '#kernel';
import type { Change, DocumentRef, Documents, Projection } from '#read-store';
import { withTags } from './tags.js';
import {
  vmsChangeCollection,
  vmsChangeId,
  vmsCollection,
  vmsPoolsCollection,
  type VmDocument,
} from './vms.document.js';

const collection = vmsCollection.name;

type Of<Type> = Extract<PoolEvent | CheckoutEvent, { type: Type }>;
/** The commit stands in the stream of the checkout; that its pools confirm it later, changes nothing that is seen (C12). */
type Folded = Of<(typeof folded)[number]>;

const folded = [
  'PoolConfigured',
  'VmRequested',
  'VmDiscovered',
  'VmCloned',
  'VmReady',
  'VmDelivered',
  'VmsHeld',
  'VmsReturned',
  'VmsCheckedOut',
  'CheckoutCompleted',
  'VmsRetired',
  'VmDestroyed',
  'VmModified',
  'VmTaskDone',
] as const;

export const vmsProjection: Projection = {
  name: 'vms',
  version: 1,
  keeps: 'state',
  collections: [vmsCollection, vmsChangeCollection, vmsPoolsCollection],
  catalogs: [poolCatalog, checkoutCatalog],
  events: folded.map((type) => `pools/${type}`),
  wants,
  fold,
};

function wants({ event }: EventEnvelope): readonly DocumentRef[] {
  return namesIn(event as Folded).map((id) => ({ collection, id }));
}

/** Of the machines that the event changes. */
function namesIn({ type, data }: Folded): readonly string[] {
  switch (type) {
    case 'PoolConfigured':
      return [];
    case 'VmRequested':
      return [data.vm.name];
    case 'CheckoutCompleted':
      return data.shares.flatMap(({ vms }) => vms.map(({ name }) => name));
    case 'VmsCheckedOut':
      return data.vms.map(({ name }) => name);
    case 'VmsHeld':
    case 'VmsReturned':
    case 'VmsRetired':
      return data.vms;
    case 'VmDestroyed':
      return [data.record.name];
    case 'VmDiscovered':
    case 'VmCloned':
    case 'VmReady':
    case 'VmDelivered':
    case 'VmModified':
    case 'VmTaskDone':
      return [data.name];
  }
}

function fold(envelope: EventEnvelope, documents: Documents): readonly Change[] {
  const event = envelope.event as Folded;
  const { type, data } = event;
  switch (type) {
    case 'PoolConfigured':
      return countedAnew([data.pool]);
    case 'VmRequested': {
      const document = requested(data);
      const former = documents.get<VmDocument>(collection, document._id)?.pool ?? data.pool;
      return [put(document), ...countedAnew(former === data.pool ? [former] : [former, data.pool])];
    }
    case 'VmDiscovered': {
      // A name is claimed by machines that were asked for; one that nobody knew may have that of another pool's.
      const other = documents.get<VmDocument>(collection, data.name);
      if (other !== undefined && other.pool !== data.pool) return [];
      return [put(discovered(data)), ...countedAnew([data.pool])];
    }
    case 'VmDestroyed': {
      const { name, vmId } = data.record;
      // The next machine of that name may be there already when this event comes again.
      if (documents.get<VmDocument>(collection, name)?.vmId !== vmId) return [];
      return [{ delete: { collection, id: name } }, ...countedAnew([data.pool])];
    }
    case 'CheckoutCompleted':
      return checkedOut(data, documents);
    default:
      return changes(event, documents);
  }
}

function put(document: VmDocument): Change {
  return { put: { collection, document } };
}

function countedAnew(pools: readonly string[]): readonly Change[] {
  const last: Change = { put: { collection: vmsChangeCollection.name, document: { _id: vmsChangeId } } };
  return [last, ...pools.map((pool) => ({ put: { collection: vmsPoolsCollection.name, document: { _id: pool } } }))];
}

function requested({ pool, at, vm, request }: Of<'VmRequested'>['data']): VmDocument {
  const { name, vmId, generation, placement, template, domain } = vm;
  return {
    ...{ _id: name, vmId, pool, generation, placement, template, domain, requestedAt: at, ...blank },
    ...{ request, queue: 'pending', cloning: true },
  };
}

/** Nothing is known of how it was made. */
function discovered({ pool, at, name, vmId, placement }: Of<'VmDiscovered'>['data']): VmDocument {
  const plan = { generation: 0, placement, template: '', domain: null };
  return { _id: name, vmId, pool, ...plan, requestedAt: at, ...blank, queue: 'completed', cloning: false };
}

const blank = {
  cloneSeconds: null,
  ip: null,
  readyAt: null,
  checkout: null,
  lifetime: null,
  tags: [],
  snapshots: [],
  disks: [],
  request: null,
  retiredAt: null,
  retirement: null,
  tokenHash: null,
  expiresAt: null,
} satisfies Partial<VmDocument>;

function checkedOut(
  { checkout, shares, at }: Of<'CheckoutCompleted'>['data'],
  documents: Documents,
): readonly Change[] {
  const puts = shares.flatMap(({ pool, vms, expiresAt }) =>
    vms.flatMap(({ name, requestedAs }) => {
      const vm = documents.get<VmDocument>(collection, name);
      return vm?.pool !== pool ? [] : [put(running(vm, { ...checkout, requestedAs }, at, expiresAt))];
    }),
  );
  return puts.length === 0 ? [] : [...puts, ...countedAnew(shares.map(({ pool }) => pool))];
}

function running(vm: VmDocument, facts: CheckoutFacts, at: number, expiresAt: number | null): VmDocument {
  const { checkoutId, requestedAs, tokenHash, userId, lifetime } = facts;
  return {
    ...vm,
    queue: 'running',
    cloning: false,
    checkout: { checkoutId, requestedAs, tokenHash, userId, lifetime, at },
    lifetime: lifetime ?? vm.lifetime,
    tokenHash,
    expiresAt,
  };
}

type Changing = Exclude<
  Folded,
  { type: 'PoolConfigured' | 'VmRequested' | 'VmDiscovered' | 'VmDestroyed' | 'CheckoutCompleted' }
>;

/** A machine that is not there (any more), or is another pool's by now: the event comes a second time. */
function changes(event: Changing, documents: Documents): readonly Change[] {
  const puts: Change[] = [];
  for (const name of namesIn(event)) {
    const vm = documents.get<VmDocument>(collection, name);
    if (vm?.pool === event.data.pool) puts.push(put(changed(vm, event)));
  }
  const counts = event.type !== 'VmModified' && event.type !== 'VmTaskDone';
  return counts && puts.length > 0 ? [...puts, ...countedAnew([event.data.pool])] : puts;
}

function changed(vm: VmDocument, { type, data }: Changing): VmDocument {
  switch (type) {
    case 'VmCloned':
      return { ...vm, cloning: false, cloneSeconds: data.seconds, ip: data.ip };
    case 'VmReady':
      return { ...vm, queue: 'ready', cloning: false, readyAt: data.at, expiresAt: data.staleAt };
    case 'VmDelivered':
      return { ...running(vm, data.checkout, data.at, data.expiresAt), readyAt: data.at };
    case 'VmsHeld':
      return { ...vm, queue: 'held' };
    case 'VmsReturned':
      return { ...vm, queue: 'ready' };
    case 'VmsCheckedOut':
      return running(vm, data.checkout, data.at, data.expiresAt);
    case 'VmsRetired':
      return { ...vm, queue: 'completed', cloning: false, retiredAt: data.at, retirement: data.reason };
    case 'VmModified': {
      // Of a running machine it is the end of its lifetime; another's has nothing to do with that.
      const expiresAt = vm.queue === 'running' ? data.expiresAt : vm.expiresAt;
      return { ...vm, lifetime: data.lifetime ?? vm.lifetime, tags: withTags(vm.tags, data.tags), expiresAt };
    }
    case 'VmTaskDone':
      return withTask(vm, data);
  }
}

/** A snapshot to which it went back leaves no trace. */
function withTask(vm: VmDocument, { task, at }: Of<'VmTaskDone'>['data']): VmDocument {
  switch (task.kind) {
    case 'disk':
      return vm.diskTask === task.id ? vm : { ...vm, disks: [...vm.disks, task.gb], diskTask: task.id };
    case 'snapshot':
      if (vm.snapshots.some(({ id }) => id === task.snapshotId)) return vm;
      return { ...vm, snapshots: [...vm.snapshots, { id: task.snapshotId, takenAt: at }] };
    case 'revert':
      return vm;
  }
}
