import { accept, refuse, type Refused } from '#kernel';
import { ownEnds, poolUnknown, type Decided, type Of } from './decided.policy.js';
import { byReason, missedWhileHeld } from './fitting.policy.js';
import type { PoolRefusal } from './pool.commands.js';
import type { PoolEvent } from './pool.events.js';
import { endOfLifetime, originOf, type Pool, type PoolState } from './pool.state.js';
import { retire, vmsNamed } from './retirement.policy.js';
import { checkedOutVm } from './vm.state.js';

export function checkOut({ count, checkout, at }: Of<'check-out'>, state: Readonly<PoolState>): Decided {
  if (state?.configured !== true) return poolUnknown(state);
  if (count <= 0) return accept();
  if (count > state.ready.length) return tooFew(state, count);
  const vms = vmsNamed(state, state.ready.oldest(count));
  const expiresAt = endOfLifetime(state, at, checkout.lifetime);
  return accept<PoolEvent>(
    { type: 'VmsCheckedOut', data: { pool: state.name, checkout, vms: vms.map(checkedOutVm), expiresAt, at } },
    ...ownEnds(state, vms, checkout, at),
  );
}

/** A repeat finds what it holds; what was decided stays decided (C12). */
export function hold({ attempt, decidedBy, count, deadline, at }: Of<'hold'>, state: Readonly<PoolState>): Decided {
  if (state?.holds.has(attempt) === true) return accept();
  if (state?.decidedAttempts.get(attempt) !== undefined) return refuse('attempt-decided', { attempt });
  if (state?.configured !== true) return poolUnknown(state);
  if (count <= 0) return accept();
  if (count > state.ready.length) return tooFew(state, count);
  const vms = state.ready.oldest(count);
  return accept({ type: 'VmsHeld', data: { pool: state.name, attempt, decidedBy, vms, deadline, at } });
}

/** What others hold and may give back is worth waiting for (C11). */
function tooFew(pool: Readonly<Pool>, wanted: number): Refused<PoolRefusal> {
  const facts = { pool: pool.name, wanted, ready: pool.ready.length };
  if (pool.ready.length + pool.held < wanted) return refuse('pool-empty', facts);
  const attempts = Array.from(pool.holds.values(), ({ attempt, decidedBy, deadline }) => [
    attempt,
    decidedBy,
    deadline,
  ]);
  return refuse('held-by-others', { ...facts, attempts });
}

export function confirmHold({ attempt, checkout, at }: Of<'confirm-hold'>, state: Readonly<Pool>): Decided {
  const held = state.holds.get(attempt);
  if (held === undefined) return accept();
  const expiresAt = endOfLifetime(state, at, checkout.lifetime);
  return accept<PoolEvent>(
    { type: 'HoldConfirmed', data: { pool: state.name, attempt, checkout, expiresAt, at } },
    ...ownEnds(state, vmsNamed(state, held.vms), checkout, at),
  );
}

export function releaseHold({ attempt, at }: Of<'release-hold'>, state: Readonly<Pool>): Decided {
  const held = state.holds.get(attempt);
  if (held === undefined) return accept();
  const origin = originOf(state);
  const going = byReason(vmsNamed(state, held.vms), (vm) => missedWhileHeld(state, vm, origin, at));
  return accept<PoolEvent>(
    { type: 'VmsReturned', data: { pool: state.name, attempt, vms: held.vms, at } },
    ...retire(state, at, ...going),
  );
}
