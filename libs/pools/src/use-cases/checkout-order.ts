import { refuse, type CommandContext, type Refused, type RuntimeRefusal } from '#kernel';
import type { Asked } from '../checkout/checkout-plan.policy.js';
import type { CheckoutCompleted, CheckoutShare } from '../checkout/checkout.events.js';
import type { PoolsOutcome, PoolsRefusal, TakenVms } from '../contracts.js';
import type { CheckedOutVm, CheckoutFacts } from '../pool/pool.events.js';

/** What somebody wants to check out, its names resolved. */
export interface CheckoutOrder {
  readonly context: CommandContext;
  readonly asked: readonly Asked[];
  readonly holder: Pick<CheckoutFacts, 'tokenHash' | 'userId' | 'lifetime'>;
}

export interface CheckoutAnswer {
  readonly checkoutId: string;
  readonly taken: readonly TakenVms[];
}

export type CheckoutOutcome = PoolsOutcome<CheckoutAnswer>;

/** Stands before each machine's counter in its fencing token (C7). */
export type Epoch = () => string;

export function takenFrom(pool: string, vms: readonly CheckedOutVm[], epoch: string): TakenVms['vms'] {
  return vms.map(({ name, vmId, generation, domain }) => ({
    ...{ name, vmId, generation, domain, pool },
    fencingToken: `${epoch}-${String(generation)}`,
  }));
}

/** In order of asking. */
export function completedAnswer(
  { data }: CheckoutCompleted,
  asked: readonly Asked[],
  epoch: string,
): { readonly kind: 'accepted'; readonly answer: CheckoutAnswer } {
  const taken = asked.map(({ name }) => ({ name, vms: data.shares.flatMap((share) => ofName(share, name, epoch)) }));
  return { kind: 'accepted', answer: { checkoutId: data.checkout.checkoutId, taken } };
}

function ofName({ pool, vms }: CheckoutShare, name: string, epoch: string): TakenVms['vms'] {
  return takenFrom(
    pool,
    vms.filter(({ requestedAs }) => requestedAs === name),
    epoch,
  );
}

/** Not enough ready machines: `ready` of those that may stand for `short`. */
export function poolsEmpty(
  asked: readonly Asked[],
  short: string,
  ready: number,
): Refused<PoolsRefusal | RuntimeRefusal> {
  const pools = asked.find(({ name }) => name === short)?.candidates.pools ?? [];
  const wanted = Object.fromEntries(asked.map(({ name, count }) => [name, count]));
  return refuse('pools-empty', { wanted, short: { name: short, pools, ready } });
}
