import { MemoryEventStore } from '#event-store/adapters/memory';
import type { Provider } from '#providers';
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

  it.each([
    ['before', 'retry', 0],
    ['timeout', 'timeout', 0],
    ['after', 'timeout', 1],
  ] as const)('%s: fails as %s after %d calls, then works', async (fault, kind, calls) => {
    const cached: string[] = [];
    const inner = {
      name: 'inner',
      createVm: async () => ({ ip: null }),
      inspectVm: async () => null,
      listVms: async () => ({ complete: true, vms: [] }),
      destroyVm: async () => undefined,
      snapshotVm: async () => undefined,
      revertVm: async () => undefined,
      addDisk: async () => undefined,
      listHypervisors: async () => ({ complete: true, hypervisors: [] }),
      heartbeats: async () => [],
      uptime: async () => null,
      cacheImage: async (_: string, image: string) => void cached.push(image),
      close: () => turns(1),
    } satisfies Provider;
    const provider = new FaultyProvider(inner, new FaultPlan([fault]));
    await expect(provider.cacheImage('host', 'image', call)).rejects.toMatchObject({ name: 'ProviderError', kind });
    expect(cached).toHaveLength(calls);
    expect(await provider.listHypervisors(call)).toEqual({ complete: true, hypervisors: [] });
    expect(await provider.heartbeats(call)).toEqual([]);
    expect(await provider.uptime('host', call)).toBeNull();
    expect(provider.name).toBe('inner');
    await provider.close();
  });
});
