import { type CreateHarness, eventually, recorder, timer, withHarness } from './harness.js';

export function pendingSuite(create: CreateHarness): void {
  describe('what is pending', () => {
    const harness = withHarness(create);
    const hour = 3_600_000;

    it('knows what was scheduled, and only that', async () => {
      const { timers, now } = harness();
      expect(await timers.count()).toBe(0);
      await timers.schedule([timer('a', now() + hour), timer('b', now() + hour)]);
      expect(await timers.count()).toBe(2);
      expect(await timers.pending(['a', 'c', 'b'])).toEqual(new Set(['a', 'b']));
      expect(await timers.pending([])).toEqual(new Set());
    });

    it('forgets what is cancelled, and takes the cancelling of what it does not know', async () => {
      const { timers, now } = harness();
      await timers.schedule([timer('a', now() + hour), timer('b', now() + hour)]);
      await timers.cancel(['a', 'unknown', 'a']);
      expect(await timers.pending(['a', 'b'])).toEqual(new Set(['b']));
      expect(await timers.count()).toBe(1);
      await timers.cancel([]);
      expect(await timers.count()).toBe(1);
    });

    it('keeps the first of two timers with one id, also within one call', async () => {
      const { timers, now } = harness();
      const noted = recorder(now);
      const due = now() + 40;
      await timers.schedule([timer('a', due, { payload: 'first' }), timer('a', due, { payload: 'second' })]);
      await timers.schedule([timer('a', due + hour, { kind: 'another', payload: 'third' })]);
      expect(await timers.count()).toBe(1);
      await timers.start(noted.fire);
      await eventually(harness(), () => noted.fired.length > 0);
      await harness().pass(200);
      expect(noted.fired.map(({ timer: { kind, payload, dueAt } }) => ({ kind, payload, dueAt }))).toEqual([
        { kind: 'lease-end', payload: 'first', dueAt: due },
      ]);
    });

    it('takes an id again once its timer was cancelled or is done', async () => {
      const { timers, now } = harness();
      const noted = recorder(now);
      await timers.start(noted.fire);
      await timers.schedule([timer('cancelled', now() + hour), timer('done', now())]);
      await timers.cancel(['cancelled']);
      await eventually(harness(), () => noted.fired.length === 1);
      await harness().pass(50);
      expect(await timers.count()).toBe(0);
      await timers.schedule([timer('cancelled', now()), timer('done', now())]);
      await eventually(harness(), () => noted.fired.length === 3);
      expect(noted.ids().slice(1).sort()).toEqual(['cancelled', 'done']);
    });

    it.each(['lease.4f1c-9.end.1764000000000', 'A', '1a', '1.5', '-', 'x'.repeat(255)])(
      'takes the id %p',
      async (id) => {
        const { timers, now } = harness();
        await timers.schedule([timer(id, now() + hour)]);
        expect(await timers.pending([id])).toEqual(new Set([id]));
      },
    );

    it.each(['', '42', '-42', '007', 'a:b', 'a b', 'a/b', 'ä', 'a\n', 'x'.repeat(256)])(
      'refuses the id %p, and everything scheduled with it',
      async (id) => {
        const { timers, now } = harness();
        await expect(timers.schedule([timer('good', now() + hour), timer(id, now() + hour)])).rejects.toThrow(
          RangeError,
        );
        expect(await timers.count()).toBe(0);
      },
    );

    it.each([NaN, Infinity, -Infinity])('refuses the time %p', async (dueAt) => {
      await expect(harness().timers.schedule([timer('a', dueAt)])).rejects.toThrow(RangeError);
      expect(await harness().timers.count()).toBe(0);
    });

    it('after a restart knows its timers, or lets them be armed again', async () => {
      const { timers, now, forgets, restart } = harness();
      const due = now() + 60;
      await timers.schedule([timer('a', due)]);
      const restarted = await restart();
      expect(await restarted.pending(['a'])).toEqual(new Set(forgets ? [] : ['a']));
      await restarted.schedule([timer('a', due)]);
      const noted = recorder(now);
      await restarted.start(noted.fire);
      await eventually(harness(), () => noted.fired.length > 0);
      await harness().pass(100);
      expect(noted.ids()).toEqual(['a']);
      await restarted.stop();
    });
  });
}
