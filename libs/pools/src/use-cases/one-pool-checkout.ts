import { refuse, type Refused, type RuntimeRefusal } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { LOG_EPOCH } from '../log-epoch.js';
import { pool as poolAggregate, poolStream } from '../pool/pool.aggregate.js';
import type { PoolRefusal } from '../pool/pool.commands.js';
import type { CheckoutFacts } from '../pool/pool.events.js';
import { takenFrom, type CheckoutAnswer, type CheckoutOrder, type Epoch } from './checkout-order.js';

export type OnePoolOutcome =
  { readonly kind: 'accepted'; readonly answer: CheckoutAnswer } | Refused<PoolRefusal | RuntimeRefusal>;

/** Machines under one name from one pool: one decision, one append, answered from its event. */
@Injectable()
export class OnePoolCheckout {
  constructor(
    private readonly executor: CommandExecutor,
    @Inject(LOG_EPOCH) private readonly epoch: Epoch,
  ) {}

  async take(order: CheckoutOrder, pool: string, requestedAs: string, count: number): Promise<OnePoolOutcome> {
    const { context, holder } = order;
    const checkoutId = context.commandId;
    const { tokenHash, userId, lifetime } = holder;
    const checkout: CheckoutFacts = { checkoutId, requestedAs, tokenHash, userId, lifetime };
    const command = { type: 'check-out', count, checkout, at: context.time } as const;
    const outcome = await this.executor.execute(poolAggregate, poolStream(pool), command, context);
    if (outcome.kind === 'refused') return outcome;
    const [event] = outcome.events;
    if (event?.type !== 'VmsCheckedOut') return refuse('pool-empty', { pool, wanted: count, ready: 0 });
    const vms = takenFrom(pool, event.data.vms, this.epoch());
    return { kind: 'accepted', answer: { checkoutId, taken: [{ name: requestedAs, vms }] } };
  }
}
