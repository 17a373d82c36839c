import { refuse, type Interval, type Refused } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Injectable } from '@nestjs/common';
import type { ReservationsRefusal } from '../../contracts.js';
import { floatingIps, floatingIpsStream } from '../../floating-ips/floating-ips.aggregate.js';
import { addressOffer, undecidedHolds } from '../../floating-ips/floating-ips.looks.js';
import type { ReservationTerms } from '../../lease/lease.events.js';
import { HostPlans } from './host-plans.js';
import { addressWish, fresh, hostWish, wantsAddresses } from './wishes.policy.js';

/** Whether there is enough for each reservation by itself: a question without holds (contracts/blazar §5, step 6). */
@Injectable()
export class Candidates {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly plans: HostPlans,
  ) {}

  /** The first shortage; what others have not decided on is none (C11). */
  async shortage(
    terms: readonly ReservationTerms[],
    window: Interval,
  ): Promise<Refused<ReservationsRefusal> | undefined> {
    for (const each of terms) {
      const refusal = wantsAddresses(each) ? await this.ofAddresses(each, window) : await this.ofHosts(each, window);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  private async ofHosts(
    terms: Parameters<typeof hostWish>[1],
    window: Interval,
  ): Promise<Refused<ReservationsRefusal> | undefined> {
    const plan = await this.plans.plan([hostWish('', terms, window, fresh)]);
    return plan.kind === 'short' ? refuse(plan.code as ReservationsRefusal, plan.facts) : undefined;
  }

  private async ofAddresses(
    terms: Parameters<typeof addressWish>[1],
    window: Interval,
  ): Promise<Refused<ReservationsRefusal> | undefined> {
    const wish = addressWish('', terms, window, fresh);
    const short = await this.executor.look(
      floatingIps,
      floatingIpsStream,
      (state) => !addressOffer(state, wish).fits && undecidedHolds(state).length === 0,
    );
    return short ? refuse('not-enough-floating-ips') : undefined;
  }
}
