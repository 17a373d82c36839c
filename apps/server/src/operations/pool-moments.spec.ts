import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { RecordedEvent, SubscriptionOptions } from '#event-store';
import { poolCatalog, type PoolEvent } from '#pools';
import { EventCodec } from '#runtime';
import { momentOf, PoolMoments, type PoolMoment } from './pool-moments.js';

const figures = { day: '2026-03-09', count: 1, total: 4.5, min: 4.5, max: 4.5 };
const record = (retiredAt: number | null): never => ({ name: 'brisk-otter', retiredAt }) as never;
const cloned: PoolEvent = {
  type: 'VmCloned',
  data: { pool: 'alma-9', at: 1, name: 'brisk-otter', seconds: 4.5, ip: null, figures },
};
const ready: PoolEvent = {
  type: 'VmReady',
  data: { pool: 'alma-9', at: 2, name: 'brisk-otter', seconds: 40, figures, staleAt: null },
};
const destroyed: PoolEvent = {
  type: 'VmDestroyed',
  data: { pool: 'alma-9', at: 9_500, record: record(2_000), forgetAt: 0 },
};
const reset: PoolEvent = { type: 'PoolReset', data: { pool: 'alma-9', at: 3 } };

describe('a moment', () => {
  it.each([
    [cloned, { kind: 'clone', pool: 'alma-9', seconds: 4.5 }],
    [ready, { kind: 'ready', pool: 'alma-9', seconds: 40 }],
    [{ ...ready, type: 'VmDelivered' } as unknown as PoolEvent, { kind: 'ready', pool: 'alma-9', seconds: 40 }],
    [destroyed, { kind: 'destroy', pool: 'alma-9', seconds: 7.5 }],
    [{ ...destroyed, data: { ...destroyed.data, record: record(null) } }, undefined],
    [reset, undefined],
  ])('of $0.type', (event, moment) => {
    expect(momentOf(event)).toEqual(moment);
  });
});

const codec = new EventCodec([poolCatalog]);
const recorded = (position: number, event: PoolEvent, change: Partial<RecordedEvent> = {}): RecordedEvent => ({
  ...codec.encode(event),
  id: String(position),
  metadata: '{}',
  stream: 'pool-alma-9',
  revision: position,
  position,
  recordedAt: 0,
  ...change,
});

/** A store whose subscriptions the test feeds and ends. */
function scene(head: number | undefined) {
  const subscriptions: SubscriptionOptions[] = [];
  const told: PoolMoment[] = [];
  let stops = 0;
  const store = {
    head: async () => (head === undefined ? undefined : { position: head, recordedAt: 0 }),
    subscribeToAll: (options: SubscriptionOptions) => {
      subscriptions.push(options);
      return { stop: async () => void (stops += 1) };
    },
  };
  const moments = new PoolMoments(store, (moment) => told.push(moment), 1_000);
  return { moments, subscriptions, told, stops: () => stops };
}

describe('listening', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('begins at the end of the log, and tells what comes', async () => {
    const { moments, subscriptions, told } = scene(7);
    await moments.start();
    expect(subscriptions[0]?.after).toBe(7);
    await subscriptions[0]?.onEvents([recorded(8, cloned), recorded(9, reset), recorded(10, destroyed)]);
    expect(told.map(({ kind }) => kind)).toEqual(['clone', 'destroy']);
  });

  it('passes over what it cannot read', async () => {
    const { moments, subscriptions, told } = scene(undefined);
    await moments.start();
    const broken = [recorded(1, cloned, { data: '{' }), recorded(2, cloned, { type: 'pools/VmCloned@99' })];
    await subscriptions[0]?.onEvents([...broken, recorded(3, ready)]);
    expect(told.map(({ kind }) => kind)).toEqual(['ready']);
  });

  it('goes on where it was when the store comes back', async () => {
    jest.useFakeTimers();
    const { moments, subscriptions } = scene(7);
    await moments.start();
    await subscriptions[0]?.onEvents([recorded(8, cloned)]);
    subscriptions[0]?.onEnd?.(new Error('gone'));
    expect(subscriptions).toHaveLength(1);
    jest.advanceTimersByTime(1_000);
    expect(subscriptions.map(({ after }) => after)).toEqual([7, 8]);
  });

  it('ends for good', async () => {
    jest.useFakeTimers();
    const { moments, subscriptions, stops } = scene(7);
    await moments.start();
    subscriptions[0]?.onEnd?.(new Error('gone'));
    await moments.stop();
    jest.advanceTimersByTime(5_000);
    expect([subscriptions.length, stops()]).toEqual([1, 1]);
  });
});
