import { StoreUnavailable } from '#kernel';
import type { FireTimer, Timer, Timers } from '#timers';
import { withFault, type FaultPlan } from './fault-plan.js';

const failed = (): Error => new StoreUnavailable('the plan wants a fault');

/** Timers whose `schedule`, `cancel` and `pending` fail by plan, and whose firing (`fire`) comes twice where the plan says `after`. */
export class FaultyTimers implements Timers {
  constructor(
    private readonly inner: Timers,
    private readonly plan: FaultPlan,
  ) {}

  schedule(timers: readonly Timer[]): Promise<void> {
    return withFault(this.plan, 'schedule', () => this.inner.schedule(timers), failed);
  }

  cancel(ids: readonly string[]): Promise<void> {
    return withFault(this.plan, 'cancel', () => this.inner.cancel(ids), failed);
  }

  pending(ids: readonly string[]): Promise<ReadonlySet<string>> {
    return withFault(this.plan, 'pending', () => this.inner.pending(ids), failed);
  }

  count(): Promise<number> {
    return this.inner.count();
  }

  start(fire: FireTimer, options?: { readonly concurrency?: number }): Promise<void> {
    const fireByPlan: FireTimer = async (timer) => {
      const fault = this.plan.next('fire');
      if (fault === 'before' || fault === 'timeout') throw failed();
      if (fault === 'after') await fire(timer);
      await fire(timer);
    };
    return this.inner.start(fireByPlan, options);
  }

  stop(): Promise<void> {
    return this.inner.stop();
  }

  condition(): ReturnType<Timers['condition']> {
    return this.inner.condition();
  }
}
