import type { Json, Mention, Timeline } from '#kernel';
import type { CheckoutEvent } from './checkout/checkout.events.js';
import type { OnDemandEvent } from './on-demand/on-demand.events.js';
import type { PoolTokenEvent } from './pool-token/pool-token.events.js';
import type { CheckoutFacts, PoolEvent, RetirementReason, VmTask } from './pool/pool.events.js';
import type { PoolRules, PoolSettings } from './pools.settings.js';
import type { PoolRegisterEvent } from './supply/register/pool-register.events.js';
import type { VmNameEvent } from './vm-name/vm-name.events.js';

export type PoolsEvent = PoolRegisterEvent | PoolEvent | VmNameEvent | CheckoutEvent | OnDemandEvent | PoolTokenEvent;

type More = Pick<Mention, 'sets' | 'ends'>;

const mention =
  (kind: string) =>
  (id: string, what: string, more: More = {}): Mention => ({ kind, id, what, ...more });
const pool = mention('pool');
const vm = mention('vm');
const checkout = mention('checkout');
/** By the stream's name, without what tells requests of the same id apart. */
const onDemand = (stream: string, what: string, more: More = {}): Mention =>
  mention('on-demand')(stream.replace(/^onDemand-(.+)\.\d+$/, '$1'), what, more);
const poolToken = mention('pool-token');

const instant = (time: number | null): Json => (time === null ? null : new Date(time).toISOString());
const machines = (count: number): string => (count === 1 ? '1 machine' : `${String(count)} machines`);

/** By name, as long as that is a line that one reads. */
function these(names: readonly string[]): string {
  if (names.length > 5) return machines(names.length);
  return `${names.length === 1 ? 'machine' : 'machines'} ${names.join(', ')}`;
}

/** From the name of a checkout's stream. */
const checkoutOf = (decidedBy: string): string => decidedBy.replace(/^checkout-/, 'checkout ');

function configured(order: number, settings: PoolSettings, rules: PoolRules): Record<string, Json> {
  const { name: _name, ...rest } = settings;
  const { domain, cloneTarget, ...limits } = rules;
  return { configured: true, order, ...rest, rules: { ...limits, domain, cloneTarget } };
}

/** A user is named by id alone; the token's hash is not told either. */
const taken = ({ checkoutId, requestedAs, userId }: CheckoutFacts, at: number): Record<string, Json> => ({
  ...{ queue: 'running', checkoutId, requestedAs, userId },
  checkedOutAt: instant(at),
});

const why: Readonly<Record<RetirementReason, string>> = {
  returned: 'returned',
  lifetime: 'its lifetime is over',
  'ready-ttl': 'ready for too long',
  timeout: 'not ready in time',
  excess: 'more than wanted',
  reset: 'the pool was reset',
  'template-changed': 'the template changed',
  'clone-target-changed': 'the clone target changed',
  unconfigured: 'the pool left the configuration',
  unreachable: 'does not answer',
  'name-mismatch': 'answers with another name',
  vanished: 'gone at the provider',
  'clone-failed': 'could not be cloned',
  discovered: 'unknown machine of the provider',
  'request-failed': 'its request failed',
  'request-deleted': 'its request was deleted',
};

function task(wanted: VmTask): string {
  if (wanted.kind === 'disk') return `disk of ${String(wanted.gb)} GB`;
  return wanted.kind === 'snapshot' ? `snapshot ${wanted.snapshotId}` : `return to snapshot ${wanted.snapshotId}`;
}

