import type { PoolRules, PoolSettings } from '../pools.settings.js';
import { pool } from './pool.aggregate.js';
import type { PoolCommand, Toucher, TouchRules } from './pool.commands.js';
import type { CheckoutFacts, Placement, PoolEvent, VmPlan } from './pool.events.js';
import type { Pool } from './pool.state.js';

/** What the specs of this folder are given. */
export const at = Date.UTC(2026, 2, 9, 8);
export const minute = 60_000;
export const hour = 60 * minute;
export const day = '2026-03-09';
export const request = 'onDemand-r1.1';

export const placement: Placement = {
  hypervisorUuid: '0d9e5bd1-4a5e-4b55-9a53-1c2f1f0f7c10',
  provider: 'simulated',
  nativeId: 'kvm-1',
  serviceHost: 'kvm-1.lab.example.org',
};

export const settings = (more: Partial<PoolSettings> = {}): PoolSettings => ({
  name: 'alma-9',
  size: 3,
  template: 'templates/alma-9',
  aliases: ['alma'],
  cloneTarget: null,
  readyTtlMinutes: null,
  timeoutMinutes: null,
  timeoutNotificationMinutes: null,
  folder: null,
  datastore: null,
  provider: null,
  dnsPlugin: null,
  domain: null,
  hosts: ['kvm-1'],
  hostAggregate: null,
  vcpus: 2,
  memoryMb: 4096,
  diskGb: 20,
  ...more,
});

export const rules = (more: Partial<PoolRules> = {}): PoolRules => ({
  vmLifetimeHours: 12,
  readyTtlMinutes: 60,
  timeoutMinutes: 15,
  dataTtlHours: 168,
  maxVmRetries: 3,
  domain: 'lab.example.org',
  cloneTarget: null,
  ...more,
});

export const plan = (name: string, more: Partial<VmPlan> = {}): VmPlan => ({
  name,
  vmId: `id-${name}`,
  generation: 1,
  placement,
  template: 'templates/alma-9',
  cloneTarget: null,
  domain: 'lab.example.org',
  vcpus: 2,
  memoryMb: 4096,
  diskGb: 20,
  ...more,
});

export const facts = (more: Partial<CheckoutFacts> = {}): CheckoutFacts => ({
  checkoutId: 'checkout-1',
  requestedAs: 'alma-9',
  tokenHash: null,
  userId: null,
  lifetime: null,
  ...more,
});

export const withToken = facts({ tokenHash: 'hash-of-token', userId: 'mira' });
export const mira: Toucher = { userId: 'mira', administrator: false };
export const noor: Toucher = { userId: 'noor', administrator: false };
export const admin: Toucher = { userId: 'admin', administrator: true };
export const anybody: TouchRules = { authConfigured: true, strictOwnership: false };
export const strict: TouchRules = { authConfigured: true, strictOwnership: true };
export const noAuth: TouchRules = { authConfigured: false, strictOwnership: false };

type Less<Type extends PoolCommand['type'], Given extends string> = Partial<
  Omit<Extract<PoolCommand, { type: Type }>, 'type' | Given>
>;

