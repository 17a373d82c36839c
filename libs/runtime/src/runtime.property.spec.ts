import { chainHash, type RecordedEvent } from '#event-store';
import { MemoryEventStore, MemoryLog } from '#event-store/adapters/memory';
import { OutcomeUnknown, StoreUnavailable, type StoredMetadata } from '#kernel';
import type { Projection, ReadStore } from '#read-store';
import { createMemoryReadStore } from '#read-store/adapters/memory';
import { createMemoryTimers } from '#timers/adapters/memory';
import {
  allDone,
  counterEventsProjection,
  counterExecutor,
  counterTotalsProjection,
  everyFault,
  FaultPlan,
  FaultyEventStore,
  FaultyReadStore,
  FaultyTimers,
  mentioned,
  notedCounterAlarm,
  notedCounterMentions,
  processesIn,
  turns,
  VirtualClock,
  type CounterCommand,
  type Fault,
  type Mentions,
  type Notes,
} from '#specs';
import fc from 'fast-check';
import { LogHead } from './log-head.js';
import { ProjectionRunner } from './projections/projection-runner.js';
import { verifyProjection } from './verify.js';

/** Enough to meet most pairs of faults; the soak raises it. */
const numRuns = fc.readConfigureGlobal().numRuns ?? 60;
/** Milliseconds; only to end a run that hangs. */
const longest = 120_000;
const projections = [counterTotalsProjection(), counterEventsProjection()];
const pauses = { firstMs: 1, mostMs: 1, sleep: () => turns(1) };

type Executor = ReturnType<typeof counterExecutor>;
type Outcome = Awaited<ReturnType<Executor['run']>>;

interface Client {
  readonly on: string;
  readonly command: CounterCommand;
  readonly server: number;
}

const commands = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('add' as const), amount: fc.integer({ min: 0, max: 9 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('addMany' as const),
      amounts: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'empty' as const }) },
);
const clients = fc.array(
  fc.record({
    on: fc.constantFrom('counter-a', 'counter-b', 'counter-c'),
    command: commands,
    server: fc.nat({ max: 1 }),
  }),
  { minLength: 1, maxLength: 60 },
);
/** At least every third call works, so that everything ends. */
const faults = fc
  .array(fc.constantFrom<Fault>(...everyFault), { maxLength: 12 })
  .map((script) => script.flatMap((fault) => [fault, 'none' as const, 'none' as const]));

/** As a client with an idempotency key does: the same command again until there is an answer. */
async function insist(executor: Executor, { on, command }: Client, commandId: string): Promise<Outcome> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    try {
      const outcome = await executor.run(command, { commandId, repeatable: true }, on);
      if (outcome.kind === 'accepted' || outcome.code !== 'busy') return outcome;
    } catch (error) {
      if (!(error instanceof OutcomeUnknown || error instanceof StoreUnavailable)) throw error;
    }
    await turns(2);
  }
  throw new Error('no answer after 500 attempts');
}

function commandOf(event: RecordedEvent): string {
  return (JSON.parse(event.metadata) as StoredMetadata).command;
}

function expectChained(log: MemoryLog): void {
  for (const events of log.streams.values()) {
    for (const [revision, event] of events.entries()) {
      expect(event.revision).toBe(revision);
      const before = events[revision - 1];
      expect((JSON.parse(event.metadata) as StoredMetadata).previous).toBe(
        before === undefined ? null : chainHash(before),
      );
    }
  }
  expect(new Set(log.events.map(({ id }) => id)).size).toBe(log.events.length);
}

/** What a client was told is what the log holds of its command: those events, once, together, in order. */
function expectTold(log: MemoryLog, commandId: string, on: string, outcome: Outcome): void {
  const stored = log.events.filter((event) => commandOf(event) === commandId);
  const told = outcome.kind === 'accepted' ? outcome.events : [];
  expect(stored.map(({ type, data }) => ({ type, data: JSON.parse(data) as unknown }))).toEqual(
    told.map(({ type, data }) => ({ type: `specs/${type}@1`, data })),
  );
  expect(stored.every(({ stream }) => stream === on)).toBe(true);
  if (outcome.kind === 'accepted' && stored.length > 0) expect(outcome.revision).toBe(stored.at(-1)?.revision);
}

function expectLimitHeld(log: MemoryLog): void {
  for (const events of log.streams.values()) {
    let total = 0;
    for (const { type, data } of events) {
      total = type === 'specs/Emptied@1' ? 0 : total + (JSON.parse(data) as { amount: number }).amount;
      expect(total).toBeLessThanOrEqual(100);
    }
  }
}

