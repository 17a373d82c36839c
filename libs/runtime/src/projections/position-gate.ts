interface Waiter {
  readonly position: number;
  readonly pass: (reached: boolean) => void;
}

/** How far one read model has come, and who waits for it to come further. Survives a swap of generations. */
export class PositionGate {
  private reached = -Infinity;
  private blocked = false;
  private waiters = new Set<Waiter>();

  /** `awaited`: hears of each position for which somebody begins to wait. */
  constructor(private readonly awaited: (position: number) => void = () => undefined) {}

  get position(): number {
    return this.reached;
  }

  has(position: number): boolean {
    return this.reached >= position;
  }

  advance(position: number): void {
    if (position <= this.reached) return;
    this.reached = position;
    for (const waiter of this.waiters) {
      if (waiter.position > position) continue;
      this.waiters.delete(waiter);
      waiter.pass(true);
    }
  }

  /** Parked: it will not come further, nobody need wait. */
  block(): void {
    this.blocked = true;
    for (const waiter of this.waiters) waiter.pass(false);
    this.waiters.clear();
  }

  unblock(): void {
    this.blocked = false;
  }

  /** True when it has come that far; false when it is blocked or the signal came first. */
  wait(position: number, signal: AbortSignal): Promise<boolean> {
    if (this.has(position)) return Promise.resolve(true);
    if (this.blocked || signal.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        position,
        pass: (reached) => {
          signal.removeEventListener('abort', giveUp);
          resolve(reached);
        },
      };
      const giveUp = (): void => {
        this.waiters.delete(waiter);
        resolve(false);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.waiters.add(waiter);
      this.awaited(position);
    });
  }
}
