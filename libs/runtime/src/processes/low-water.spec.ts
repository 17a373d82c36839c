import fc from 'fast-check';
import type { LogEvent } from '../log-event.js';
import { LowWater } from './low-water.js';

const at = (position: number): LogEvent => ({ position }) as LogEvent;

describe('how far everything is done', () => {
  it('is as far as was seen while nothing is outstanding, and not beyond what is', () => {
    const lowWater = new LowWater();
    expect(lowWater.through).toBeUndefined();
    lowWater.pass(at(1));
    expect(lowWater.through?.position).toBe(1);
    const [two, three] = [lowWater.begin(at(2)), lowWater.begin(at(3), 2)];
    lowWater.pass(at(4));
    expect([lowWater.through?.position, lowWater.size]).toEqual([1, 2]);
    three.done();
    two.done();
    expect([lowWater.through?.position, lowWater.size]).toEqual([2, 1]);
    three.done();
    expect([lowWater.through?.position, lowWater.size]).toEqual([4, 0]);
  });

  it('never goes back, and never passes what is not done, whatever is begun, passed and done', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('begin' as const), pieces: fc.integer({ min: 1, max: 3 }) }),
        fc.record({ kind: fc.constant('pass' as const) }),
        fc.record({ kind: fc.constant('done' as const), which: fc.nat() }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const lowWater = new LowWater();
        const open: { readonly position: number; readonly done: () => void }[] = [];
        let [position, reached] = [0, 0];
        for (const step of all) {
          if (step.kind === 'pass') lowWater.pass(at((position += 1)));
          if (step.kind === 'begin') {
            const { done } = lowWater.begin(at((position += 1)), step.pieces);
            for (let piece = 0; piece < step.pieces; piece += 1) open.push({ position, done });
          }
          if (step.kind === 'done' && open.length > 0) open.splice(step.which % open.length, 1)[0]?.done();
          const now = lowWater.through?.position ?? 0;
          expect(now).toBeGreaterThanOrEqual(reached);
          for (const outstanding of open) expect(now).toBeLessThan(outstanding.position);
          if (open.length === 0) expect(now).toBe(position);
          reached = now;
        }
      }),
    );
  });
});
