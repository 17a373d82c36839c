import { refuse, type CommandContext, type Refused, type RuntimeRefusal } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolsOutcome, PoolsRefusal } from '../contracts.js';
import { pool as poolAggregate, poolStream } from '../pool/pool.aggregate.js';
import type { PoolCommand, PoolRefusal, TouchRules } from '../pool/pool.commands.js';
import type { PoolEvent } from '../pool/pool.events.js';
import { POOLS_SETTINGS, POOLS_WORLD, type PoolsSettings, type PoolsWorld } from '../pools.settings.js';
import { ownerOf, vmName, vmNameStream } from '../vm-name/vm-name.aggregate.js';
import { HoldResolution } from './hold-resolution.js';

/** Which pool has the machine of a name, or keeps its record. */
export interface MachineOwner {
  readonly pool: string;
  /** It is destroyed; its record is still kept. */
  readonly kept: boolean;
}

/** A hold's decision is waited for so long; then the machine is busy. */
const mostWaitMs = 10_000;
/** Holds met one after the other. */
const mostHolds = 8;
/** Anything else is no machine's name, and nobody need look. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,252}$/;

/** From a machine's name to a command on its pool. */
@Injectable()
export class MachineCommands {
  readonly rules: TouchRules;

  constructor(
    private readonly executor: CommandExecutor,
    private readonly resolution: HoldResolution,
    @Inject(POOLS_SETTINGS) { authConfigured, strictOwnership }: PoolsSettings,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {
    this.rules = { authConfigured, strictOwnership };
  }

  /** Undefined: unknown, or forgotten by then. */
  async owner(name: string, now: number): Promise<MachineOwner | undefined> {
    if (!namePattern.test(name)) return undefined;
    const owner = await this.executor.look(vmName, vmNameStream(name), ownerOf);
    if (owner === undefined || (owner.forgetAt !== null && owner.forgetAt <= now)) return undefined;
    return { pool: owner.pool, kept: owner.forgetAt !== null };
  }

  /** A command that meets a hold waits for its decision first (C12). Answered from its events. */
  async run<Answer>(
    context: CommandContext,
    pool: string,
    command: PoolCommand,
    answer: (events: readonly PoolEvent[]) => Answer,
  ): Promise<PoolsOutcome<Answer>> {
    for (let hold = 0; hold < mostHolds; hold += 1) {
      const outcome = await this.executor.execute(poolAggregate, poolStream(pool), command, context);
      if (outcome.kind === 'accepted') return { kind: 'accepted', answer: answer(outcome.events) };
      if (outcome.code !== 'vm-held') return passedOn(outcome);
      const { attempt, decidedBy } = outcome.facts as { readonly attempt: string; readonly decidedBy: string };
      const until = this.world.now() + mostWaitMs;
      const held = { pool, attempt, decidedBy, deadline: null };
      if (!(await this.resolution.untilOneIsSettled([held], until, context))) break;
    }
    return refuse('busy', { pool });
  }
}

/** Refusals that concern holds and the supply do not come from commands of users. */
export function passedOn({
  code,
  facts,
}: Refused<PoolRefusal | RuntimeRefusal>): Refused<PoolsRefusal | RuntimeRefusal> {
  switch (code) {
    case 'held-by-others':
    case 'vm-held':
    case 'vm-not-wanted':
    case 'attempt-decided':
      return refuse('busy', facts);
    default:
      return refuse(code, facts);
  }
}
