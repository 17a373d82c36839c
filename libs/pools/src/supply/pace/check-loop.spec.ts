import { beforeEach, describe, expect, it } from '@jest/globals';
import { VirtualClock } from '#specs';
import type { PoolsWorld } from '../../pools.settings.js';
import { CheckLoop } from './check-loop.js';

describe('a loop of checks', () => {
  let clock: VirtualClock;
  let checks: number[];
  let check: () => Promise<boolean>;
  let loop: CheckLoop;

  beforeEach(() => {
    clock = new VirtualClock(0);
    checks = [];
    check = async () => false;
    const world = {
      now: () => clock.now(),
      setTimeout: (callback: () => void, ms: number) => clock.setTimeout(callback, ms),
      clearTimeout: (handle: never) => {
        clock.clearTimeout(handle);
      },
    } as unknown as PoolsWorld;
    loop = new CheckLoop(
      () => {
        checks.push(clock.now());
        return check();
      },
      { minMs: 5_000, maxMs: 60_000, decay: 2 },
      world,
    );
  });

  it('checks at once, and then ever more seldom while nothing happens', async () => {
    loop.start();
    await clock.advance(200_000);
    expect(checks).toEqual([0, 5_000, 15_000, 35_000, 75_000, 135_000, 195_000]);
  });

  it('keeps to the shortest interval while something happens', async () => {
    check = async () => true;
    loop.start();
    await clock.advance(16_000);
    expect(checks).toEqual([0, 5_000, 10_000, 15_000]);
  });

  it('comes forward when nudged, once for many nudges, and is frequent again afterwards', async () => {
    loop.start();
    await clock.advance(100_000);
    const before = checks.length;
    for (let n = 0; n < 10; n += 1) loop.nudge();
    await clock.advance(30_000);
    expect(checks.slice(before)).toEqual([100_001, 105_001, 115_001]);
  });

  it('never checks twice at once: nudges during a check make one more, a little later', async () => {
    let finish: ((eventful: boolean) => void) | undefined;
    check = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    loop.start();
    loop.nudge();
    loop.nudge();
    await clock.advance(5);
    expect(checks).toEqual([0]);
    finish?.(false);
    await clock.advance(100);
    expect(checks).toEqual([0, 20]);
    await clock.advance(100_000);
    expect(checks).toEqual([0, 20]);
  });

  it('spreads a stream of nudges', async () => {
    loop.start();
    for (let ms = 0; ms < 100; ms += 1) {
      loop.nudge();
      await clock.advance(1);
    }
    expect(checks).toEqual([0, 20, 40, 60, 80, 100]);
  });

  it('is not held up by a clock that is set back', async () => {
    loop.start();
    await clock.advance(10);
    clock.jump(-1_000_000);
    loop.nudge();
    await clock.advance(20);
    expect(checks).toHaveLength(2);
  });

  it('does nothing any more once it is stopped, nudged or not, and can be started again', async () => {
    loop.start();
    await loop.stop();
    loop.nudge();
    await clock.advance(100_000);
    expect(checks).toEqual([0]);
    expect(clock.waiting).toBe(0);
    loop.start();
    expect(checks).toEqual([0, 100_000]);
  });
});
