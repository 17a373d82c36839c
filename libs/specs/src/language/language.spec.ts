import { accept, type AggregateDefinition } from '#kernel';
import {
  counter,
  counterAlarm,
  counterCatalog,
  counterMentions,
  counterTotalsProjection,
  type CounterCommand,
  type CounterEvent,
  type CounterState,
} from '#specs';
import { decisionsOf } from './decisions.js';
import { documentsOf } from './folds.js';
import { reactionsOf } from './reactions.js';
import { RecordedHistory } from './recorded.js';

const added = (amount: number): CounterEvent => ({ type: 'Added', data: { amount, labels: [] } });
const add = (amount: number): CounterCommand => ({ kind: 'add', amount });

type Counter = AggregateDefinition<CounterState, CounterCommand, CounterEvent, 'too-much'>;
const broken = (decider: Partial<Counter['decider']>): Counter => ({
  ...counter,
  decider: { ...counter.decider, ...decider },
});

describe('specs of decisions', () => {
  const { given } = decisionsOf(counter);

  it('say what happens, what is refused, and what holds afterwards', () => {
    given().when(add(1)).then(added(1));
    given(added(99)).when(add(2)).thenRefused('too-much', { total: 99 });
    given(added(99)).when(add(2)).thenRefused('too-much');
    given().when({ kind: 'empty' }).then();
    given(added(1)).state((state) => expect(state.total).toBe(1));
    given(added(1))
      .when(add(2))
      .thenState((state) => expect(state.total).toBe(3));
    given()
      .when(add(2))
      .thenEvents((events) => expect(events).toHaveLength(1));
  });

  it('fail when it is otherwise', () => {
    expect(() => given().when(add(1)).then(added(2))).toThrow();
    expect(() => given().when(add(1)).then()).toThrow();
    expect(() => given().when(add(1)).thenRefused('too-much')).toThrow();
    expect(() => given(added(100)).when(add(1)).then(added(1))).toThrow();
    expect(() => given(added(100)).when(add(1)).thenRefused('too-little')).toThrow();
    expect(() => given(added(100)).when(add(1)).thenRefused('too-much', { total: 1 })).toThrow();
    expect(() =>
      given(added(100))
        .when(add(1))
        .thenEvents(() => undefined),
    ).toThrow('refused: too-much');
  });

  it.each<[string, Counter]>([
    [
      'changes the state while deciding',
      broken({ decide: (_, state) => accept(added(((state as CounterState).total += 1))) }),
    ],
    ['decides by dice', broken({ decide: () => accept(added(Math.random())) })],
    ['folds by dice', broken({ evolve: (state) => ({ ...state, total: Math.random() }) })],
    [
      'makes events that its catalog does not know',
      { ...counter, catalog: { context: 'specs', versions: { Emptied: 1 } as never } },
    ],
    ['makes events that it cannot fold', broken({ decide: () => accept(added(-1)) })],
  ])('catch a decider that %s', (_, aggregate) => {
    expect(() =>
      decisionsOf(aggregate)
        .given()
        .when(add(1))
        .thenEvents(() => undefined),
    ).toThrow();
  });
});

