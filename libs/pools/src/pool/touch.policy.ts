import type { PoolRefusal, Toucher, TouchRules } from './pool.commands.js';
import type { Vm } from './vm.state.js';

type Refusal = Extract<PoolRefusal, 'token-required' | 'not-the-owner'>;

/** Who may return a machine: with a token if it was taken with one, and its user alone where ownership is strict. */
export function mayReturn(vm: Readonly<Vm>, toucher: Toucher | null, rules: TouchRules): Refusal | null {
  if (!rules.authConfigured || takenByAnybody(vm)) return null;
  return toucher === null ? 'token-required' : mayChange(vm, toucher, rules);
}

/** Who may change a machine's record, or ask for disks and snapshots, beside what each route wants of its own. */
export function mayChange(vm: Readonly<Vm>, toucher: Toucher | null, rules: TouchRules): Refusal | null {
  if (!rules.authConfigured || !rules.strictOwnership || takenByAnybody(vm)) return null;
  if (toucher === null) return 'token-required';
  return toucher.administrator || toucher.userId === vm.checkout?.userId ? null : 'not-the-owner';
}

/** The record of a destroyed machine: whose it was is not known any more. */
export function mayChangeRecord(toucher: Toucher | null, rules: TouchRules): Refusal | null {
  if (!rules.authConfigured || !rules.strictOwnership) return null;
  if (toucher === null) return 'token-required';
  return toucher.administrator ? null : 'not-the-owner';
}

function takenByAnybody({ checkout }: Readonly<Vm>): boolean {
  return (checkout?.tokenHash ?? null) === null;
}
