import type { CommandContext, Facts } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { pool as poolAggregate, poolStream } from '../pool/pool.aggregate.js';
import type { CheckedOutVm } from '../pool/pool.events.js';
import { heldBy } from '../pool/pool.looks.js';
import { POOLS_WORLD, type PoolsWorld } from '../pools.settings.js';
import { recognisedContext } from './derived-context.js';
import type { UndecidedHold } from './hold-resolution.js';

/** One try to get all that is asked for, from several pools. */
export interface Attempt {
  readonly id: string;
  /** Name of the deciding stream. */
  readonly decidedBy: string;
  readonly deadline: number;
  /** By pool: what is certainly held. */
  readonly held: Map<string, Held>;
}

export interface Held {
  readonly machines: readonly CheckedOutVm[];
  /** The pool's own; 0: never. */
  readonly lifetimeHours: number;
}

export type HoldFailure =
  | { readonly kind: 'empty'; readonly pool: string; readonly ready: number }
  | {
      readonly kind: 'waiting';
      readonly pool: string;
      readonly ready: number;
      readonly holds: readonly UndecidedHold[];
    }
  /** The attempt was decided, or holds something else there from an earlier run. */
  | { readonly kind: 'stale'; readonly pool: string }
  | { readonly kind: 'busy'; readonly pool: string };

@Injectable()
export class PoolHolds {
  constructor(
    private readonly executor: CommandExecutor,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {}

  /** Undefined: held, and noted in the attempt. */
  async hold(attempt: Attempt, pool: string, count: number, context: CommandContext): Promise<HoldFailure | undefined> {
    const { id, decidedBy, deadline } = attempt;
    const outcome = await this.executor.execute(
      poolAggregate,
      poolStream(pool),
      { type: 'hold', attempt: id, decidedBy, count, deadline, at: this.world.now() },
      recognisedContext(context, `hold\n${decidedBy}\n${pool}`),
      (state) => heldBy(state, id),
    );
    if (outcome.kind === 'refused') return failureOf(outcome.code, outcome.facts, pool);
    const held = outcome.answer;
    if (held === undefined) return { kind: 'stale', pool };
    attempt.held.set(pool, { machines: held.machines, lifetimeHours: held.lifetimeHours });
    return held.machines.length === count ? undefined : { kind: 'stale', pool };
  }
}

function failureOf(code: string, facts: Facts, pool: string): HoldFailure {
  const ready = typeof facts.ready === 'number' ? facts.ready : 0;
  if (code === 'busy') return { kind: 'busy', pool };
  if (code === 'attempt-decided') return { kind: 'stale', pool };
  if (code === 'held-by-others') return { kind: 'waiting', pool, ready, holds: othersHolds(pool, facts) };
  return { kind: 'empty', pool, ready };
}

/** Of a refusal `held-by-others`. */
export function othersHolds(pool: string, { attempts }: Facts): readonly UndecidedHold[] {
  const named = (attempts ?? []) as readonly (readonly [attempt: string, decidedBy: string, deadline: number])[];
  return named.map(([attempt, decidedBy, deadline]) => ({ pool, attempt, decidedBy, deadline }));
}
