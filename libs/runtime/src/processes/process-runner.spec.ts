import { MemoryEventStore, MemoryLog } from '#event-store/adapters/memory';
import { createMemoryTimers } from '#timers/adapters/memory';
import {
  allDone as done,
  counterAlarm,
  counterExecutor,
  notedCounterAlarm,
  places,
  processesIn as runnerIn,
  turns,
  world,
  type Note,
  type Notes,
} from '#specs';
import { deriveUuid, leasebookNamespace } from '../derived-ids.js';

describe('a process', () => {
  it('carries out what each event wants, in order per instance, with command ids derived from the event', async () => {
    const the = world();
    const { run } = counterExecutor(the.store);
    const notes: Notes = [];
    const runner = runnerIn(the, [notedCounterAlarm(notes)]);
    await run({ kind: 'add', amount: 1 });
    await runner.start();
    for (const on of ['counter-b', 'counter-a', 'counter-b', 'counter-a'])
      await run({ kind: 'add', amount: 1 }, {}, on);
    await done(runner, the.store);
    expect(places(notes).filter((place) => place.startsWith('counter-a'))).toEqual(
      [0, 1, 2].map((n) => `counter-a/${n}`),
    );
    expect(places(notes).filter((place) => place.startsWith('counter-b'))).toEqual([0, 1].map((n) => `counter-b/${n}`));
    const [first] = await the.store.readStream('counter-a');
    expect(notes[0]?.commandId).toBe(deriveUuid(leasebookNamespace, `process\ncounterAlarm\n${first!.id}\n0`));
    await runner.stop();
  });

  it('gives its handlers a repeatable context that keeps the correlation and names the cause', async () => {
    const the = world();
    let seen: unknown;
    const process = notedCounterAlarm([]);
    const runner = runnerIn(the, [{ ...process, handlers: { note: async (_, context) => void (seen = context) } }]);
    await runner.start();
    await counterExecutor(the.store).add(1, { correlationId: 'thread', requestId: 'req-1' });
    await done(runner, the.store);
    const [event] = await the.store.readStream('counter-a');
    expect(seen).toMatchObject({
      repeatable: true,
      causationId: event!.id,
      correlationId: 'thread',
      requestId: 'req-1',
      actor: { userId: 'system', method: 'system' },
      facade: 'runtime',
      time: 0,
      clientAddress: null,
    });
    await runner.stop();
  });

  it('does nothing twice after a clean restart', async () => {
    const the = world();
    const notes: Notes = [];
    const { add } = counterExecutor(the.store);
    const first = runnerIn(the, [notedCounterAlarm(notes)]);
    await first.start();
    await add(1);
    await done(first, the.store);
    await first.stop();
    await add(2);
    const second = runnerIn({ ...the, timers: createMemoryTimers(the.clock) }, [notedCounterAlarm(notes)]);
    await second.start();
    await done(second, the.store);
    expect(places(notes)).toEqual(['counter-a/0', 'counter-a/1']);
    await second.stop();
  });

  it('does again, under the same command id, what a crash may have cut off', async () => {
    const the = world();
    const notes: Notes = [];
    const { add } = counterExecutor(the.store);
    await add(1);
    await add(2);
    // Never answers the second note: the process dies with it under way.
    const first = runnerIn(the, [
      notedCounterAlarm(notes, {}, ({ revision }) => (revision === 1 ? new Promise<void>(() => undefined) : undefined)),
    ]);
    await first.start();
    await turns(20);
    const second = runnerIn({ ...the, timers: createMemoryTimers(the.clock) }, [notedCounterAlarm(notes)]);
    await second.start();
    await done(second, the.store);
    expect([...new Set(places(notes))]).toEqual(['counter-a/0', 'counter-a/1']);
    const ids = new Map(notes.map(({ note, commandId }) => [note.revision, commandId]));
    for (const { note, commandId } of notes) expect(commandId).toBe(ids.get(note.revision));
    await second.stop();
  });

  it('does not do again what was written down as done, although the checkpoint waits for another instance', async () => {
    const the = world();
    const notes: Notes = [];
    const { run } = counterExecutor(the.store);
    for (const on of ['counter-z', 'counter-a', 'counter-b', 'counter-b'])
      await run({ kind: 'add', amount: 1 }, {}, on);
    const stuck = new Set(['counter-a']);
    const fail = ({ stream }: Note) => (stuck.has(stream) ? new Promise<void>(() => undefined) : undefined);
    const first = runnerIn(the, [notedCounterAlarm(notes, {}, fail)]);
    await first.start();
    await turns(20);
    expect(first.status()).toMatchObject([{ outstanding: 3 }]);
    stuck.clear();
    const twice: string[] = [];
    const second = runnerIn({ ...the, timers: createMemoryTimers(the.clock) }, [notedCounterAlarm(notes)], {
      startedTwice: (_, key) => twice.push(key),
    });
    await second.start();
    await done(second, the.store);
    expect(places(notes).sort()).toEqual(['counter-a/0', 'counter-b/0', 'counter-b/1', 'counter-z/0']);
    expect(twice).toEqual([]);
    await second.stop();
  });

  it('reports and skips a second start of one instance', async () => {
    const the = world();
    const notes: Notes = [];
    const twice: string[] = [];
    const runner = runnerIn(
      the,
      [notedCounterAlarm(notes, { correlate: ({ stream }) => ({ key: stream, as: 'start' }) })],
      {
        startedTwice: (process, key) => twice.push(`${process} ${key}`),
      },
    );
    await runner.start();
    await counterExecutor(the.store).add(1);
    await counterExecutor(the.store).add(2);
    await done(runner, the.store);
    expect(twice).toEqual(['counterAlarm counter-a']);
    expect(places(notes)).toEqual(['counter-a/0']);
    await runner.stop();
  });

  it('forgets an instance that stopped: later events are nobody’s', async () => {
    const the = world();
    const notes: Notes = [];
    const { run, add } = counterExecutor(the.store);
    const runner = runnerIn(the, [notedCounterAlarm(notes)]);
    await runner.start();
    await add(1);
    await run({ kind: 'empty' });
    await add(2);
    await done(runner, the.store);
    expect(places(notes)).toEqual(['counter-a/0']);
    await runner.stop();
  });

  it('works on several instances at once, so many at most', async () => {
    const the = world();
    const { run } = counterExecutor(the.store);
    let [now, most] = [0, 0];
    const runner = runnerIn(
      the,
      [
        notedCounterAlarm([], {}, async () => {
          now += 1;
          most = Math.max(most, now);
          await turns(5);
          now -= 1;
        }),
      ],
      {},
      3,
    );
    for (let n = 0; n < 10; n += 1) await run({ kind: 'add', amount: 1 }, {}, `counter-${n}`);
    await runner.start();
    await done(runner, the.store);
    expect(most).toBe(3);
    await runner.stop();
  });

  it('of a new version folds its instances anew without reacting again, and goes on', async () => {
    const the = world();
    const notes: Notes = [];
    const { add } = counterExecutor(the.store);
    const first = runnerIn(the, [notedCounterAlarm(notes)]);
    await first.start();
    await add(1);
    await add(2);
    await done(first, the.store);
    await first.stop();
    await add(3);
    const seen: number[] = [];
    const second = runnerIn({ ...the, timers: createMemoryTimers(the.clock) }, [
      notedCounterAlarm(notes, {
        version: 2,
        react: (state, envelope, key) => (seen.push(state.additions), counterAlarm().react(state, envelope, key)),
      }),
    ]);
    await second.start();
    await done(second, the.store);
    expect(places(notes)).toEqual([0, 1, 2].map((n) => `counter-a/${n}`));
    expect(seen).toEqual([3]);
    await second.stop();
  });

  it('of another log reacts to all of it', async () => {
    const the = world({ store: new MemoryEventStore({ log: new MemoryLog('one') }) });
    const notes: Notes = [];
    const first = runnerIn(the, [notedCounterAlarm(notes)]);
    await first.start();
    await counterExecutor(the.store).add(1);
    await done(first, the.store);
    await first.stop();
    const store = new MemoryEventStore({ log: new MemoryLog('two') });
    for (let n = 0; n < 2; n += 1) await counterExecutor(store).add(1);
    const second = runnerIn({ ...the, store, timers: createMemoryTimers(the.clock) }, [notedCounterAlarm(notes)]);
    await second.start();
    await done(second, store);
    expect(places(notes)).toEqual(['counter-a/0', 'counter-a/0', 'counter-a/1']);
    await second.stop();
  });
});