describe('specs of read models', () => {
  const history = new RecordedHistory(counterCatalog);
  history.on('counter-a', added(1));
  history.on('counter-b', added(5));
  history.on('counter-a', added(2));

  it('give the documents of a history', () => {
    expect(documentsOf(counterTotalsProjection(), history.envelopes)).toEqual({
      'counterTotals/counter-a': { _id: 'counter-a', total: 3, revision: 1 },
      'counterTotals/counter-b': { _id: 'counter-b', total: 5, revision: 0 },
    });
  });

  it('leave out what the read model does not fold, and what it deleted', () => {
    const projection = counterTotalsProjection({ events: ['specs/Emptied'] });
    expect(documentsOf(projection, history.envelopes)).toEqual({});
    const deleting = counterTotalsProjection({
      fold: ({ stream }) => [{ delete: { collection: 'counterTotals', id: stream } }],
    });
    expect(documentsOf(deleting, history.envelopes)).toEqual({});
  });

  it.each([
    ['adds to what it finds', { fold: accumulating }],
    ['reads what it does not want', { wants: () => [] }],
    ['writes into a strange collection', { collections: [] }],
    ['has dots in keys', { fold: dotted }],
  ])('catch a fold that %s', (_, changes) => {
    expect(() => documentsOf(counterTotalsProjection(changes), history.envelopes)).toThrow();
  });

  function accumulating(...[{ stream }, documents]: Parameters<ReturnType<typeof counterTotalsProjection>['fold']>) {
    const before = documents.get('counterTotals', stream) as { count?: number } | undefined;
    return [{ put: { collection: 'counterTotals', document: { _id: stream, count: (before?.count ?? 0) + 1 } } }];
  }

  function dotted() {
    return [{ put: { collection: 'counterTotals', document: { _id: 'x', 'a.b': 1 } } }];
  }
});

describe('specs of processes', () => {
  const history = new RecordedHistory(counterCatalog);
  const [first, second, other, emptied, third] = [
    history.on('counter-a', added(1)),
    history.on('counter-a', added(7)),
    history.on('counter-b', added(1)),
    history.on('counter-a', { type: 'Emptied', data: { total: 8 } }),
    history.on('counter-a', added(2)),
  ];
  const { given } = reactionsOf(counterAlarm());
  const timer = { id: 'alarm.counter-a.70000', dueAt: 70_000, kind: 'counter-alarm', payload: { stream: 'counter-a' } };
  const note = (revision: number, amount: number, stream = 'counter-a') =>
    ({ kind: 'do', name: 'note', input: { stream, revision, amount } }) as const;

  it('say what an event makes it do, and which timers it implies', () => {
    given().when(first).then(note(0, 1));
    given(first, other).when(second).then(note(1, 7), { kind: 'schedule', timer });
    given(first).when(second).thenTimers(timer);
    given(first, second).when(emptied).then({ kind: 'cancel', timerId: timer.id });
    given(first, second).when(emptied).thenTimers();
  });

  it('leave out what concerns nobody: no instance, a second start, one that stopped', () => {
    given().when(second).then();
    given(first).when(first).then();
    given(first, second, emptied).when(third).then();
    given(first, second, emptied).when(third).thenTimers();
  });

  it('say it of each instance that an event concerns, in the order named, and of none that is kept where it is alone', () => {
    const mentions = new RecordedHistory(counterCatalog);
    const mention = (...labels: string[]) => mentions.on('counter-a', { type: 'Added', data: { amount: 0, labels } });
    const wanted = (revision: number, key: string, times: number) =>
      ({ kind: 'do', name: 'mention', input: { stream: 'counter-a', revision, key, times } }) as const;
    const [both, more] = [mention('+a', '+b'), mention('!a', '=b', '=c', '-a')];
    const { given: when } = reactionsOf(counterMentions({ timers: ({ times }) => [{ ...timer, dueAt: times }] }));
    when()
      .when(both)
      .then(wanted(0, 'a', 1), wanted(0, 'b', 1));
    when()
      .when(both)
      .thenTimers({ ...timer, dueAt: 1 }, { ...timer, dueAt: 1 });
    expect(() => when(both).when(more)).toThrow('both as alone and as stop');
    const last = mention('!x', '=b', '=c', '-a');
    when(both)
      .when(last)
      .then(wanted(2, 'x', 0), wanted(2, 'b', 2), wanted(2, 'a', 2));
    when(both)
      .when(last)
      .thenTimers({ ...timer, dueAt: 2 });
  });

  it('catch a process that changes its state while reacting', () => {
    const changing = reactionsOf(
      counterAlarm({ react: (state) => (((state as { additions: number }).additions += 1), []) }),
    );
    expect(() => changing.given().when(first)).toThrow();
    expect(() => given().when(first).then()).toThrow();
  });
});