async function runProjections(
  log: MemoryLog,
  readStore: ReadStore,
  script: readonly Fault[],
): Promise<ProjectionRunner> {
  const plan = new FaultPlan(script, { repeated: true, most: 60, calls: ['deliver', 'apply', 'getMany'] });
  const store = new FaultyEventStore(new MemoryEventStore({ log, exclusive: false }), plan);
  const runner = new ProjectionRunner({
    store,
    readStore: new FaultyReadStore(readStore, plan),
    projections,
    head: new LogHead(store),
    pauses,
  });
  await runner.start();
  return runner;
}

async function reached(runner: ProjectionRunner, { name }: Projection, log: MemoryLog): Promise<void> {
  for (let turn = 0; !runner.gate(name).has(log.events.at(-1)?.position ?? -Infinity); turn += 1) {
    if (turn > 2_000) throw new Error(`${name} does not come to the end: ${JSON.stringify(runner.status())}`);
    await turns(1);
  }
}

const commandId = (index: number): string => `5f0e0a52-0000-4000-8000-${String(index).padStart(12, '0')}`;

describe.each([
  ['one server', true],
  ['two servers on one log', false],
])('whatever fails, with %s', (_, exclusive) => {
  it(
    'every command has one effect and one answer, and the log is whole',
    async () => {
      await fc.assert(
        fc.asyncProperty(clients, faults, fc.nat({ max: 6 }), async (work, script, gap) => {
          const log = new MemoryLog('epoch', gap + 1);
          const plan = new FaultPlan(script, { repeated: true, most: 60, calls: ['append', 'readStream'] });
          const servers = [0, 1].map(() =>
            counterExecutor(new FaultyEventStore(new MemoryEventStore({ log, exclusive }), plan)),
          );
          const outcomes = await Promise.all(
            work.map((client, index) => insist(servers[exclusive ? 0 : client.server]!, client, commandId(index))),
          );
          plan.stop();
          expectChained(log);
          expectLimitHeld(log);
          for (const [index, outcome] of outcomes.entries())
            expectTold(log, commandId(index), work[index]!.on, outcome);
          const again = counterExecutor(new MemoryEventStore({ log, exclusive }));
          for (const [index, outcome] of outcomes.entries()) {
            if (outcome.kind !== 'accepted' || outcome.events.length === 0) continue;
            const repeat = await insist(again, work[index]!, commandId(index));
            expect(repeat).toMatchObject({
              repeated: true,
              events: outcome.events,
              answer: outcome.answer,
              revision: outcome.revision,
            });
          }
        }),
        { numRuns },
      );
    },
    longest,
  );
});

