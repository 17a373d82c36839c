import type { PoolRules, PoolSettings } from '../pools.settings.js';
import type { CheckoutFacts, Placement, RetirementReason, VmPlan, VmTask } from './pool.events.js';

/** Who asks to touch a machine: a valid pool token's user. Null: none was given, or none is asked for. */
export interface Toucher {
  readonly userId: string;
  readonly administrator: boolean;
}

/** How strict this server is about who touches a machine. */
export interface TouchRules {
  readonly authConfigured: boolean;
  readonly strictOwnership: boolean;
}

/** What `pool-<name>` decides on. `day`: the server's calendar date of `at`, `YYYY-MM-DD`. All times in milliseconds. */
export type PoolCommand =
  /** No event when nothing differs. */
  | {
      readonly type: 'configure';
      readonly order: number;
      readonly settings: PoolSettings;
      readonly rules: PoolRules;
      readonly at: number;
    }
  | { readonly type: 'unconfigure'; readonly pool: string; readonly at: number }
  /** Overrides: no event when the value is the one in effect. A new template or clone target retires ready and pending machines. */
  | { readonly type: 'override-size'; readonly size: number; readonly at: number }
  | { readonly type: 'reset-size'; readonly at: number }
  | { readonly type: 'override-template'; readonly template: string; readonly at: number }
  | { readonly type: 'reset-template'; readonly at: number }
  | { readonly type: 'override-clone-target'; readonly cloneTarget: string; readonly at: number }
  | { readonly type: 'reset'; readonly at: number }
  /** Refused as `vm-not-wanted` when by now nobody wants it, or not from that template and clone target. `request`: stream of an on-demand request; null: for stock. */
  | { readonly type: 'request-vm'; readonly vm: VmPlan; readonly request: string | null; readonly at: number }
  /** The next three name the machine by name and vmId; about another or none they change nothing. */
  | {
      readonly type: 'note-cloned';
      readonly name: string;
      readonly vmId: string;
      readonly seconds: number;
      readonly ip: string | null;
      readonly day: string;
      readonly at: number;
    }
  | {
      readonly type: 'note-clone-failed';
      readonly name: string;
      readonly vmId: string;
      readonly message: string;
      readonly permanent: boolean;
      readonly at: number;
    }
  /** It has booted and answers: to stock, to its request, or (a request that ended, a pool that left) to completed. */
  | { readonly type: 'offer'; readonly name: string; readonly vmId: string; readonly day: string; readonly at: number }
  /** Oldest ready first. Refused as `pool-empty` (ready) or, when undecided holds have what is missing, `held-by-others` (attempts). */
  | { readonly type: 'check-out'; readonly count: number; readonly checkout: CheckoutFacts; readonly at: number }
  | {
      readonly type: 'hold';
      readonly attempt: string;
      readonly decidedBy: string;
      readonly count: number;
      readonly deadline: number;
      readonly at: number;
    }
  /** After the deciding stream: `at` is the time of its event. Again, or about an unknown attempt: no event. */
  | { readonly type: 'confirm-hold'; readonly attempt: string; readonly checkout: CheckoutFacts; readonly at: number }
  | { readonly type: 'release-hold'; readonly attempt: string; readonly at: number }
  /** DELETE /vm/<host>: only a running one. Refused: vm-unknown, vm-not-running, token-required, not-the-owner, vm-held (attempt, decidedBy). */
  | {
      readonly type: 'return-vm';
      readonly name: string;
      readonly toucher: Toucher | null;
      readonly rules: TouchRules;
      readonly at: number;
    }
  /**
   * Any state; `kept`: the record of a destroyed machine that is still there (its tags count, its state is gone).
   * Refused: vm-unknown, vm-held (resolve it and ask again), token-required, not-the-owner.
   */
  | {
      readonly type: 'modify-vm';
      readonly name: string;
      readonly kept: boolean;
      readonly lifetime?: number;
      readonly tags: Readonly<Record<string, string>>;
      readonly toucher: Toucher | null;
      readonly rules: TouchRules;
      readonly day: string;
      readonly at: number;
    }
  /** Equal disks that wait collapse into one. Refused: vm-unknown, vm-held, snapshot-unknown, token-required, not-the-owner. */
  | {
      readonly type: 'request-task';
      readonly name: string;
      readonly task: VmTask;
      readonly toucher: Toucher | null;
      readonly rules: TouchRules;
      readonly at: number;
    }
  | {
      readonly type: 'note-task';
      readonly name: string;
      readonly vmId: string;
      readonly taskId: string;
      readonly failure: string | null;
      readonly at: number;
    }
  /** A timer fired. Not due (any more), held, or gone: no event. */
  | { readonly type: 'expire'; readonly name: string; readonly vmId: string; readonly at: number }
  /** Found by a check. Held ones are left for later (C12); running ones go only for `vanished`. */
  | {
      readonly type: 'retire-vms';
      readonly vms: readonly { readonly name: string; readonly vmId: string }[];
      readonly reason: RetirementReason;
      readonly at: number;
    }
  /** More ready than wanted: the surplus, newest first, and all pending for stock. */
  | { readonly type: 'shed'; readonly at: number }
  | { readonly type: 'note-destroyed'; readonly name: string; readonly vmId: string; readonly at: number }
  | {
      readonly type: 'discover-vm';
      readonly name: string;
      readonly vmId: string;
      readonly placement: Placement;
      readonly at: number;
    }
  | {
      readonly type: 'queue-on-demand';
      readonly request: string;
      readonly count: number;
      readonly checkout: CheckoutFacts;
      readonly at: number;
    }
  | {
      readonly type: 'cancel-on-demand';
      readonly request: string;
      readonly reason: 'request-failed' | 'request-deleted';
      readonly at: number;
    }
  | { readonly type: 'settle-on-demand'; readonly request: string; readonly at: number };

export type PoolRefusal =
  | 'pool-unknown' // pool
  | 'pool-empty' // pool, wanted, ready
  | 'held-by-others' // pool, wanted, ready, attempts: [attempt, decidedBy, deadline][]
  | 'vm-not-wanted' // pool
  | 'vm-unknown' // name
  | 'vm-not-running' // name, state
  | 'vm-held' // name, attempt, decidedBy
  | 'token-required' // name
  | 'not-the-owner' // name
  | 'snapshot-unknown' // name, snapshotId
  | 'attempt-decided'; // attempt: it was released or confirmed, so it cannot hold again (C12)
