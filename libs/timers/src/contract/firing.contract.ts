import { type CreateHarness, eventually, gate, recorder, timer, withHarness } from './harness.js';

export function firingSuite(create: CreateHarness): void {
  describe('firing', () => {
    const harness = withHarness(create);

    it('fires with what was scheduled, once, and never early', async () => {
      const { timers, now } = harness();
      const noted = recorder(now);
      await timers.start(noted.fire);
      const payload = { lease: 'l-1', nested: [1, 'ü', null, { deep: true }] };
      const began = now();
      const dues = [120, 30, 75, 31, 30.5, 200];
      await timers.schedule(dues.map((ms, at) => timer(`t${at}`, began + ms, { kind: `kind-${at}`, payload })));
      await eventually(harness(), () => noted.fired.length === dues.length);
      await harness().pass(100);
      expect(noted.ids().sort()).toEqual(['t0', 't1', 't2', 't3', 't4', 't5']);
      for (const { at, dueAt, timer: fired, id } of noted.fired) {
        expect(at).toBeGreaterThanOrEqual(dueAt);
        expect(fired.kind).toBe(`kind-${id.slice(1)}`);
        expect(fired.payload).toEqual(payload);
      }
      expect(await timers.count()).toBe(0);
    });

    it('fires nothing before it was started', async () => {
      const { timers, now, pass } = harness();
      const noted = recorder(now);
      await timers.schedule([timer('a', now() - 10), timer('b', now() + 20)]);
      await pass(100);
      expect(await timers.count()).toBe(2);
      expect(timers.condition()).toMatchObject({ ready: false });
      await timers.start(noted.fire);
      expect(timers.condition()).toEqual({ ready: true });
      await eventually(harness(), () => noted.fired.length === 2);
    });

    it('refuses a second start, and a concurrency that lets nothing start', async () => {
      const { timers, now } = harness();
      const { fire } = recorder(now);
      await expect(timers.start(fire, { concurrency: 0 })).rejects.toThrow(RangeError);
      await timers.start(fire);
      await expect(timers.start(fire)).rejects.toThrow('started already');
    });

    it('fires the overdue at once after the start, in the order of their times, equal ones in the order of scheduling', async () => {
      const { timers, now } = harness();
      const noted = recorder(now);
      const began = now();
      await timers.schedule([timer('late', began - 10), timer('equal-1', began - 500), timer('first', began - 9_000)]);
      await timers.schedule([timer('equal-2', began - 500), timer('equal-3', began - 500)]);
      await timers.start(noted.fire, { concurrency: 1 });
      await eventually(harness(), () => noted.fired.length === 5);
      expect(noted.ids()).toEqual(['first', 'equal-1', 'equal-2', 'equal-3', 'late']);
    });

    it('does not start what was cancelled, nor what is scheduled for the past before what is due earlier', async () => {
      const { timers, now } = harness();
      const noted = recorder(now);
      const began = now();
      await timers.schedule([timer('b', began - 1), timer('a', began - 2), timer('gone', began - 3)]);
      await timers.cancel(['gone']);
      await timers.start(noted.fire, { concurrency: 1 });
      await eventually(harness(), () => noted.fired.length === 2);
      await harness().pass(100);
      expect(noted.ids()).toEqual(['a', 'b']);
    });

    it('never has more of them at work than it may', async () => {
      const { timers, now, pass } = harness();
      const gates = Array.from({ length: 7 }, gate);
      let [working, most] = [0, 0];
      await timers.schedule(gates.map((_, at) => timer(`t${at}`, now() - 100 + at)));
      const noted = recorder(now, async ({ id }) => {
        most = Math.max(most, ++working);
        await gates[Number(id.slice(1))]?.opened;
        working--;
      });
      await timers.start(noted.fire, { concurrency: 3 });
      await eventually(harness(), () => noted.fired.length === 3);
      await pass(100);
      expect(noted.fired).toHaveLength(3);
      expect(await timers.count()).toBe(7);
      gates[1]?.open();
      await eventually(harness(), () => noted.fired.length === 4);
      expect(noted.ids()).toEqual(['t0', 't1', 't2', 't3']);
      for (const { open } of gates) open();
      await eventually(harness(), () => working === 0 && noted.fired.length === 7);
      expect(most).toBe(3);
    });

    it('tries again what fails, not before a second, and keeps it pending meanwhile', async () => {
      const { timers, now, pass } = harness();
      const noted = recorder(now, () => {
        if (noted.fired.length === 1) throw new Error('not this time');
      });
      await timers.schedule([timer('a', now() - 5_000)]);
      await timers.start(noted.fire);
      await eventually(harness(), () => noted.fired.length === 1);
      await pass(50);
      expect(await timers.pending(['a'])).toEqual(new Set(['a']));
      await eventually(harness(), () => noted.fired.length === 2);
      expect(noted.fired[1]!.at - noted.fired[0]!.at).toBeGreaterThanOrEqual(1000);
      await pass(100);
      expect(await timers.count()).toBe(0);
    });

    it('takes a handler that throws before it returns a promise as failed', async () => {
      const { timers, now, pass } = harness();
      let calls = 0;
      await timers.schedule([timer('a', now())]);
      await timers.start(() => {
        calls++;
        throw new Error('at once');
      });
      await eventually(harness(), () => calls === 1);
      await pass(50);
      expect(await timers.pending(['a'])).toEqual(new Set(['a']));
    });

    it('lets the others go on while one fails', async () => {
      const { timers, now } = harness();
      const noted = recorder(now, ({ id }) => {
        if (id === 'bad') throw new Error('always');
      });
      await timers.schedule([timer('bad', now() - 50), timer('good', now() - 40), timer('later', now() + 60)]);
      await timers.start(noted.fire, { concurrency: 1 });
      await eventually(harness(), () => noted.ids().includes('later'));
      expect(noted.ids()).toEqual(expect.arrayContaining(['bad', 'good', 'later']));
      expect(await timers.pending(['bad', 'good'])).toEqual(new Set(['bad']));
    });

    it('does not try again what was cancelled while it waited', async () => {
      const { timers, now, pass } = harness();
      const noted = recorder(now, () => Promise.reject(new Error('no')));
      await timers.schedule([timer('a', now())]);
      await timers.start(noted.fire);
      await eventually(harness(), () => noted.fired.length === 1);
      await pass(50);
      await timers.cancel(['a']);
      expect(await timers.count()).toBe(0);
      await pass(1500);
      expect(noted.fired).toHaveLength(1);
    });

    it.each(['succeeds', 'fails'])('does not try again what was cancelled while it fired and then %s', async (how) => {
      const { timers, now, pass } = harness();
      const { opened, open } = gate();
      const noted = recorder(now, async () => {
        await opened;
        if (how === 'fails') throw new Error('too late');
      });
      await timers.schedule([timer('a', now())]);
      await timers.start(noted.fire);
      await eventually(harness(), () => noted.fired.length === 1);
      expect(await timers.pending(['a'])).toEqual(new Set(['a']));
      await timers.schedule([timer('a', now())]);
      await timers.cancel(['a']);
      open();
      await pass(1500);
      expect(noted.fired).toHaveLength(1);
      expect(await timers.count()).toBe(0);
    });

    it('after stop starts nothing, and goes on after the next start', async () => {
      const { timers, now, pass } = harness();
      const noted = recorder(now);
      await timers.start(noted.fire);
      await timers.schedule([timer('soon', now() + 40)]);
      await timers.stop();
      expect(timers.condition()).toMatchObject({ ready: false });
      await timers.schedule([timer('overdue', now() - 40)]);
      await pass(200);
      expect(noted.fired).toEqual([]);
      await timers.start(noted.fire, { concurrency: 1 });
      await eventually(harness(), () => noted.fired.length === 2);
      expect(noted.ids()).toEqual(['overdue', 'soon']);
    });

    it('waits at a stop for what is firing', async () => {
      const { timers, now, pass } = harness();
      const { opened, open } = gate();
      const noted = recorder(now, () => opened);
      await timers.schedule([timer('working', now() - 2), timer('waiting', now() - 1)]);
      await timers.start(noted.fire, { concurrency: 1 });
      await eventually(harness(), () => noted.fired.length === 1);
      let stopped = false;
      const stopping = timers.stop().then(() => (stopped = true));
      await pass(100);
      expect(stopped).toBe(false);
      open();
      await stopping;
      expect(noted.ids()).toEqual(['working']);
      expect(await timers.pending(['working', 'waiting'])).toEqual(new Set(['waiting']));
    });
  });
}
