import { type CreateHarness, eventually, recorder, timer, type TimersHarness, withHarness } from './harness.js';

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

/** For adapters whose clock the harness can set. */
export function virtualTimeSuite(create: CreateHarness): void {
  describe('days and jumps of the clock', () => {
    const harness = withHarness(create);
    const virtual = (): TimersHarness & { readonly jump: (ms: number) => void } => {
      const found = harness();
      if (!found.jump) throw new Error('this suite is for a virtual clock');
      return { ...found, jump: found.jump };
    };

    it('fires on the very millisecond', async () => {
      const { timers, now, pass } = virtual();
      const noted = recorder(now);
      await timers.start(noted.fire);
      const began = now();
      await timers.schedule([1, 999, 1000, 1001, 61_234].map((ms) => timer(`t${ms}`, began + ms)));
      await pass(2 * 60 * second);
      expect(noted.fired.map(({ at }) => at - began)).toEqual([1, 999, 1000, 1001, 61_234]);
    });

    it('tries again after 1, 2, 4, 8, 16, 32, 60, 60 s', async () => {
      const { timers, now, pass } = virtual();
      const noted = recorder(now, () => Promise.reject(new Error('never')));
      await timers.schedule([timer('a', now())]);
      await timers.start(noted.fire);
      await pass(190 * second);
      const times = noted.fired.map(({ at }) => at / second);
      expect(times.slice(1).map((at, before) => at - times[before]!)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    });

    it('gives up waiting at a stop after 5 s, and leaves what hangs pending', async () => {
      const { timers, now, pass } = virtual();
      const noted = recorder(now, () => new Promise(() => undefined));
      await timers.schedule([timer('hangs', now())]);
      await timers.start(noted.fire);
      await pass(1);
      let stopped = false;
      const stopping = timers.stop().then(() => (stopped = true));
      await pass(4999);
      expect(stopped).toBe(false);
      await pass(1);
      await stopping;
      expect(await timers.pending(['hangs'])).toEqual(new Set(['hangs']));
    });

    it('keeps a timer for 400 days, which setTimeout cannot', async () => {
      const { timers, now, pass, jump } = virtual();
      const noted = recorder(now);
      await timers.start(noted.fire);
      const due = now() + 400 * day;
      await timers.schedule([timer('far', due)]);
      await pass(hour);
      jump(due - now() - 2 * second);
      await pass(2 * second - 1);
      expect(noted.fired).toEqual([]);
      await pass(1);
      expect(noted.fired.map(({ at }) => at)).toEqual([due]);
    });

    for (const [name, ms] of Object.entries({ 'an hour': hour, 'a day': day, '400 days': 400 * day })) {
      it(`after the clock was put forward ${name}, fires what became due within a second, in order`, async () => {
        const { timers, now, pass, jump } = virtual();
        const noted = recorder(now);
        await timers.start(noted.fire, { concurrency: 1 });
        const began = now();
        await timers.schedule([
          timer('b', began + ms),
          timer('a', began + 60 * second),
          timer('later', began + ms + hour),
        ]);
        await pass(10 * second);
        jump(ms);
        await pass(second);
        expect(noted.ids()).toEqual(['a', 'b']);
        await pass(hour);
        expect(noted.fired.slice(2).map(({ id, at }) => [id, at])).toEqual([['later', began + ms + hour]]);
      });
    }

    for (const [name, ms] of Object.entries({ 'an hour': hour, 'a day': day })) {
      it(`after the clock was put back ${name}, fires at the time on that clock, never early`, async () => {
        const { timers, now, pass, jump } = virtual();
        const noted = recorder(now);
        await timers.start(noted.fire);
        const due = now() + 10 * second;
        await timers.schedule([timer('a', due)]);
        await pass(9500);
        jump(-ms);
        await pass(10 * second);
        expect(noted.fired).toEqual([]);
        await timers.schedule([timer('new', now() + second)]);
        await pass(second);
        expect(noted.ids()).toEqual(['new']);
        jump(due - now() - second);
        await pass(second - 1);
        expect(noted.ids()).toEqual(['new']);
        await pass(second);
        expect(noted.ids()).toEqual(['new', 'a']);
        expect(noted.fired[1]!.at).toBeGreaterThanOrEqual(due);
      });
    }

    it('a clock that was put back does not put off a retry', async () => {
      const { timers, now, pass, jump } = virtual();
      const noted = recorder(now, () => {
        if (noted.fired.length === 1) throw new Error('once');
      });
      await timers.schedule([timer('a', now() - day)]);
      await timers.start(noted.fire);
      await pass(100);
      jump(-hour);
      await pass(second);
      expect(noted.ids()).toEqual(['a', 'a']);
    });

    it('keeps 100,000 pending and fires each once, in order, none early', async () => {
      const { timers, now, pass } = virtual();
      const noted = recorder(now);
      await timers.start(noted.fire);
      const began = now();
      const spread = Array.from({ length: 100_000 }, (_, at) => timer(`t.${at}`, began + ((at * 7919) % 5000)));
      await timers.schedule(spread);
      expect(await timers.count()).toBe(100_000);
      await eventually(harness(), () => noted.fired.length === 100_000);
      await pass(second);
      expect(new Set(noted.ids()).size).toBe(100_000);
      expect(noted.fired.filter(({ at, dueAt }) => at < dueAt)).toEqual([]);
      expect(noted.fired.every(({ dueAt }, at) => at === 0 || noted.fired[at - 1]!.dueAt <= dueAt)).toBe(true);
      expect(await timers.count()).toBe(0);
    });
  });
}
