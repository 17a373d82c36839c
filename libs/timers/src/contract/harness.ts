import type { Timer, Timers } from '../port.js';
import { stopWaitMs } from '../timer-rules.js';

/** One adapter on a clock that the suite can let run. */
export interface TimersHarness {
  readonly timers: Timers;
  /** Milliseconds since 1970 on the clock that the adapter obeys. */
  now(): number;
  /** Lets at least this much time pass: at once on a virtual clock. */
  pass(ms: number): Promise<void>;
  /** Only where the clock is virtual: sets the wall clock, letting no time pass. */
  readonly jump?: (ms: number) => void;
  /** As after a restart of the process, on the same clock. */
  restart(): Promise<Timers>;
  /** Are pending timers gone after a restart, so that only the sweep brings them back? */
  readonly forgets: boolean;
  close(): Promise<void>;
}

export type CreateHarness = () => Promise<TimersHarness>;

export const timer = (id: string, dueAt: number, over: Partial<Timer> = {}): Timer => ({
  id,
  dueAt,
  kind: 'lease-end',
  payload: null,
  ...over,
});

/** A harness for the tests of one `describe`. */
export function withHarness(create: CreateHarness): () => TimersHarness {
  let harness: TimersHarness;
  beforeEach(async () => {
    harness = await create();
  });
  afterEach(async () => {
    // Some handlers hang on purpose; on a virtual clock somebody must let the time pass that `stop` waits for them.
    await Promise.all([harness.timers.stop(), harness.jump && harness.pass(stopWaitMs)]);
    await harness.close();
  });
  return () => harness;
}

export interface Fired {
  readonly id: string;
  readonly at: number;
  readonly dueAt: number;
  readonly timer: Timer;
}

/** A handler that notes what fired when, and does what the test says. */
export function recorder(now: () => number, handle: (timer: Timer) => Promise<void> | void = () => undefined) {
  const fired: Fired[] = [];
  return {
    fired,
    ids: () => fired.map(({ id }) => id),
    fire: async (due: Timer) => {
      fired.push({ id: due.id, at: now(), dueAt: due.dueAt, timer: due });
      await handle(due);
    },
  };
}

/** Lets time pass in steps until something is so; gives up after 10 s. */
export async function eventually(harness: TimersHarness, so: () => boolean): Promise<void> {
  for (let waited = 0; !so() && waited < 10_000; waited += 20) await harness.pass(20);
  expect(so()).toBe(true);
}

/** A promise and its key. */
export function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}
