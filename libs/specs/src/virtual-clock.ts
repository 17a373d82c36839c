import type { Clock } from '#kernel';

/** Node waits 1 ms instead of anything longer: code that asks for more must be found by tests. */
const longestWaitMs = 2 ** 31 - 1;

interface Wait {
  readonly id: number;
  /** On the clock that never jumps. */
  readonly at: number;
  readonly callback: () => void;
}

export interface VirtualTimeout {
  readonly id: number;
}

/** A wall clock and timers that move only when told to. Time passes with `advance`; `jump` changes the wall clock alone. */
export class VirtualClock implements Clock {
  private elapsed = 0;
  private wall: number;
  private nextId = 1;
  private readonly waits = new Map<number, Wait>();

  constructor(startsAt: number = Date.UTC(2026, 0, 1)) {
    this.wall = startsAt;
  }

  now(): number {
    return this.wall;
  }

  /** How many callbacks are waiting. */
  get waiting(): number {
    return this.waits.size;
  }

  /** Milliseconds until the first of them is called; undefined: none waits. */
  get nextInMs(): number | undefined {
    const next = this.next(Infinity);
    return next && next.at - this.elapsed;
  }

  setTimeout(callback: () => void, ms: number): VirtualTimeout {
    const wait = ms >= 1 && ms <= longestWaitMs ? Math.trunc(ms) : 1;
    const id = this.nextId++;
    this.waits.set(id, { id, at: this.elapsed + wait, callback });
    return { id };
  }

  clearTimeout(handle: VirtualTimeout | undefined): void {
    if (handle) this.waits.delete(handle.id);
  }

  /** Calls what is due on the way, in order, letting promises settle after each call. */
  async advance(ms: number): Promise<void> {
    const end = this.elapsed + ms;
    await settle();
    for (let next = this.next(end); next; next = this.next(end)) {
      this.waits.delete(next.id);
      this.pass(next.at - this.elapsed);
      next.callback();
      await settle();
    }
    this.pass(end - this.elapsed);
  }

  /** As when an operator or NTP sets the clock: nothing is called. */
  jump(ms: number): void {
    this.wall += ms;
  }

  private pass(ms: number): void {
    this.elapsed += ms;
    this.wall += ms;
  }

  private next(end: number): Wait | undefined {
    let first: Wait | undefined;
    for (const wait of this.waits.values()) {
      if (wait.at <= end && (!first || wait.at < first.at)) first = wait;
    }
    return first;
  }
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
