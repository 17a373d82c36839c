/** One piece of work of a lane. True: done, go on. A number: pause the lane for so many milliseconds, then try it again. */
export type Attempt = () => Promise<true | number>;

type Lane = Attempt[];

/**
 * Work in order within a key, different keys side by side, so many at most. A lane that pauses before a retry gives
 * its place to others.
 */
export class Lanes {
  private readonly lanes = new Map<string, Lane>();
  private readonly ready: string[] = [];
  private active = 0;
  private stopped = false;
  private drained: (() => void)[] = [];

  constructor(
    private readonly atOnce: number,
    private readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>,
    private readonly signal: AbortSignal,
  ) {}

  add(key: string, attempt: Attempt): void {
    if (this.stopped) return;
    const lane = this.lanes.get(key);
    if (lane !== undefined) {
      lane.push(attempt);
      return;
    }
    this.lanes.set(key, [attempt]);
    this.ready.push(key);
    this.pump();
  }

  /** Nothing further begins; fulfilled when what was under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.lanes.clear();
    this.ready.length = 0;
    if (this.active > 0) await new Promise<void>((resolve) => this.drained.push(resolve));
  }

  private pump(): void {
    while (this.active < this.atOnce && !this.stopped) {
      const key = this.ready.shift();
      const lane = key === undefined ? undefined : this.lanes.get(key);
      if (key === undefined || lane === undefined) return;
      this.active += 1;
      void this.run(key, lane);
    }
  }

  private async run(key: string, lane: Lane): Promise<void> {
    const result = (await lane[0]?.()) ?? true;
    this.active -= 1;
    if (this.stopped) {
      if (this.active === 0) for (const resolve of this.drained.splice(0)) resolve();
      return;
    }
    if (result === true) {
      lane.shift();
      if (lane.length > 0) this.ready.push(key);
      else this.lanes.delete(key);
    } else {
      void this.sleep(result, this.signal).then(() => {
        if (this.stopped) return;
        this.ready.push(key);
        this.pump();
      });
    }
    this.pump();
  }
}