const pools: Timeline<PoolEvent> = {
  PoolConfigured: ({ pool: name, order, settings, rules }) => [
    pool(name, 'configured', { sets: configured(order, settings, rules) }),
  ],
  PoolUnconfigured: ({ pool: name }) => [pool(name, 'left the configuration', { sets: { configured: false } })],
  PoolSizeOverridden: ({ pool: name, size }) => [pool(name, 'size overridden', { sets: { sizeOverride: size } })],
  PoolSizeReset: ({ pool: name }) => [pool(name, 'size as configured again', { sets: { sizeOverride: null } })],
  PoolTemplateOverridden: ({ pool: name, template }) => [
    pool(name, 'template overridden', { sets: { templateOverride: template } }),
  ],
  PoolTemplateReset: ({ pool: name }) => [
    pool(name, 'template as configured again', { sets: { templateOverride: null } }),
  ],
  CloneTargetOverridden: ({ pool: name, cloneTarget }) => [
    pool(name, 'clone target overridden', { sets: { cloneTargetOverride: cloneTarget } }),
  ],
  PoolReset: ({ pool: name }) => [pool(name, 'reset')],
  VmRequested: ({ pool: name, vm: plan, request, at }) => [
    vm(plan.name, 'requested', {
      sets: {
        ...{ pool: name, queue: 'pending', vmId: plan.vmId, generation: plan.generation, template: plan.template },
        hypervisor: plan.placement.hypervisorUuid,
        ...{ domain: plan.domain, request, requestedAt: instant(at) },
      },
    }),
    ...(request === null ? [] : [onDemand(request, `machine ${plan.name} begun`)]),
  ],
  VmCloned: ({ name, seconds, ip }) => [vm(name, 'cloned', { sets: { cloneSeconds: seconds, ip } })],
  VmCloneFailed: ({ pool: name, name: machine, message, request }) => [
    vm(machine, `could not be cloned: ${message}`),
    pool(name, `machine ${machine} could not be cloned: ${message}`),
    ...(request === null ? [] : [onDemand(request, `machine ${machine} could not be cloned: ${message}`)]),
  ],
  VmReady: ({ name, seconds, staleAt, at }) => [
    vm(name, 'ready', {
      sets: { queue: 'ready', bootSeconds: seconds, readyAt: instant(at), staleAt: instant(staleAt) },
    }),
  ],
  VmDelivered: ({ name, request, checkout: facts, seconds, expiresAt, at }) => [
    vm(name, 'delivered', {
      sets: { ...taken(facts, at), bootSeconds: seconds, readyAt: instant(at), expiresAt: instant(expiresAt) },
    }),
    onDemand(request, `machine ${name} booted`),
  ],
  VmsHeld: ({ pool: name, attempt, decidedBy, vms }) => [
    pool(name, `${these(vms)} held for ${checkoutOf(decidedBy)}`),
    ...vms.map((machine) => vm(machine, `held for ${checkoutOf(decidedBy)}`, { sets: { queue: 'held', attempt } })),
  ],
  HoldConfirmed: ({ pool: name, checkout: facts }) => [pool(name, `hold confirmed for checkout ${facts.checkoutId}`)],
  VmsReturned: ({ pool: name, vms }) => [
    pool(name, `${these(vms)} back from a hold`),
    ...vms.map((machine) => vm(machine, 'back from a hold', { sets: { queue: 'ready', attempt: null } })),
  ],
  VmsCheckedOut: ({ pool: name, checkout: facts, vms, expiresAt, at }) => [
    pool(name, `${these(vms.map((machine) => machine.name))} checked out`),
    ...vms.map((machine) =>
      vm(machine.name, 'checked out', { sets: { ...taken(facts, at), expiresAt: instant(expiresAt) } }),
    ),
    checkout(facts.checkoutId, `${machines(vms.length)} of pool ${name} given`, {
      sets: { userId: facts.userId, ...Object.fromEntries(vms.map((each) => [`vms.${each.name}`, name])) },
    }),
  ],
  VmsRetired: ({ pool: name, vms, reason, at }) => [
    pool(name, `${these(vms)} retired: ${why[reason]}`),
    ...vms.map((machine) =>
      vm(machine, `retired: ${why[reason]}`, {
        sets: { queue: 'completed', retirement: reason, retiredAt: instant(at) },
      }),
    ),
  ],
  VmDestroyed: ({ record, forgetAt, at }) => [
    vm(record.name, 'destroyed', {
      sets: { queue: null, destroyedAt: instant(at), forgetAt: instant(forgetAt) },
      ends: true,
    }),
  ],
  VmModified: ({ name, lifetime, tags, expiresAt }) => [
    vm(name, 'changed', {
      sets: {
        ...(lifetime === undefined ? {} : { lifetime }),
        ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`tags.${key}`, value])),
        ...(expiresAt === null ? {} : { expiresAt: instant(expiresAt) }),
      },
    }),
  ],
  VmTaskRequested: ({ name, task: wanted }) => [vm(name, `${task(wanted)} asked for`)],
  VmTaskDone: ({ name, task: wanted, at }) => [
    vm(name, `${task(wanted)} done`, {
      ...(wanted.kind === 'snapshot' ? { sets: { [`snapshots.${wanted.snapshotId}`]: instant(at) } } : {}),
    }),
  ],
  VmTaskFailed: ({ name, task: wanted, message }) => [vm(name, `${task(wanted)} failed: ${message}`)],
  VmDiscovered: ({ pool: name, name: machine, vmId, placement }) => [
    vm(machine, 'found at the provider, unknown before', {
      sets: { pool: name, vmId, hypervisor: placement.hypervisorUuid },
    }),
    pool(name, `unknown machine ${machine} found at the provider`),
  ],
  OnDemandQueued: ({ pool: name, request, count }) => [
    pool(name, `${machines(count)} asked for on demand`),
    onDemand(request, `${machines(count)} of pool ${name} asked for`),
  ],
  OnDemandCancelled: ({ pool: name, request }) => [onDemand(request, `ended in pool ${name}`)],
  OnDemandSettled: ({ pool: name, request }) => [onDemand(request, `settled in pool ${name}`)],
};