describe('timers of a process', () => {
  it('are armed by its reactions, fire when due and not before, and are cancelled', async () => {
    const the = world();
    const notes: Notes = [];
    const { add } = counterExecutor(the.store);
    const runner = runnerIn(the, [notedCounterAlarm(notes)]);
    await runner.start();
    await add(7);
    await done(runner, the.store);
    await the.clock.advance(69_999);
    expect(places(notes)).toEqual(['counter-a/0']);
    await the.clock.advance(1);
    await turns(2);
    expect(places(notes)).toEqual(['counter-a/0', 'counter-a/-1']);
    await runner.stop();
  });

  it('are cancelled by its reactions', async () => {
    const the = world();
    const notes: Notes = [];
    const { run, add } = counterExecutor(the.store);
    const runner = runnerIn(the, [notedCounterAlarm(notes)]);
    await runner.start();
    await add(7);
    await done(runner, the.store);
    expect(await the.timers.count()).toBe(1);
    await run({ kind: 'empty' });
    await done(runner, the.store);
    expect(await the.timers.count()).toBe(0);
    await runner.stop();
  });

  it('that were lost are armed again by the sweep, at the start and later', async () => {
    const the = world();
    const { add } = counterExecutor(the.store);
    const first = runnerIn(the, [notedCounterAlarm([])]);
    await first.start();
    await add(7);
    await done(first, the.store);
    await first.stop();
    const timers = createMemoryTimers(the.clock);
    const second = runnerIn({ ...the, timers }, [notedCounterAlarm([])]);
    await second.start();
    expect(await timers.count()).toBe(1);
    await timers.cancel(['alarm.counter-a.70000']);
    await second.sweep();
    expect(await timers.count()).toBe(1);
    await second.stop();
  });

  it('that nobody wants are reported and done with; two processes cannot want the same kind', async () => {
    const the = world();
    const interrupted: string[] = [];
    const runner = runnerIn(the, [notedCounterAlarm([])], {
      interrupted: (_, error) => interrupted.push(error.message),
    });
    await runner.start();
    await the.timers.schedule([{ id: 'stray.1', dueAt: 0, kind: 'stray', payload: null }]);
    await the.clock.advance(1);
    await turns(2);
    expect(interrupted).toEqual(['nobody wants the timer stray.1 of kind stray']);
    expect(await the.timers.count()).toBe(0);
    expect(() => runnerIn(the, [notedCounterAlarm([]), notedCounterAlarm([])])).toThrow('counter-alarm');
    await runner.stop();
  });
});
