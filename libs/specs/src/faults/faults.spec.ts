import { MemoryEventStore } from '#event-store/adapters/memory';
import { ProviderError, type Provider } from '#providers';
import { createMemoryTimers } from '#timers/adapters/memory';
import { VirtualClock } from '../virtual-clock.js';
import { FaultPlan, turns } from './fault-plan.js';
import { FaultyEventStore } from './faulty-event-store.js';
import { FaultyProvider } from './faulty-provider.js';
import { FaultyTimers } from './faulty-timers.js';

const append = {
  stream: 's',
  expected: 'noStream',
  events: [{ id: 'e', type: 'a/B@1', data: '{}', metadata: '{}' }],
} as const;

describe('a plan of faults', () => {
  it('is met call by call, by the calls it names, until it is over or stopped', () => {
    const plan = new FaultPlan(['before', 'none', 'after'], { calls: ['append'] });
    expect(['read', 'append', 'append', 'append', 'append'].map((call) => plan.next(call))).toEqual([
      'none',
      'before',
      'none',
      'after',
      'none',
    ]);
    expect(plan.met).toEqual([
      { call: 'append', fault: 'before' },
      { call: 'append', fault: 'after' },
    ]);
    const stopped = new FaultPlan(['before'], { repeated: true });
    expect([stopped.next('x'), stopped.next('x')]).toEqual(['before', 'before']);
    stopped.stop();
    expect(stopped.next('x')).toBe('none');
    const bounded = new FaultPlan(['before'], { repeated: true, most: 2 });
    expect([1, 2, 3].map(() => bounded.next('x'))).toEqual(['before', 'before', 'none']);
  });
});

describe('a faulty event store', () => {
  it.each([
    ['before', 'unavailable', 0],
    ['timeout', 'unknown', 0],
    ['after', 'unknown', 1],
    ['slow', 'appended', 1],
  ] as const)('%s: says %s, and has stored %d', async (fault, kind, stored) => {
    const inner = new MemoryEventStore();
    const store = new FaultyEventStore(inner, new FaultPlan([fault], { calls: ['append'] }));
    expect(await store.append([append])).toMatchObject([{ kind }]);
    expect(await inner.readStream('s')).toHaveLength(stored);
    expect(await store.readStream('s')).toHaveLength(stored);
  });
});

describe('faulty timers', () => {
  it('fire again what fired before, or fail to fire at first', async () => {
    const clock = new VirtualClock(0);
    const timers = new FaultyTimers(createMemoryTimers(clock), new FaultPlan(['after', 'before'], { calls: ['fire'] }));
    const fired: string[] = [];
    await timers.start(async ({ id }) => void fired.push(id));
    await timers.schedule(['one.1', 'two.1'].map((id) => ({ id, dueAt: 1, kind: 'k', payload: null })));
    await clock.advance(1);
    expect(fired).toEqual(['one.1', 'one.1']);
    await clock.advance(1_000);
    expect(fired).toEqual(['one.1', 'one.1', 'two.1']);
    await timers.stop();
  });
});

describe('a faulty provider', () => {
  const call = { requestId: 'r', timeoutMs: 1_000 };
  const operations = [
    ...['createVm', 'inspectVm', 'listVms', 'destroyVm', 'snapshotVm', 'revertVm', 'addDisk'],
    ...['listHypervisors', 'heartbeats', 'uptime', 'cacheImage'],
  ] as const;
  const faults = [
    ['before', 'retry', 0],
    ['timeout', 'timeout', 0],
    ['after', 'timeout', 1],
    ['slow', 'answer', 1],
  ] as const;
  const cases = operations.flatMap((operation) => faults.map((fault) => [operation, ...fault] as const));

  it.each(cases)('%s, %s: %s after %d calls inside, then works', async (operation, fault, outcome, calls) => {
    type Ask = (...all: unknown[]) => Promise<unknown>;
    const asked: unknown[][] = [];
    const act: Ask = async (...all) => {
      asked.push(all);
      return 'answer';
    };
    const inner = { name: 'inner', [operation]: act, close: () => turns(1) } as unknown as Provider;
    const plan = new FaultPlan([fault], { calls: [operation] });
    const provider = new FaultyProvider(inner, plan);
    const ask = () => (provider as unknown as Record<string, Ask>)[operation]!('a', 'b', call);

    const first = await ask().catch((error: unknown) => (error instanceof ProviderError ? error.kind : error));
    expect([first, asked.length]).toEqual([outcome, calls]);
    expect(plan.met).toEqual([{ call: operation, fault }]);
    expect(await ask()).toBe('answer');
    expect(provider.name).toBe('inner');
    await provider.close();
  });

  it('hands on what it was given, and takes its turns when it is slow', async () => {
    const seen: string[] = [];
    const inner = {
      name: 'inner',
      addDisk: async (vmId, gb, { requestId }) => void seen.push(`${vmId} ${gb} ${requestId}`),
    } as Pick<Provider, 'name' | 'addDisk'> as Provider;
    const adding = new FaultyProvider(inner, new FaultPlan(['slow'])).addDisk('vm', 8, call);
    await turns(1);
    expect(seen).toEqual([]);
    await adding;
    expect(seen).toEqual(['vm 8 r']);
  });
});
