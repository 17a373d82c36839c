import {
  allDone as done,
  counterExecutor,
  FaultPlan,
  FaultyReadStore,
  FaultyTimers,
  notedCounterAlarm,
  places,
  processesIn as runnerIn,
  turns,
  world,
  type Fault,
  type Notes,
} from '#specs';
import type { FailureAnswer, RunningProcess } from '../process.port.js';

describe('a reaction that fails', () => {
  function failing(answers: readonly FailureAnswer[], notes: Notes, broken: { is: boolean }): RunningProcess {
    return notedCounterAlarm(
      notes,
      { onFailure: (_, attempt) => answers[attempt - 1] ?? { kind: 'skip' } },
      ({ amount }) => {
        if (amount === 13 && broken.is) throw new Error('thirteen!');
      },
    );
  }

  it('is tried again as often as the process wants, then left out; other instances go on meanwhile', async () => {
    const the = world();
    const notes: Notes = [];
    const failures: string[] = [];
    const retry = { kind: 'retry', afterMs: 5 } as const;
    const runner = runnerIn(
      the,
      [failing([retry, retry], notes, { is: true })],
      {
        reactionFailed: (process, _, error, attempt, answer) =>
          failures.push(`${process} ${error.message} ${attempt} ${answer.kind}`),
      },
      1,
    );
    await runner.start();
    const { run } = counterExecutor(the.store);
    await run({ kind: 'add', amount: 13 });
    await run({ kind: 'add', amount: 1 });
    await run({ kind: 'add', amount: 1 }, {}, 'counter-b');
    await done(runner, the.store);
    expect(failures).toEqual(
      ['retry', 'retry', 'skip'].map((answer, index) => `counterAlarm thirteen! ${index + 1} ${answer}`),
    );
    expect(places(notes).sort()).toEqual(['counter-a/1', 'counter-b/0']);
    await runner.stop();
  });

  it('counts its attempts alone: the next reaction begins anew, and what was done is not done again', async () => {
    const the = world();
    const carriedOut: number[] = [];
    const attempts: number[] = [];
    const broken = new Set([1, 2]);
    const two = notedCounterAlarm([], {
      react: () => [1, 2].map((input) => ({ kind: 'do', name: 'note', input })),
      onFailure: (_, attempt) => {
        attempts.push(attempt);
        return { kind: 'retry', afterMs: 1 };
      },
    });
    const note = async (input: unknown): Promise<void> => {
      if (broken.delete(input as number)) throw new Error('not yet');
      carriedOut.push(input as number);
    };
    const runner = runnerIn(the, [{ ...two, handlers: { note } }]);
    await runner.start();
    await counterExecutor(the.store).add(1);
    await done(runner, the.store);
    expect(carriedOut).toEqual([1, 2]);
    expect(attempts).toEqual([1, 1]);
    await runner.stop();
  });

  it('stops the process visibly when it says so; a retry goes on there, under the same command id', async () => {
    const the = world();
    const notes: Notes = [];
    const parked: string[] = [];
    const broken = { is: true };
    const runner = runnerIn(the, [failing([{ kind: 'stop' }], notes, broken)], {
      processParked: ({ storedType, error }) => parked.push(`${storedType} ${error}`),
    });
    await runner.start();
    const { add } = counterExecutor(the.store);
    await add(1);
    await add(13);
    await add(2);
    await turns(10);
    expect(runner.status()).toMatchObject([
      { state: 'parked', parked: { stream: 'counter-a' }, error: 'Error: thirteen!' },
    ]);
    expect(places(notes)).toEqual(['counter-a/0']);
    broken.is = false;
    await runner.retry('counterAlarm');
    await done(runner, the.store);
    expect(places(notes)).toEqual([0, 1, 2].map((n) => `counter-a/${n}`));
    expect(parked).toEqual(['specs/Added@1 Error: thirteen!']);
    await runner.stop();
  });

  it('after a skip goes on without that event', async () => {
    const the = world();
    const notes: Notes = [];
    const runner = runnerIn(the, [failing([{ kind: 'stop' }], notes, { is: true })]);
    await runner.start();
    const { add } = counterExecutor(the.store);
    await add(1);
    await add(13);
    await add(2);
    await turns(10);
    await runner.skip('counterAlarm');
    await done(runner, the.store);
    expect(places(notes)).toEqual(['counter-a/0', 'counter-a/2']);
    expect(runner.status()).toMatchObject([{ state: 'running' }]);
    await runner.stop();
  });

  it('for want of a handler is a failure like any other', async () => {
    const the = world();
    const failures: string[] = [];
    const runner = runnerIn(the, [{ ...notedCounterAlarm([]), handlers: {} }], {
      reactionFailed: (_, __, error) => failures.push(error.message),
    });
    await runner.start();
    await counterExecutor(the.store).add(1);
    await done(runner, the.store);
    expect(failures).toContain('counterAlarm has no handler for note');
    await runner.stop();
  });

  it('an exception in the pure part stops the process at that event', async () => {
    const the = world();
    const evolve = (): never => {
      throw new Error('no such rule');
    };
    const runner = runnerIn(the, [notedCounterAlarm([], { evolve })]);
    await runner.start();
    await counterExecutor(the.store).add(1);
    await turns(5);
    expect(runner.status()).toMatchObject([{ state: 'parked', error: 'Error: no such rule' }]);
    await runner.stop();
  });
});

describe('faults', () => {
  it.each<Fault>(['before', 'after', 'timeout', 'slow'])(
    '(%s) of read store and timers delay reactions, and lose none',
    async (fault) => {
      const the = world();
      const plan = new FaultPlan([fault, 'none', 'none', fault, 'none'], {
        repeated: true,
        calls: ['apply', 'getMany', 'schedule', 'cancel', 'pending'],
      });
      const notes: Notes = [];
      const readStore = new FaultyReadStore(the.readStore, plan);
      const retry = (): FailureAnswer => ({ kind: 'retry', afterMs: 1 });
      const runner = runnerIn({ ...the, readStore, timers: new FaultyTimers(the.timers, plan) }, [
        notedCounterAlarm(notes, { onFailure: retry }),
      ]);
      await runner.start();
      const { run } = counterExecutor(the.store);
      for (let n = 0; n < 24; n += 1) await run({ kind: 'add', amount: n % 8 }, {}, `counter-${n % 3}`);
      await done(runner, the.store);
      expect(places(notes).sort()).toEqual(
        [...Array(24).keys()].map((n) => `counter-${n % 3}/${Math.floor(n / 3)}`).sort(),
      );
      expect(await the.timers.count()).toBe(3);
      expect(plan.met.length).toBeGreaterThan(5);
      await runner.stop();
    },
  );
});
