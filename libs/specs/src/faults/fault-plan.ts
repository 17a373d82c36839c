/**
 * What goes wrong at one call of a port. `before`: it fails and nothing has happened. `after`: it has happened, but the
 * caller is told that this is not known. `timeout`: nothing has happened and the caller cannot know. `slow`: it works,
 * a few turns of the event loop later.
 */
export type Fault = 'none' | 'before' | 'after' | 'timeout' | 'slow';

export const everyFault: readonly Fault[] = ['none', 'before', 'after', 'timeout', 'slow'];

/** A script of faults, call by call, over and over when `repeated`; afterwards nothing fails. */
export class FaultPlan {
  private calls = 0;
  private on = true;
  readonly met: { readonly call: string; readonly fault: Fault }[] = [];

  constructor(
    private readonly script: readonly Fault[],
    private readonly options: {
      readonly repeated?: boolean;
      /** After so many faults nothing fails any more: a rhythm of faults may else meet every attempt of a retry. */
      readonly most?: number;
      /** Only these calls are counted and may fail: `append`, `readStream` … Default: all. */
      readonly calls?: readonly string[];
    } = {},
  ) {}

  /** From now on everything works. */
  stop(): void {
    this.on = false;
  }

  next(call: string): Fault {
    const { calls, repeated = false, most = Infinity } = this.options;
    if (!this.on || this.met.length >= most || (calls !== undefined && !calls.includes(call))) return 'none';
    const index = repeated && this.script.length > 0 ? this.calls % this.script.length : this.calls;
    this.calls += 1;
    const fault = this.script[index] ?? 'none';
    if (fault !== 'none') this.met.push({ call, fault });
    return fault;
  }
}

/** Some turns of the event loop, without a clock. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Runs a call as the plan wants it; `fail` makes the error that the port's contract allows. */
export async function withFault<T>(
  plan: FaultPlan,
  call: string,
  run: () => Promise<T>,
  fail: (fault: Fault) => Error,
): Promise<T> {
  const fault = plan.next(call);
  if (fault === 'before' || fault === 'timeout') throw fail(fault);
  if (fault === 'slow') await turns(3);
  const result = await run();
  if (fault === 'after') throw fail(fault);
  return result;
}
