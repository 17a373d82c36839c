import type { EventStore } from '#event-store';
import type { ReadStore } from '#read-store';
import { createMemoryTimers } from '#timers/adapters/memory';
import {
  allDone as done,
  counterExecutor,
  counterMentions,
  FaultPlan,
  FaultyReadStore,
  mentioned,
  notedCounterMentions,
  processesIn as runnerIn,
  turns,
  world,
  type Mention,
  type Mentions,
  type World,
} from '#specs';
import { deriveUuid, leasebookNamespace } from '../derived-ids.js';
import type { Correlation, Process } from '../process.port.js';
import { correlationsOf } from './correlations.js';
import { instancesProjection, type InstanceDocument } from './instances.js';

const never = new Promise<void>(() => undefined);

/** One addition that mentions what its labels say. */
function mentioning(store: EventStore): (...labels: string[]) => Promise<unknown> {
  const { run } = counterExecutor(store);
  return (...labels) => run({ kind: 'add', amount: 0, labels });
}

/** What outlives a crash; the timers do not. */
const restarted = (the: World): World => ({ ...the, timers: createMemoryTimers(the.clock) });

async function kept(readStore: ReadStore): Promise<string[]> {
  const [collection] = instancesProjection(counterMentions() as never).collections;
  const documents = await readStore.collection<InstanceDocument>(collection as never).find({ limit: 100 });
  return documents.map(({ _id, state }) => `${_id} ${state}`);
}

describe('whom an event concerns', () => {
  const a: Correlation = { key: 'a', as: 'start' };
  const b: Correlation = { key: 'b', as: 'alone' };
  const envelope = { event: { type: 'Added', data: {} } } as never;
  const answered = (answer: Correlation | readonly Correlation[] | undefined) =>
    correlationsOf(counterMentions({ correlate: () => answer }), envelope);

  it.each<[string, ReturnType<Process['correlate']>, Correlation[]]>([
    ['nobody', undefined, []],
    ['nobody of several', [], []],
    ['one', a, [a]],
    ['one of several', [a], [a]],
    ['several, in that order', [b, a], [b, a]],
    ['one named twice in the same way, once', [a, b, { ...a }], [a, b]],
  ])('%s', (_, answer, expected) => {
    expect(answered(answer)).toEqual(expected);
  });

  it('nobody in two ways', () => {
    expect(() => answered([a, { key: 'a', as: 'stop' }])).toThrow(
      'counterMentions: Added concerns a both as start and as stop',
    );
  });
});

