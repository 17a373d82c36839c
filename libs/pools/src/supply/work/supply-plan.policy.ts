import type { PendingVm, Supply } from '../../pool/pool.looks.js';

type Placed = Supply['completed'][number];
type Task = Supply['tasks'][number];

/** A clone to be made: of a new machine, for stock or for a request, or of one that was wished for before a restart. */
export type CloneJob =
  { readonly kind: 'begin'; readonly request: string | null } | { readonly kind: 'resume'; readonly vm: PendingVm };

export interface TaskJob {
  readonly vmId: string;
  readonly name: string;
  readonly provider: string;
  /** In order of asking. */
  readonly tasks: readonly Task['task'][];
}

/** What is under way in this process. */
export interface UnderWay {
  readonly kindOf: (vmId: string) => 'clone' | 'boot' | 'destroy' | 'task' | undefined;
  /** New machines that the pool does not know of yet: for stock (null) or for a request. */
  readonly unborn: (request: string | null) => number;
  /** Left alone for a while after failures: the stock of the pool, or one machine. */
  readonly pausing: (key: 'stock' | 'placing' | { readonly vmId: string }) => boolean;
}

export interface SupplyPlan {
  readonly stock: readonly CloneJob[];
  readonly onDemand: readonly CloneJob[];
  readonly boots: readonly PendingVm[];
  readonly destroys: readonly Placed[];
  readonly tasks: readonly TaskJob[];
  /** Machines that are to be destroyed while something else is done to them. */
  readonly interrupted: readonly string[];
  readonly shed: boolean;
}

/** New clones in one plan; when they are begun the pool is looked at again. */
const mostClones = 1_000;

export function planOf(supply: Supply, underWay: UnderWay, now: number): SupplyPlan {
  const idle = supply.pending.filter(({ vmId, timeoutAt }) => underWay.kindOf(vmId) === undefined && now < timeoutAt);
  const resumed = idle.filter(({ clonedAt }) => clonedAt === null).map((vm) => ({ kind: 'resume' as const, vm }));
  return {
    stock: [...resumed.filter(({ vm }) => vm.request === null), ...forStock(supply, underWay)],
    onDemand: [...resumed.filter(({ vm }) => vm.request !== null), ...forRequests(supply, underWay)],
    boots: idle.filter(({ clonedAt }) => clonedAt !== null),
    destroys: supply.completed.filter(({ vmId }) => underWay.kindOf(vmId) === undefined && !underWay.pausing({ vmId })),
    tasks: tasksOf(supply, underWay),
    interrupted: supply.completed.map(({ vmId }) => vmId).filter((vmId) => underWay.kindOf(vmId) === 'boot'),
    shed: supply.surplus > 0,
  };
}

function forStock({ wantedForStock }: Supply, { unborn, pausing }: UnderWay): CloneJob[] {
  if (pausing('stock') || pausing('placing')) return [];
  return begin(null, wantedForStock - unborn(null), mostClones);
}

function forRequests({ requests }: Supply, { unborn, pausing }: UnderWay): CloneJob[] {
  const jobs: CloneJob[] = [];
  if (pausing('placing')) return jobs;
  for (const { request, waiting } of requests)
    jobs.push(...begin(request, waiting - unborn(request), mostClones - jobs.length));
  return jobs;
}

function begin(request: string | null, count: number, most: number): CloneJob[] {
  return Array.from({ length: Math.max(0, Math.min(count, most)) }, () => ({ kind: 'begin', request }));
}

/** One machine's tasks are done one after the other. */
function tasksOf({ tasks }: Supply, { kindOf, pausing }: UnderWay): TaskJob[] {
  const byVm = new Map<string, TaskJob & { readonly tasks: Task['task'][] }>();
  for (const { vmId, name, placement, task } of tasks) {
    if (kindOf(vmId) !== undefined || pausing({ vmId })) continue;
    const job = byVm.get(vmId);
    if (job === undefined) byVm.set(vmId, { vmId, name, provider: placement.provider, tasks: [task] });
    else job.tasks.push(task);
  }
  return [...byVm.values()];
}
