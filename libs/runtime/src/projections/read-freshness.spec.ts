import type { EventStore, Head } from '#event-store';
import { MemoryEventStore } from '#event-store/adapters/memory';
import { turns } from '#specs';
import { LogHead } from '../log-head.js';
import { silentObserver } from '../observer.js';
import { PositionGate } from './position-gate.js';
import { ReadFreshness } from './read-freshness.js';

/** Two read models, a head to be set, and a deadline to be called. */
function scene(
  options: {
    readonly exclusive?: boolean;
    readonly head?: () => Promise<Head | undefined>;
    readonly reads?: 'fresh' | 'eventual';
  } = {},
) {
  const { exclusive = true, reads = 'fresh' } = options;
  const inner = new MemoryEventStore({ exclusive });
  const store = Object.create(inner, {
    head: { value: options.head ?? (() => Promise.resolve(undefined)) },
  }) as EventStore;
  const head = new LogHead(store);
  const gates: Record<string, PositionGate> = { fast: new PositionGate(), slow: new PositionGate() };
  const deadline = new AbortController();
  const gate = (name: string): PositionGate => {
    const found = gates[name];
    if (found === undefined) throw new Error(`there is no read model ${name}`);
    return found;
  };
  const freshness = new ReadFreshness({ gate }, head, silentObserver, { reads, deadline: () => deadline.signal });
  return { head, gates, deadline, freshness };
}

/** Undefined while it is not fulfilled. */
async function settled<T>(promise: Promise<T>): Promise<T | undefined> {
  return Promise.race([promise, turns(2).then(() => undefined)]);
}

describe('a fresh read', () => {
  it('is answered at once when its read models have reached the end of the log', async () => {
    const { head, gates, freshness } = scene();
    expect(await settled(freshness.upToDate(['fast', 'slow']))).toEqual({ stale: false });
    head.advance(5);
    gates.fast!.advance(5);
    expect(await settled(freshness.upToDate(['fast']))).toEqual({ stale: false });
  });

  it('waits for the hindmost of its read models, and for no other', async () => {
    const { head, gates, freshness } = scene();
    head.advance(5);
    gates.fast!.advance(6);
    gates.slow!.advance(4);
    const waiting = freshness.upToDate(['fast', 'slow']);
    expect(await settled(waiting)).toBeUndefined();
    head.advance(9);
    gates.slow!.advance(5);
    expect(await settled(waiting)).toEqual({ stale: false });
  });

  it('is stale when the time is over', async () => {
    const { head, deadline, freshness } = scene();
    head.advance(5);
    const waiting = freshness.upToDate(['slow']);
    deadline.abort();
    expect(await waiting).toEqual({ stale: true });
  });

  it('is stale at once when a read model is parked, and fresh again when it went on', async () => {
    const { head, gates, freshness } = scene();
    head.advance(5);
    const waiting = freshness.upToDate(['slow']);
    gates.slow!.block();
    expect(await waiting).toEqual({ stale: true });
    expect(await settled(freshness.upToDate(['slow']))).toEqual({ stale: true });
    gates.slow!.unblock();
    gates.slow!.advance(5);
    expect(await settled(freshness.upToDate(['slow']))).toEqual({ stale: false });
  });

  it('asks the log where others write too', async () => {
    const { gates, freshness } = scene({
      exclusive: false,
      head: () => Promise.resolve({ position: 8, recordedAt: 0 }),
    });
    const waiting = freshness.upToDate(['fast']);
    expect(await settled(waiting)).toBeUndefined();
    gates.fast!.advance(8);
    expect(await settled(waiting)).toEqual({ stale: false });
  });

  it('is stale when the log does not answer, or not in time', async () => {
    const broken = scene({ exclusive: false, head: () => Promise.reject(new Error('down')) });
    expect(await broken.freshness.upToDate(['fast'])).toEqual({ stale: true });
    const slow = scene({ exclusive: false, head: () => new Promise(() => undefined) });
    const waiting = slow.freshness.upToDate(['fast']);
    expect(await settled(waiting)).toBeUndefined();
    slow.deadline.abort();
    expect(await waiting).toEqual({ stale: true });
  });

  it('never waits where reads are eventual', async () => {
    const { head, freshness } = scene({ reads: 'eventual' });
    head.advance(5);
    expect(await settled(freshness.upToDate(['slow']))).toEqual({ stale: false });
  });
});