const register: Timeline<PoolRegisterEvent> = {
  PoolListed: ({ pool: name }) => [pool(name, 'configured for the first time')],
};

const names: Timeline<VmNameEvent> = {
  VmNameClaimed: ({ name, pool: owner, vmId, generation }) => [
    vm(name, `name claimed by pool ${owner}`, { sets: { pool: owner, vmId, generation } }),
  ],
  VmNameRetired: ({ name, forgetAt }) => [
    vm(name, 'name kept for its record', { sets: { forgetAt: instant(forgetAt) } }),
  ],
  VmNameReleased: ({ name }) => [vm(name, 'name released', { ends: true })],
};

const checkouts: Timeline<CheckoutEvent> = {
  CheckoutCompleted: ({ checkout: facts, shares, at }) => [
    checkout(facts.checkoutId, 'completed', {
      sets: {
        ...{ outcome: 'completed', userId: facts.userId },
        ...Object.fromEntries(
          shares.flatMap(({ pool: name, vms }) => vms.map((each) => [`vms.${each.name}`, name] as const)),
        ),
      },
    }),
    ...shares.flatMap(({ pool: name, vms, expiresAt }) => [
      pool(name, `${these(vms.map((each) => each.name))} checked out`),
      ...vms.map((each) =>
        vm(each.name, 'checked out', {
          sets: {
            ...taken({ ...facts, requestedAs: each.requestedAs }, at),
            attempt: null,
            expiresAt: instant(expiresAt),
          },
        }),
      ),
    ]),
  ],
  CheckoutFailed: ({ checkoutId, reason }) => [checkout(checkoutId, 'failed', { sets: { outcome: 'failed', reason } })],
};

const requests: Timeline<OnDemandEvent> = {
  OnDemandRequested: ({ stream, requestId, generation, shares, checkout: facts, deadline }) => [
    onDemand(stream, 'asked for', {
      sets: {
        ...{ requestId, generation, status: 'open', userId: facts.userId, deadline: instant(deadline) },
        shares: shares.map(({ requestedAs, pool: name, count }) => ({ requestedAs, pool: name, count })),
      },
    }),
  ],
  OnDemandVmDelivered: ({ stream, vm: { name, pool: owner } }) => [
    onDemand(stream, `machine ${name} delivered`, { sets: { [`vms.${name}`]: owner } }),
  ],
  OnDemandFulfilled: ({ stream }) => [onDemand(stream, 'fulfilled', { sets: { status: 'ready' } })],
  OnDemandFailed: ({ stream, reason, message }) => [
    onDemand(stream, message === null ? 'failed' : `failed: ${message}`, { sets: { status: 'failed', reason } }),
  ],
  OnDemandDeleted: ({ stream }) => [onDemand(stream, 'deleted', { sets: { status: 'deleted' } })],
  OnDemandForgotten: ({ stream }) => [onDemand(stream, 'forgotten', { ends: true })],
};

const tokens: Timeline<PoolTokenEvent> = {
  PoolTokenIssued: ({ tokenHash, userId, projectId }) => [
    poolToken(tokenHash, 'issued', { sets: { userId, projectId } }),
  ],
  PoolTokenDeleted: ({ tokenHash }) => [poolToken(tokenHash, 'deleted', { ends: true })],
};

/**
 * Kinds: `pool` and `vm` (name), `checkout` (id), `on-demand` (the request's id, or the UUID that stands for it in its
 * stream's name), `pool-token` (SHA-256 of the token). Where a machine runs, its hypervisor's history tells too, by
 * inventory's events. Holds are told as what they are; who holds a machine in the end, the checkout says.
 */
export const poolsTimeline: Timeline<PoolsEvent> = {
  ...register,
  ...pools,
  ...names,
  ...checkouts,
  ...requests,
  ...tokens,
};
