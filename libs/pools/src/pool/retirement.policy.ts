import type { RetirementReason, VmsRetired } from './pool.events.js';
import type { Pool } from './pool.state.js';
import { isTriedAgain } from './queues.state.js';
import type { Vm } from './vm.state.js';

export interface Retirement {
  readonly reason: RetirementReason;
  readonly vms: readonly Readonly<Vm>[];
  readonly actorUserId?: string | null;
}

/** Names in one event. */
const atOnce = 5_000;

/** Machines that go, reason by reason; none, no event. */
export function retire(pool: Readonly<Pool>, at: number, ...retirements: readonly Retirement[]): VmsRetired[] {
  const events: VmsRetired[] = [];
  let { waiting } = pool;
  for (const { reason, vms, actorUserId } of retirements) {
    for (let from = 0; from < vms.length; from += atOnce) {
      const these = vms.slice(from, from + atOnce);
      const again = these.filter((vm) => isTriedAgain(pool, vm, reason)).length;
      waiting += again;
      events.push({
        type: 'VmsRetired',
        data: {
          pool: pool.name,
          vms: these.map(({ name }) => name),
          reason,
          ...(actorUserId === undefined ? {} : { actorUserId }),
          ...(again === 0 ? {} : { waiting }),
          at,
        },
      });
    }
  }
  return events;
}

/** Waiting for their users and those on their way there; held ones are asked about when they come back (C12). */
export function readyAndPending(pool: Readonly<Pool>): Readonly<Vm>[] {
  return [...vmsNamed(pool, pool.ready.oldest(pool.ready.length)), ...vmsNamed(pool, pool.pending)];
}

export function vmsNamed(pool: Readonly<Pool>, names: Iterable<string>): Readonly<Vm>[] {
  return Array.from(names, (name) => pool.vms.get(name)).filter((vm) => vm !== undefined);
}