describe('an event that concerns several instances', () => {
  it('moves each of them, in the order of the log per instance', async () => {
    const the = world();
    const mentions: Mentions = [];
    const mention = mentioning(the.store);
    const runner = runnerIn(the, [notedCounterMentions(mentions, {}, () => turns(1))]);
    await runner.start();
    await mention('+a', '+b');
    await mention('=b', '+c', '=nobody');
    await mention('=a', '=c', '=a');
    await mention('-b', '=c');
    await mention('=b', '=a');
    await done(runner, the.store);
    const of = (wanted: string) => mentioned(mentions.filter(({ key }) => key === wanted));
    expect(of('a')).toEqual(['0 a 1', '2 a 2', '4 a 3']);
    expect(of('b')).toEqual(['0 b 1', '1 b 2', '3 b 3']);
    expect(of('c')).toEqual(['1 c 1', '2 c 2', '3 c 3']);
    expect(mentions).toHaveLength(9);
    await runner.stop();
    expect(await kept(the.readStore)).toEqual(['a {"times":3}', 'c {"times":3}']);
  });

  it.each([
    ['one', ['+a'], { a: '' }],
    ['one named twice', ['+a', '+a'], { a: '' }],
    ['several', ['+a', '!b'], { a: '\na', b: '\nb' }],
  ])('gives its commands ids of their own: %s', async (_, labels, expected) => {
    const the = world();
    const mentions: Mentions = [];
    await mentioning(the.store)(...labels);
    const runner = runnerIn(the, [notedCounterMentions(mentions)]);
    await runner.start();
    await done(runner, the.store);
    const [event] = await the.store.readStream('counter-a');
    const name = `process\ncounterMentions\n${event!.id}\n0`;
    expect(Object.fromEntries(mentions.map(({ key, commandId }) => [key, commandId]))).toEqual(
      Object.fromEntries(
        Object.entries(expected).map(([key, more]) => [key, deriveUuid(leasebookNamespace, name + more)]),
      ),
    );
    await runner.stop();
  });

  it('is done when it is done for all: a crash before leaves none out, and repeats only what was not written down', async () => {
    const the = world();
    const mentions: Mentions = [];
    const mention = mentioning(the.store);
    const first = runnerIn(the, [
      notedCounterMentions(mentions, {}, ({ key, revision }) => (key === 'b' && revision === 1 ? never : undefined)),
    ]);
    await first.start();
    await mention('+x');
    await mention('+a', '+b', '!c');
    await mention('=a');
    await turns(20);
    expect(mentioned(mentions).sort()).toEqual(['0 x 1', '1 a 1', '1 c 0', '2 a 2']);
    expect(first.status()).toMatchObject([{ outstanding: 2, position: 1 }]);
    mentions.length = 0;
    const second = runnerIn(restarted(the), [notedCounterMentions(mentions)]);
    await second.start();
    await done(second, the.store);
    expect(mentioned(mentions).sort()).toEqual(['1 b 1', '1 c 0']);
    await second.stop();
  });

  it('of a new version of the process folds all of them anew, without reacting', async () => {
    const the = world();
    const mention = mentioning(the.store);
    const first = runnerIn(the, [notedCounterMentions([])]);
    await first.start();
    await mention('+a', '+b', '+c');
    await mention('=a', '-b', '!c', '!d');
    await mention('=a', '=b');
    await done(first, the.store);
    await first.stop();
    const mentions: Mentions = [];
    const tenfold = { version: 2, evolve: ({ times }: { times: number }) => ({ times: times + 10 }) };
    const second = runnerIn(restarted(the), [notedCounterMentions(mentions, tenfold)]);
    await second.start();
    expect(await kept(the.readStore)).toEqual(['a {"times":30}', 'c {"times":10}']);
    await mention('=a', '=b', '=c');
    await done(second, the.store);
    expect(mentioned(mentions).sort()).toEqual(['3 a 40', '3 c 20']);
    await second.stop();
  });

  it('keeps one waiting for a retry while the others go on', async () => {
    const the = world();
    const mentions: Mentions = [];
    let failures = 0;
    const fail = ({ key }: Mention): void => {
      if (key === 'a' && failures++ < 5) throw new Error('not yet');
    };
    const runner = runnerIn(the, [notedCounterMentions(mentions, {}, fail)], {}, 1);
    await runner.start();
    const mention = mentioning(the.store);
    await mention('+a', '+b');
    await mention('=b', '=a');
    await done(runner, the.store);
    expect(mentioned(mentions)).toEqual(['0 b 1', '1 b 2', '0 a 1', '1 a 2']);
    await runner.stop();
  });

  it.each(['retry', 'skip'] as const)('parked by one of them goes on after a %s', async (how) => {
    const the = world();
    const mentions: Mentions = [];
    const broken = { is: true };
    const fail = ({ key, revision }: Mention): void => {
      if (broken.is && key === 'b' && revision === 1) throw new Error('b!');
    };
    const runner = runnerIn(the, [notedCounterMentions(mentions, { onFailure: () => ({ kind: 'stop' }) }, fail)]);
    await runner.start();
    const mention = mentioning(the.store);
    await mention('+a', '+b');
    await mention('=a', '=b');
    await turns(10);
    await mention('=b');
    expect(runner.status()).toMatchObject([{ state: 'parked', position: 1, error: 'Error: b!' }]);
    expect(mentioned(mentions)).toEqual(['0 a 1', '0 b 1', '1 a 2']);
    if (how === 'retry') broken.is = false;
    await runner[how]('counterMentions');
    await done(runner, the.store);
    const after = { retry: ['1 b 2', '2 b 3'], skip: ['2 b 2'] };
    expect(mentioned(mentions).slice(3)).toEqual(after[how]);
    await runner.stop();
  });

  it('in two ways for one instance stops the process there; a skip leaves it out', async () => {
    const the = world();
    const mentions: Mentions = [];
    const runner = runnerIn(the, [notedCounterMentions(mentions)]);
    await runner.start();
    const mention = mentioning(the.store);
    await mention('+a', '-a');
    await mention('+b');
    await turns(5);
    expect(runner.status()).toMatchObject([{ state: 'parked' }]);
    expect(runner.status()[0]!.error).toContain('a both as start and as stop');
    await runner.skip('counterMentions');
    await done(runner, the.store);
    expect(mentioned(mentions)).toEqual(['1 b 1']);
    await runner.stop();
  });
});