/** Commands with what is usual in them. */
export const ask = {
  configure: (
    more: { settings?: Partial<PoolSettings>; rules?: Partial<PoolRules>; order?: number; at?: number } = {},
  ) =>
    ({
      type: 'configure',
      order: more.order ?? 0,
      settings: settings(more.settings),
      rules: rules(more.rules),
      at: more.at ?? at,
    }) as const,
  unconfigure: { type: 'unconfigure', pool: 'alma-9', at } as const,
  vm: (name: string, more: Less<'request-vm', 'vm'> & { plan?: Partial<VmPlan> } = {}) =>
    ({ type: 'request-vm', vm: plan(name, more.plan), request: more.request ?? null, at: more.at ?? at }) as const,
  cloned: (name: string, more: Less<'note-cloned', 'name'> = {}) =>
    ({ type: 'note-cloned', name, vmId: `id-${name}`, seconds: 2.5, ip: null, day, at, ...more }) as const,
  cloneFailed: (name: string, more: Less<'note-clone-failed', 'name'> = {}) =>
    ({
      ...{ type: 'note-clone-failed', name, vmId: `id-${name}`, message: 'no such disk', permanent: false, at },
      ...more,
    }) as const,
  offer: (name: string, more: Less<'offer', 'name'> = {}) =>
    ({ type: 'offer', name, vmId: `id-${name}`, day, at: at + 40_000, ...more }) as const,
  checkOut: (count: number, more: Less<'check-out', 'count'> = {}) =>
    ({ type: 'check-out', count, checkout: facts(), at: at + minute, ...more }) as const,
  hold: (attempt: string, count: number, more: Less<'hold', 'attempt'> = {}) =>
    ({
      ...{ type: 'hold', attempt, decidedBy: `checkout-${attempt}`, count, deadline: at + 2 * minute, at: at + minute },
      ...more,
    }) as const,
  confirm: (attempt: string, more: Less<'confirm-hold', 'attempt'> = {}) =>
    ({ type: 'confirm-hold', attempt, checkout: facts(), at: at + minute, ...more }) as const,
  release: (attempt: string, more: Less<'release-hold', 'attempt'> = {}) =>
    ({ type: 'release-hold', attempt, at: at + minute, ...more }) as const,
  giveBack: (name: string, more: Less<'return-vm', 'name'> = {}) =>
    ({ type: 'return-vm', name, toucher: null, rules: anybody, at: at + hour, ...more }) as const,
  modify: (name: string, more: Less<'modify-vm', 'name'> = {}) =>
    ({ type: 'modify-vm', name, kept: false, tags: {}, toucher: null, rules: anybody, day, at, ...more }) as const,
  task: (
    name: string,
    task: Extract<PoolCommand, { type: 'request-task' }>['task'],
    more: Less<'request-task', 'name'> = {},
  ) => ({ type: 'request-task', name, task, toucher: null, rules: anybody, at, ...more }) as const,
  noteTask: (name: string, taskId: string, failure: string | null = null) =>
    ({ type: 'note-task', name, vmId: `id-${name}`, taskId, failure, at: at + minute }) as const,
  expire: (name: string, when: number) => ({ type: 'expire', name, vmId: `id-${name}`, at: when }) as const,
  retire: (reason: Extract<PoolCommand, { type: 'retire-vms' }>['reason'], ...names: readonly string[]) =>
    ({ type: 'retire-vms', vms: names.map((name) => ({ name, vmId: `id-${name}` })), reason, at }) as const,
  destroyed: (name: string, when = at + hour) =>
    ({ type: 'note-destroyed', name, vmId: `id-${name}`, at: when }) as const,
  queue: (count: number, more: Less<'queue-on-demand', 'count'> = {}) =>
    ({ type: 'queue-on-demand', request, count, checkout: withToken, at, ...more }) as const,
  cancel: (reason: 'request-failed' | 'request-deleted' = 'request-failed', of = request) =>
    ({ type: 'cancel-on-demand', request: of, reason, at }) as const,
  settle: (of = request) => ({ type: 'settle-on-demand', request: of, at }) as const,
} satisfies Record<string, PoolCommand | ((...parameters: never[]) => PoolCommand)>;

/** A machine on its way into the ready queue, which it reaches at that time. */
export const stocked = (name: string, when = at + 40_000): PoolCommand[] => [
  ask.vm(name),
  ask.cloned(name),
  ask.offer(name, { at: when }),
];

/** The events of commands that are all accepted, one after the other. */
export function eventsOf(...commands: readonly PoolCommand[]): PoolEvent[] {
  const events: PoolEvent[] = [];
  let state = pool.decider.initialState();
  for (const command of commands) {
    const decision = pool.decider.decide(command, state);
    if (decision.kind === 'refused') throw new Error(`${command.type}: ${decision.code}`);
    for (const event of structuredClone(decision.events)) {
      state = pool.decider.evolve(state, event);
      events.push(event);
    }
  }
  return events;
}

export function stateOf(events: readonly PoolEvent[]): Pool {
  const state = structuredClone(events).reduce(pool.decider.evolve, pool.decider.initialState());
  if (state === undefined) throw new Error('the pool is not configured');
  return state;
}

/** Three ready machines: `one`, `two`, `three`, oldest first. */
export const threeReady = eventsOf(
  ask.configure(),
  ...stocked('one'),
  ...stocked('two', at + 41_000),
  ...stocked('three', at + 42_000),
);

/** Where each machine stands, in order of making. */
export function queues(state: Readonly<Pool> | undefined): Record<string, string> {
  return Object.fromEntries(Array.from(state?.vms.values() ?? [], ({ name, queue }) => [name, queue]));
}

export function readyNames(state: Readonly<Pool> | undefined): readonly string[] {
  return state?.ready.oldest(state.ready.length) ?? [];
}
