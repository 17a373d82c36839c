import type { EventStore } from '#event-store';
import { MemoryEventStore, MemoryLog } from '#event-store/adapters/memory';
import type { AggregateDefinition } from '#kernel';
import type { Blobs } from '#read-store';
import { createMemoryReadStore } from '#read-store/adapters/memory';
import {
  FaultPlan,
  FaultyReadStore,
  longCounter,
  sampleContext,
  turns,
  type CounterCommand,
  type CounterEvent,
  type CounterState,
} from '#specs';
import { observing } from '../observer.js';
import { MemoryVault } from '../vault/memory-vault.js';
import { StoreCommandExecutor } from './store-executor.js';

const stream = 'longCounter-a';
const key = `snapshot/${stream}`;
type LongCounter = AggregateDefinition<CounterState, CounterCommand, CounterEvent, 'too-much'>;

/** An executor that counts the events it reads. */
function executorOver(inner: EventStore, blobs: Blobs, aggregate: LongCounter = longCounter, failed: string[] = []) {
  const read: number[] = [];
  const store = Object.create(inner, {
    readStream: {
      value: async (...parameters: Parameters<EventStore['readStream']>) => {
        const events = await inner.readStream(...parameters);
        read.push(...events.map(({ revision }) => revision));
        return events;
      },
    },
  }) as EventStore;
  const observer = observing({ snapshotFailed: (name, error) => failed.push(`${name} ${error.message}`) });
  const executor = new StoreCommandExecutor({ store, vault: new MemoryVault(), blobs, observer });
  const add = (commandId?: string) =>
    executor.execute(
      aggregate,
      stream,
      { kind: 'add', amount: 1 },
      sampleContext(commandId === undefined ? {} : { commandId, repeatable: true }),
      ({ total }) => total,
    );
  return { read, add };
}

/** 25 events, folded once, and so with a snapshot. */
async function afterSome(log: MemoryLog, blobs: Blobs, firstId?: string): Promise<EventStore> {
  const store = new MemoryEventStore({ log });
  const { add } = executorOver(store, blobs);
  for (let n = 0; n < 25; n += 1) {
    await add(n === 0 ? firstId : undefined);
    await turns(1);
  }
  return store;
}

describe('a snapshot', () => {
  it('is written every so many events, and bounds what the next load reads', async () => {
    const { blobs } = createMemoryReadStore();
    const store = await afterSome(new MemoryLog(), blobs);
    expect(JSON.parse((await blobs.get(key))!)).toMatchObject({ revision: 19, version: 1, aggregate: 'longCounter' });
    const { read, add } = executorOver(store, blobs);
    expect(await add()).toMatchObject({ answer: 26, revision: 25 });
    expect(read).toEqual([19, 20, 21, 22, 23, 24]);
  });

  it('remembers repeatable commands from before it', async () => {
    const { blobs } = createMemoryReadStore();
    const id = '5f0e0a52-0000-4000-8000-0000000000bb';
    const store = await afterSome(new MemoryLog(), blobs, id);
    expect(await executorOver(store, blobs).add(id)).toMatchObject({ repeated: true, revision: 0, answer: 1 });
  });

  it.each<[string, (text: string) => string, Partial<LongCounter>]>([
    ['of another version', (text) => text, { snapshot: { ...longCounter.snapshot!, version: 2 } }],
    ['whose event is another one', (text) => text.replace(/"hash":"./, '"hash":"x'), {}],
    ['of another log', (text) => text.replace(/"epoch":"/, '"epoch":"x'), {}],
    ['of another shape', (text) => text.replace('"shape":1', '"shape":2'), {}],
    ['beyond the end of the stream', (text) => text.replace('"revision":19', '"revision":99'), {}],
    ['that is no JSON', (text) => text.slice(1), {}],
    [
      'that cannot be read back',
      (text) => text,
      {
        snapshot: {
          ...longCounter.snapshot!,
          read: () => {
            throw new Error('strange');
          },
        },
      },
    ],
  ])('%s is ignored', async (_, spoil, changes) => {
    const { blobs } = createMemoryReadStore();
    const store = await afterSome(new MemoryLog(), blobs);
    await blobs.put(key, spoil((await blobs.get(key))!));
    const { read, add } = executorOver(store, blobs, { ...longCounter, ...changes });
    expect(await add()).toMatchObject({ answer: 26, revision: 25 });
    expect(read.slice(read.indexOf(0))).toEqual([...Array(25).keys()]);
  });

  it('that cannot be written or read is nobody’s harm', async () => {
    const plan = new FaultPlan(['before'], { repeated: true, calls: ['blobs.get', 'blobs.put'] });
    const { blobs } = new FaultyReadStore(createMemoryReadStore(), plan);
    const failed: string[] = [];
    const { add } = executorOver(new MemoryEventStore(), blobs, longCounter, failed);
    for (let n = 0; n < 12; n += 1) {
      expect(await add()).toMatchObject({ answer: n + 1 });
      await turns(1);
    }
    await turns(1);
    expect(failed).toEqual([`${stream} the plan wants a fault`]);
  });
});