describe('an event reacted to alone', () => {
  it('finds the initial state, keeps no instance, and leaves one that is kept as it is', async () => {
    const the = world();
    const mentions: Mentions = [];
    const twice: string[] = [];
    const runner = runnerIn(the, [notedCounterMentions(mentions)], { startedTwice: (_, key) => twice.push(key) });
    await runner.start();
    const mention = mentioning(the.store);
    for (const label of ['!a', '!a', '=a', '+a', '!a', '=a']) await mention(label);
    await done(runner, the.store);
    expect(mentioned(mentions)).toEqual(['0 a 0', '1 a 0', '3 a 1', '4 a 0', '5 a 2']);
    expect(twice).toEqual([]);
    await runner.stop();
    expect(await kept(the.readStore)).toEqual(['a {"times":2}']);
  });

  it('waits for what its key was mentioned with before', async () => {
    const the = world();
    const mentions: Mentions = [];
    const slow = ({ revision }: Mention) => turns(10 - revision);
    const runner = runnerIn(the, [notedCounterMentions(mentions, {}, slow)]);
    await runner.start();
    const mention = mentioning(the.store);
    for (let n = 0; n < 6; n += 1) await mention('!a');
    await done(runner, the.store);
    expect(mentions.map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4, 5]);
    await runner.stop();
  });

  it('comes again after a crash, under the same command id, until the checkpoint has passed it', async () => {
    const the = world();
    const mention = mentioning(the.store);
    const plan = new FaultPlan(['before'], { repeated: true, calls: ['apply'] });
    const mentions: Mentions = [];
    const first = runnerIn({ ...the, readStore: new FaultyReadStore(the.readStore, plan) }, [
      notedCounterMentions(mentions),
    ]);
    await first.start();
    await mention('!a');
    await mention('!b');
    await turns(20);
    const second = runnerIn(restarted(the), [notedCounterMentions(mentions)]);
    await second.start();
    await done(second, the.store);
    expect(mentioned(mentions)).toEqual(['0 a 0', '1 b 0', '0 a 0', '1 b 0']);
    expect(new Set(mentions.map(({ commandId }) => commandId)).size).toBe(2);
    await turns(5);
    const third = runnerIn(restarted(the), [notedCounterMentions(mentions)]);
    await third.start();
    await done(third, the.store);
    expect(mentions).toHaveLength(4);
    for (const runner of [first, second, third]) await runner.stop();
  });

  it('lets the checkpoint advance, which is not written for each event', async () => {
    const the = world();
    const mention = mentioning(the.store);
    for (let n = 0; n < 200; n += 1) await mention('!a', '!b');
    const plan = new FaultPlan(['slow'], { repeated: true, calls: ['apply'] });
    const runner = runnerIn({ ...the, readStore: new FaultyReadStore(the.readStore, plan) }, [
      notedCounterMentions([]),
    ]);
    await runner.start();
    await done(runner, the.store);
    await turns(20);
    const store = await the.readStore.open(instancesProjection(counterMentions() as never));
    expect(await store.checkpoint()).toMatchObject({ position: 200 });
    expect(plan.met.length).toBeLessThan(100);
    await turns(20);
    const written = plan.met.length;
    await turns(20);
    expect(plan.met).toHaveLength(written);
    await runner.stop();
  });

  it('parks the process when the pure part throws', async () => {
    const the = world();
    const react = (): never => {
      throw new Error('no such rule');
    };
    const runner = runnerIn(the, [notedCounterMentions([], { react })]);
    await runner.start();
    await mentioning(the.store)('!a');
    await turns(5);
    expect(runner.status()).toMatchObject([{ state: 'parked', error: 'Error: no such rule' }]);
    await runner.stop();
  });
});