describe('whatever fails', () => {
  it(
    'the live read model is the rebuilt one, byte for byte, across restarts',
    async () => {
      await fc.assert(
        fc.asyncProperty(clients, faults, fc.nat({ max: 6 }), async (work, script, gap) => {
          const log = new MemoryLog('epoch', gap + 1);
          const readStore = createMemoryReadStore();
          const { run } = counterExecutor(new MemoryEventStore({ log }));
          let runner = await runProjections(log, readStore, script);
          for (const [index, { on, command }] of work.entries()) {
            await run(command, {}, on);
            if (index % 20 !== 19) continue;
            await runner.stop();
            runner = await runProjections(log, readStore, script);
          }
          for (const projection of projections) await reached(runner, projection, log);
          await runner.stop();
          for (const projection of projections) {
            const verified = await verifyProjection(new MemoryEventStore({ log }), readStore, projection);
            expect(verified).toMatchObject({ problem: undefined, differences: [] });
            if (projection.name === 'counterEvents') expect(verified.documents).toBe(log.events.length);
          }
        }),
        { numRuns },
      );
    },
    longest,
  );

  it(
    'every reaction is carried out, each under one command id, across crashes',
    async () => {
      await fc.assert(
        fc.asyncProperty(clients, faults, async (work, script) => {
          const log = new MemoryLog('epoch');
          const clock = new VirtualClock(0);
          const readStore = createMemoryReadStore();
          const notes: Notes = [];
          const { run } = counterExecutor(new MemoryEventStore({ log }));
          const plan = new FaultPlan(script, {
            repeated: true,
            most: 60,
            calls: ['apply', 'getMany', 'deliver', 'schedule'],
          });
          const start = () => {
            const store = new FaultyEventStore(new MemoryEventStore({ log }), plan);
            const timers = new FaultyTimers(createMemoryTimers(clock), plan);
            const note = notedCounterAlarm(notes, { onFailure: () => ({ kind: 'retry', afterMs: 1 }) });
            return processesIn({ store, readStore: new FaultyReadStore(readStore, plan), timers, clock }, [note]);
          };
          let runner = start();
          await runner.start();
          for (const [index, { on, command }] of work.entries()) {
            await run(command, {}, on);
            if (index % 20 !== 19) continue;
            // Not waited for what is under way: as near to a crash as one process comes.
            void runner.stop();
            runner = start();
            await runner.start();
          }
          await allDone(runner, new MemoryEventStore({ log }));
          await runner.stop();
          const noted = new Map<string, Set<string>>();
          for (const { note, commandId: id } of notes) {
            const place = `${note.stream}/${note.revision}`;
            noted.set(place, (noted.get(place) ?? new Set()).add(id));
          }
          for (const ids of noted.values()) expect(ids.size).toBe(1);
          for (const place of expectedPlaces(log)) expect(noted.has(place)).toBe(true);
        }),
        { numRuns },
      );
    },
    longest,
  );

  it(
    'every reaction of an event that concerns several instances is carried out, as it would be without a crash',
    async () => {
      const label = fc
        .tuple(fc.constantFrom('+', '=', '-', '!'), fc.constantFrom('a', 'b', 'c', 'd'))
        .map(([as, key]) => as + key);
      const labels = fc.uniqueArray(label, { maxLength: 4, selector: (one) => one.slice(1) });
      await fc.assert(
        fc.asyncProperty(fc.array(labels, { minLength: 1, maxLength: 50 }), faults, async (wanted, script) => {
          const work = withoutSecondStarts(wanted);
          const log = new MemoryLog('epoch');
          const clock = new VirtualClock(0);
          const readStore = createMemoryReadStore();
          const mentions: Mentions = [];
          const { run } = counterExecutor(new MemoryEventStore({ log }));
          const plan = new FaultPlan(script, { repeated: true, most: 60, calls: ['apply', 'getMany', 'deliver'] });
          const start = () => {
            const store = new FaultyEventStore(new MemoryEventStore({ log }), plan);
            const noted = notedCounterMentions(mentions, {}, () => turns(mentions.length % 3));
            const parts = { store, readStore: new FaultyReadStore(readStore, plan), timers: createMemoryTimers(clock) };
            return processesIn({ ...parts, clock }, [noted], {}, 3);
          };
          let runner = start();
          await runner.start();
          for (const [index, each] of work.entries()) {
            await run({ kind: 'add', amount: 0, labels: each });
            if (index % 12 !== 11) continue;
            void runner.stop();
            runner = start();
            await runner.start();
          }
          await allDone(runner, new MemoryEventStore({ log }));
          await runner.stop();
          expect(new Set(mentioned(mentions))).toEqual(new Set(expectedMentions(work)));
          const ids = new Set(mentions.map(({ commandId: id, revision, key }) => `${id} ${revision} ${key}`));
          expect(ids.size).toBe(new Set(mentions.map(({ commandId: id }) => id)).size);
          expect(ids.size).toBe(new Set(mentioned(mentions)).size);
        }),
        { numRuns },
      );
    },
    longest,
  );
});

/**
 * A start of what is kept becomes a going on. After a crash a second start is not always known as one: nothing is kept
 * of an instance that was stopped after it.
 */
function withoutSecondStarts(work: readonly (readonly string[])[]): string[][] {
  const live = new Set<string>();
  return work.map((labels) =>
    labels.map((label) => {
      const [way, key] = [label.charAt(0), label.slice(1)];
      if (way === '+' && live.has(key)) return `=${key}`;
      if (way === '+') live.add(key);
      if (way === '-') live.delete(key);
      return label;
    }),
  );
}

/** `revision key times`: what the labels mention, folded plainly. */
function expectedMentions(work: readonly (readonly string[])[]): string[] {
  const times = new Map<string, number>();
  return work.flatMap((labels, revision) =>
    labels.flatMap((label) => {
      const [way, key] = [label.charAt(0), label.slice(1)];
      if (way === '!') return [`${revision} ${key} 0`];
      const before = times.get(key);
      if ((before === undefined) !== (way === '+')) return [];
      const now = (before ?? 0) + 1;
      if (way === '-') times.delete(key);
      else times.set(key, now);
      return [`${revision} ${key} ${now}`];
    }),
  );
}

/** Additions between a stream's first event and its emptying: those the process has an instance for. */
function expectedPlaces(log: MemoryLog): string[] {
  return [...log.streams].flatMap(([stream, events]) => {
    const end = events.findIndex(({ type }) => type === 'specs/Emptied@1');
    return events.slice(0, end < 0 ? events.length : end).map(({ revision }) => `${stream}/${revision}`);
  });
}
