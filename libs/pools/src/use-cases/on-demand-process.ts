import { StoreUnavailable, type CommandContext, type Json } from '#kernel';
import { CommandExecutor, running, type RunningProcess } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { onDemand, type OnDemandCommand } from '../on-demand/on-demand.decider.js';
import type { OnDemandFailed } from '../on-demand/on-demand.events.js';
import type { OnDemandState } from '../on-demand/on-demand.state.js';
import { pool as poolAggregate, poolStream } from '../pool/pool.aggregate.js';
import type { PoolCommand } from '../pool/pool.commands.js';
import type { CheckoutFacts } from '../pool/pool.events.js';
import { supplyOf, vmOf } from '../pool/pool.looks.js';
import { onDemandSaga } from '../processes/on-demand.saga.js';
import { POOLS_SETTINGS, POOLS_WORLD, type PoolsSettings, type PoolsWorld } from '../pools.settings.js';
import { recognisedContext } from './derived-context.js';

interface Part {
  /** The request's stream. */
  readonly request: string;
  readonly pool: string;
}

const hourMs = 3_600_000;

/** Carries out what the on-demand saga wants. Everything may come again: the deciders recognise it. */
@Injectable()
export class OnDemandProcess {
  readonly running: RunningProcess;

  constructor(
    private readonly executor: CommandExecutor,
    @Inject(POOLS_SETTINGS) private readonly settings: PoolsSettings,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {
    const requestOf = (input: Json): Part => input as unknown as Part;
    this.running = running(onDemandSaga, {
      handlers: {
        queue: (input, context) => this.queue(input as never, context),
        'note-delivered': (input, context) => this.noteDelivered(input as never, context),
        'note-clone-failed': (input, context) => this.noteCloneFailed(input as never, context),
        cancel: (input, context) => this.cancel(input as never, context),
        settle: (input, context) => {
          const { request, pool } = requestOf(input);
          return this.onPool(pool, { type: 'settle-on-demand', request, at: this.world.now() }, context);
        },
      },
      onTimer: {
        'on-demand-deadline': async ({ payload }, context) => {
          await this.fail(requestOf(payload).request, 'deadline', null, context);
        },
        'on-demand-forget': async ({ payload }, context) => {
          await this.onRequest(requestOf(payload).request, { type: 'forget', at: this.world.now() }, context);
        },
      },
    });
  }

  private async queue(
    part: Part & { readonly count: number; readonly checkout: CheckoutFacts },
    context: CommandContext,
  ): Promise<void> {
    const { request, pool, count, checkout } = part;
    const command = { type: 'queue-on-demand', request, count, checkout, at: this.world.now() } as const;
    const its = recognisedContext(context, `queue-on-demand\n${request}\n${pool}\n${checkout.requestedAs}`);
    const outcome = await this.executor.execute(poolAggregate, poolStream(pool), command, its);
    if (outcome.kind === 'accepted') return;
    if (outcome.code === 'busy') throw new StoreUnavailable(`${pool} is busy`);
    await this.fail(request, 'clone-failed', `${pool} makes no machines`, context);
  }

  private async noteDelivered(
    part: Part & { readonly name: string; readonly requestedAs: string; readonly at: number },
    context: CommandContext,
  ): Promise<void> {
    const { request, pool, name, requestedAs, at } = part;
    const domain = await this.executor.look(
      poolAggregate,
      poolStream(pool),
      (state) => (vmOf(state, name) ?? supplyOf(state, 0))?.domain ?? null,
    );
    const vm = { name, pool, requestedAs, domain };
    const state = await this.onRequest(request, { type: 'note-delivered', vm, at }, context);
    if (state === 'failed') await this.cancel({ request, pool, reason: 'request-failed' }, context);
    if (state === 'deleted' || state === 'forgotten')
      await this.cancel({ request, pool, reason: 'request-deleted' }, context);
  }

  private async noteCloneFailed(
    part: Part & { readonly message: string; readonly permanent: boolean; readonly failures: number },
    context: CommandContext,
  ): Promise<void> {
    const { request, pool, message, permanent, failures } = part;
    const retries = await this.executor.look(
      poolAggregate,
      poolStream(pool),
      (state) => supplyOf(state, 0)?.rules.maxVmRetries ?? this.settings.maxVmRetries,
    );
    if (permanent || failures > retries) await this.fail(request, 'clone-failed', message, context);
  }

  private async fail(
    request: string,
    reason: OnDemandFailed['data']['reason'],
    message: string | null,
    context: CommandContext,
  ): Promise<void> {
    const keptMs = this.settings.dataTtlHours * hourMs;
    await this.onRequest(request, { type: 'fail', reason, message, keptMs, at: this.world.now() }, context);
  }

  private cancel(
    part: Part & { readonly reason: 'request-failed' | 'request-deleted' },
    context: CommandContext,
  ): Promise<void> {
    const { request, pool, reason } = part;
    return this.onPool(pool, { type: 'cancel-on-demand', request, reason, at: this.world.now() }, context);
  }

  /** A pool that never was has nothing to cancel or settle. */
  private async onPool(pool: string, command: PoolCommand, context: CommandContext): Promise<void> {
    const its = recognisedContext(context, `${command.type}\n${pool}`);
    const outcome = await this.executor.execute(poolAggregate, poolStream(pool), command, its);
    if (outcome.kind === 'refused' && outcome.code === 'busy') throw new StoreUnavailable(`${pool} is busy`);
  }

  private async onRequest(
    stream: string,
    command: OnDemandCommand,
    context: CommandContext,
  ): Promise<NonNullable<OnDemandState>['status'] | undefined> {
    const its = recognisedContext(context, `${command.type}\n${stream}`);
    const outcome = await this.executor.execute(onDemand, stream, command, its, (state) => state?.status);
    if (outcome.kind === 'refused') throw new StoreUnavailable(`${stream} is busy`);
    return outcome.answer;
  }
}
