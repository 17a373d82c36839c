import { refuse } from '#kernel';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CheckOutVms } from '../contracts.js';
import { POOLS_SETTINGS, type PoolsSettings } from '../pools.settings.js';
import { poolsEmpty, type CheckoutOrder, type CheckoutOutcome } from './checkout-order.js';
import { Rush } from '../supply/pace/rush.js';
import { CheckoutRounds } from './checkout-rounds.js';
import { OnePoolCheckout } from './one-pool-checkout.js';
import { PoolNames } from './pool-names.js';
import { othersHolds } from './pool-holds.js';

@CommandHandler(CheckOutVms)
export class CheckOutVmsHandler implements ICommandHandler<CheckOutVms> {
  /** Commands that may come again and are under way here: a second one waits for the first. */
  private readonly repeatables = new Map<string, Promise<CheckoutOutcome>>();

  constructor(
    private readonly names: PoolNames,
    private readonly onePool: OnePoolCheckout,
    private readonly rounds: CheckoutRounds,
    private readonly rush: Rush,
    @Inject(POOLS_SETTINGS) private readonly settings: PoolsSettings,
  ) {}

  async execute(command: CheckOutVms): Promise<CheckoutOutcome> {
    const outcome = await this.carryOut(command);
    if (outcome.kind === 'accepted') this.rush.note();
    return outcome;
  }

  private async carryOut({ context, wanted, holder }: CheckOutVms): Promise<CheckoutOutcome> {
    const resolved = this.names.resolve(wanted);
    if ('kind' in resolved) return resolved;
    const asked = resolved.filter(({ count }) => count > 0);
    const order: CheckoutOrder = { context, asked, holder: this.holderFacts(holder) };
    if (asked.length === 0) return { kind: 'accepted', answer: { checkoutId: context.commandId, taken: [] } };
    if (context.repeatable) return this.once(order);
    const [only] = asked;
    const pool = only?.candidates.pools[0];
    if (asked.length > 1 || only === undefined || pool === undefined || only.candidates.pools.length > 1)
      return this.rounds.run(order);

    const outcome = await this.onePool.take(order, pool, only.name, only.count);
    if (outcome.kind === 'accepted') return outcome;
    const { code, facts } = outcome;
    if (code === 'held-by-others') return this.rounds.run(order, othersHolds(pool, facts));
    if (code === 'busy') return refuse(code, facts);
    return poolsEmpty(asked, only.name, typeof facts.ready === 'number' ? facts.ready : 0);
  }

  private once(order: CheckoutOrder): Promise<CheckoutOutcome> {
    const { commandId } = order.context;
    const first = this.repeatables.get(commandId);
    if (first !== undefined) return first;
    const outcome = this.rounds.run(order).finally(() => this.repeatables.delete(commandId));
    this.repeatables.set(commandId, outcome);
    return outcome;
  }

  private holderFacts(holder: CheckOutVms['holder']): CheckoutOrder['holder'] {
    if (holder === null) return { tokenHash: null, userId: null, lifetime: null };
    const hours = this.settings.vmLifetimeAuthHours;
    return { tokenHash: holder.tokenHash, userId: holder.userId, lifetime: hours !== null && hours > 0 ? hours : null };
  }
}
