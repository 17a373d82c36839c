import { Inject, Injectable } from '@nestjs/common';
import { RESERVATIONS_WORLD, type ReservationsWorld } from '../../reservations.settings.js';
import { LeaseLifecycle } from './lease-lifecycle.js';

const patienceMs = 1_000;

type Answer = { readonly kind: 'accepted' } | { readonly kind: 'refused'; readonly code: string };

/**
 * A start or an end takes an instant as a rule. Whoever comes upon one waits for it, and is refused only where it takes
 * longer: otherwise whoever leases a host from now on could not say for some milliseconds what is next.
 */
@Injectable()
export class StepPatience {
  constructor(
    private readonly lifecycle: LeaseLifecycle,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {}

  /** `attempt` may be made more than once. */
  async run<Outcome extends Answer>(leaseId: string, attempt: () => Promise<Outcome>): Promise<Outcome> {
    const until = this.world.now() + patienceMs;
    for (;;) {
      const outcome = await attempt();
      if (outcome.kind === 'accepted' || outcome.code !== 'lease-status-invalid') return outcome;
      const left = until - this.world.now();
      if (left <= 0 || !(await this.lifecycle.stepsOver(leaseId, left))) return outcome;
    }
  }
}
