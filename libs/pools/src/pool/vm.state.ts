import type {
  CheckedOutVm,
  CheckoutFacts,
  Placement,
  RetirementReason,
  SnapshotFacts,
  VmPlan,
  VmRecord,
  VmTask,
} from './pool.events.js';

export type VmQueue = 'pending' | 'ready' | 'held' | 'running' | 'completed';

/** A machine that is not destroyed. Times in milliseconds since 1970. */
export interface Vm {
  readonly name: string;
  readonly vmId: string;
  readonly generation: number;
  readonly placement: Placement;
  readonly template: string;
  readonly cloneTarget: string | null;
  readonly domain: string | null;
  readonly requestedAt: number;
  /** Pending longer than this: replaced. */
  readonly timeoutAt: number;
  /** Stream of the on-demand request that it was made for. */
  readonly request: string | null;
  queue: VmQueue;
  /** In the ready queue, now or before it was held or taken; 0: was never ready. */
  place: number;
  clonedAt: number | null;
  cloneSeconds: number | null;
  ip: string | null;
  readyAt: number | null;
  /** Ready longer than this: replaced. Null: no limit. */
  staleAt: number | null;
  checkout: (CheckoutFacts & { readonly at: number }) | null;
  /** Own hours; null: the pool's. */
  lifetime: number | null;
  tags: Readonly<Record<string, string>>;
  snapshots: readonly SnapshotFacts[];
  disks: readonly number[];
  /** Wanted and not done yet. */
  tasks: readonly VmTask[];
  /** The attempt that holds it. */
  attempt: string | null;
  /** The pool was reset while it was held: replaced when it comes back (C12). */
  resetWhileHeld: boolean;
  retiredAt: number | null;
  retirement: RetirementReason | null;
}

export function plannedVm(plan: VmPlan, request: string | null, requestedAt: number, timeoutAt: number): Vm {
  const { name, vmId, generation, placement, template, cloneTarget, domain } = plan;
  return {
    ...{ name, vmId, generation, placement, template, cloneTarget, domain, requestedAt, timeoutAt, request },
    ...unused,
    queue: 'pending',
  };
}

/** Nothing is known of how it was made; it goes at once. */
export function discoveredVm(name: string, vmId: string, placement: Placement, at: number): Vm {
  return {
    ...{ name, vmId, generation: 0, placement, template: '', cloneTarget: null, domain: null },
    ...{ requestedAt: at, timeoutAt: at, request: null },
    ...unused,
    queue: 'completed',
  };
}

export const unused = {
  place: 0,
  clonedAt: null,
  cloneSeconds: null,
  ip: null,
  readyAt: null,
  staleAt: null,
  checkout: null,
  lifetime: null,
  tags: {},
  snapshots: [],
  disks: [],
  tasks: [],
  attempt: null,
  resetWhileHeld: false,
  retiredAt: null,
  retirement: null,
} as const;

export function recordOf(vm: Readonly<Vm>, pool: string): VmRecord {
  const { name, vmId, generation, placement, template, domain, requestedAt, clonedAt, cloneSeconds, ip } = vm;
  const { readyAt, checkout, lifetime, tags, snapshots, disks, request, retiredAt, retirement } = vm;
  return {
    ...{ name, vmId, pool, generation, placement, template, domain, requestedAt, clonedAt, cloneSeconds, ip },
    ...{ readyAt, checkout, lifetime, tags, snapshots, disks, request, retiredAt, retirement },
  };
}

export function checkedOutVm({ name, vmId, generation, domain }: Readonly<Vm>): CheckedOutVm {
  return { name, vmId, generation, domain };
}
