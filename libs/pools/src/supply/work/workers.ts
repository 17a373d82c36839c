import type { PoolsWorld } from '../../pools.settings.js';

export type WorkKind = 'clone' | 'boot' | 'destroy' | 'task';

/** Lets a piece of work learn that it is no longer wanted. */
export class WorkToken {
  private wake: (() => void) | undefined;
  private ended = false;

  get interrupted(): boolean {
    return this.ended;
  }

  interrupt(): void {
    this.ended = true;
    this.wake?.();
  }

  /** Ended early by an interruption. */
  sleep(world: PoolsWorld, ms: number): Promise<void> {
    if (this.ended) return Promise.resolve();
    return new Promise((resolve) => {
      const handle = world.setTimeout(() => {
        this.wake = undefined;
        resolve();
      }, ms);
      this.wake = () => {
        world.clearTimeout(handle);
        resolve();
      };
    });
  }
}

interface Work {
  readonly pool: string;
  readonly kind: WorkKind;
  readonly token: WorkToken;
}

export type WorkCounts = Readonly<Record<WorkKind, number>>;
const none: WorkCounts = { clone: 0, boot: 0, destroy: 0, task: 0 };

/** What is being done to which machine: one thing at a time. In memory: after a restart the log tells what is to be done. */
export class Workers {
  private readonly works = new Map<string, Work>();
  private readonly counts = new Map<string, Record<WorkKind, number>>();
  private idle: (() => void)[] = [];

  kindOf(vmId: string): WorkKind | undefined {
    return this.works.get(vmId)?.kind;
  }

  countsOf(pool: string): WorkCounts {
    return this.counts.get(pool) ?? none;
  }

  countOf(pool: string): number {
    const { clone, boot, destroy, task } = this.countsOf(pool);
    return clone + boot + destroy + task;
  }

  /** Undefined: something is done to that machine already. Fulfilled or rejected as the work is. */
  begin<T>(pool: string, vmId: string, kind: WorkKind, work: (token: WorkToken) => Promise<T>): Promise<T> | undefined {
    if (this.works.has(vmId)) return undefined;
    const token = new WorkToken();
    this.works.set(vmId, { pool, kind, token });
    this.count(pool, kind, 1);
    return work(token).finally(() => {
      this.works.delete(vmId);
      this.count(pool, kind, -1);
      if (this.works.size === 0) for (const resolve of this.idle.splice(0)) resolve();
    });
  }

  interrupt(vmId: string): void {
    this.works.get(vmId)?.token.interrupt();
  }

  /** Interrupts everything; fulfilled when all of it has ended. */
  async stop(): Promise<void> {
    for (const { token } of this.works.values()) token.interrupt();
    if (this.works.size > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private count(pool: string, kind: WorkKind, by: number): void {
    let counts = this.counts.get(pool);
    if (counts === undefined) this.counts.set(pool, (counts = { ...none }));
    counts[kind] += by;
  }
}
