import type { AggregateDefinition, CommandContext, CommandOutcome, DomainEvent } from '#kernel';
import type { Provider } from '#providers';
import { CommandExecutor } from '#runtime';

/** When a server dies: at its n-th step of those that change something, before it or after it. From then on everything fails. */
export class CrashPlan {
  steps = 0;
  private dead = false;
  private counting: boolean;

  /** `armed` false: steps count only after `arm`. */
  constructor(
    private readonly dieAt = Infinity,
    private readonly after = false,
    armed = true,
  ) {
    this.counting = armed;
  }

  get crashed(): boolean {
    return this.dead;
  }

  /** Steps count from now on. */
  arm(): void {
    this.counting = true;
  }

  now(): void {
    this.dead = true;
  }

  async step<T>(work: () => Promise<T>, counts: boolean): Promise<T> {
    if (this.dead) throw new Dead();
    const counted = counts && this.counting;
    if (counted) this.steps += 1;
    const last = counted && this.steps === this.dieAt;
    if (last && !this.after) {
      this.dead = true;
      throw new Dead();
    }
    const result = await work();
    if (last) this.dead = true;
    if (this.crashed) throw new Dead();
    return result;
  }
}

/** What is thrown has no effect: nothing that would change anything works any more. */
class Dead extends Error {
  override readonly name = 'Dead';
}

/** An executor of a process that may have died. */
export class CrashingExecutor extends CommandExecutor {
  constructor(
    private readonly inner: CommandExecutor,
    private readonly plan: CrashPlan,
  ) {
    super();
  }

  override execute<S, C, E extends DomainEvent, R extends string, A = undefined>(
    aggregate: AggregateDefinition<S, C, E, R>,
    stream: string,
    command: C,
    context: CommandContext,
    answer?: (state: Readonly<S>, events: readonly E[]) => A,
  ): Promise<CommandOutcome<E, R, A>> {
    return this.plan.step(() => this.inner.execute(aggregate, stream, command, context, answer), true);
  }

  override look<S, C, E extends DomainEvent, R extends string, T>(
    aggregate: AggregateDefinition<S, C, E, R>,
    stream: string,
    look: (state: Readonly<S>) => T,
  ): Promise<T> {
    return this.plan.step(() => this.inner.look(aggregate, stream, look), false);
  }
}

const changing: readonly PropertyKey[] = [
  'createVm',
  'destroyVm',
  'snapshotVm',
  'revertVm',
  'addDisk',
  'destroyGuest',
  'imageGuest',
];

/** A provider as a process sees it that may have died. What was begun at the provider goes on. */
export function crashingProvider(provider: Provider, plan: CrashPlan): Provider {
  return new Proxy(provider, {
    get: (target, key) => {
      const member = Reflect.get(target, key) as unknown;
      if (typeof member !== 'function') return member;
      const call = member.bind(target) as (...args: unknown[]) => Promise<unknown>;
      return (...args: unknown[]) => plan.step(() => call(...args), changing.includes(key));
    },
  });
}
