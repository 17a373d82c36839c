import { VirtualClock } from '#specs';
import { timersContract } from '../../timers.contract.js';
import { createInProcessTimers } from './index.js';

const create = async () => {
  const clock = new VirtualClock();
  return {
    timers: createInProcessTimers(clock),
    now: () => clock.now(),
    pass: (ms: number) => clock.advance(ms),
    jump: (ms: number) => clock.jump(ms),
    restart: async () => createInProcessTimers(clock),
    forgets: true,
    close: async () => undefined,
  };
};
timersContract('in process', create, { virtualClock: true });

describe('timers in the process', () => {
  it('leave nothing armed once they are stopped', async () => {
    const clock = new VirtualClock();
    const timers = createInProcessTimers(clock);
    await timers.start(async () => undefined);
    expect(clock.waiting).toBe(0);
    await timers.schedule([{ id: 'a', dueAt: clock.now() + 5000, kind: 'k', payload: null }]);
    expect(clock.waiting).toBe(1);
    await timers.stop();
    expect(clock.waiting).toBe(0);
  });

  it('wait once for all timers, and no longer than a second', async () => {
    const waits: number[] = [];
    const clock = new VirtualClock();
    const timers = createInProcessTimers({
      now: () => clock.now(),
      setTimeout: (callback, ms) => {
        waits.push(ms);
        return clock.setTimeout(callback, ms);
      },
      clearTimeout: (handle) => clock.clearTimeout(handle),
    });
    await timers.start(async () => undefined);
    const far = Array.from({ length: 1000 }, (_, at) => ({
      id: `t${at}`,
      dueAt: clock.now() + 1e10 + at,
      kind: 'k',
      payload: null,
    }));
    for (const timer of far) await timers.schedule([timer]);
    expect(clock.waiting).toBe(1);
    expect(Math.max(...waits)).toBe(1000);
  });

  it('let the event loop go on while very many are overdue', async () => {
    const timers = createInProcessTimers();
    const overdue = Array.from({ length: 20_000 }, (_, at) => ({ id: `t${at}`, dueAt: at, kind: 'k', payload: null }));
    await timers.schedule(overdue);
    let fired = 0;
    let firedAtFirstTurn: number | undefined;
    setImmediate(() => (firedAtFirstTurn = fired));
    await timers.start(async () => {
      fired++;
    });
    while ((await timers.count()) > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(fired).toBe(20_000);
    expect(firedAtFirstTurn).toBeLessThan(20_000);
    await timers.stop();
  });

  it('fire by the real clock, never early', async () => {
    const timers = createInProcessTimers();
    const early: number[] = [];
    await timers.start(async ({ dueAt }) => {
      if (Date.now() < dueAt) early.push(dueAt - Date.now());
    });
    const began = Date.now();
    await timers.schedule(
      Array.from({ length: 500 }, (_, at) => ({ id: `t${at}`, dueAt: began + at / 3, kind: 'k', payload: null })),
    );
    while ((await timers.count()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(early).toEqual([]);
    await timers.stop();
  });
});
