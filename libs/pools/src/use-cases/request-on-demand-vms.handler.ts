import { refuse } from '#kernel';
import { CommandExecutor, deriveUuid, leasebookNamespace } from '#runtime';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { drawn } from '../checkout/candidates.policy.js';
import type { Asked } from '../checkout/checkout-plan.policy.js';
import { RequestOnDemandVms, type PoolHolder, type PoolsOutcome } from '../contracts.js';
import { onDemand } from '../on-demand/on-demand.decider.js';
import type { OnDemandShare } from '../on-demand/on-demand.events.js';
import { POOLS_SETTINGS, POOLS_WORLD, type PoolsSettings, type PoolsWorld } from '../pools.settings.js';
import { OnDemandRequests } from './on-demand-requests.js';
import { PoolNames } from './pool-names.js';

const minuteMs = 60_000;

@CommandHandler(RequestOnDemandVms)
export class RequestOnDemandVmsHandler implements ICommandHandler<RequestOnDemandVms> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly names: PoolNames,
    private readonly requests: OnDemandRequests,
    @Inject(POOLS_SETTINGS) private readonly settings: PoolsSettings,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {}

  async execute(wish: RequestOnDemandVms): Promise<PoolsOutcome<{ readonly requestId: string }>> {
    const { context, wanted, holder } = wish;
    const resolved = this.names.resolve(wanted);
    if ('kind' in resolved) return resolved;
    const { maxOnDemandInstancesPerRequest: limit, onDemandTtlMinutes: ttlMinutes } = this.settings;
    if (resolved.some(({ count }) => count > limit)) return refuse('too-many-instances', { limit });
    const requestId = wish.requestId ?? deriveUuid(leasebookNamespace, `on-demand request\n${context.commandId}`);
    const at = context.time;
    // Of a command that came again, the first one's request is the latest of its id, and the stream knows the command.
    const { stream, generation } = await this.requests.placeFor(requestId, at);
    const shares = resolved.flatMap((asked) => this.draw(asked));
    const checkout = { checkoutId: context.commandId, ...this.facts(holder) };
    const times = { deadline: at + ttlMinutes * minuteMs, ttlMinutes, at };
    const data = { stream, requestId, generation, shares, checkout, ...times };
    const outcome = await this.executor.execute(onDemand, stream, { type: 'request', ...data }, context);
    return outcome.kind === 'refused' ? outcome : { kind: 'accepted', answer: { requestId } };
  }

  /** Each machine separately; by weight wherever every candidate has one. */
  private draw({ name, count, candidates: { pools, weights } }: Asked): OnDemandShare[] {
    const counts = new Map<string, number>();
    for (let machine = 0; machine < count; machine += 1) {
      const pool = drawn(pools, weights, this.world.random());
      counts.set(pool, (counts.get(pool) ?? 0) + 1);
    }
    return Array.from(counts, ([pool, its]) => ({ requestedAs: name, pool, count: its }));
  }

  private facts(holder: PoolHolder | null) {
    const hours = this.settings.vmLifetimeAuthHours;
    return {
      tokenHash: holder?.tokenHash ?? null,
      userId: holder?.userId ?? null,
      lifetime: holder !== null && hours !== null && hours > 0 ? hours : null,
    };
  }
}
