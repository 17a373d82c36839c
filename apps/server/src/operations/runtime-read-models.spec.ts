import { describe, expect, it } from '@jest/globals';
import type { ProjectionStatus } from '#runtime';
import { RuntimeReadModels } from './runtime-read-models.js';

const parkedAt = { name: 'a', position: 7, eventId: 'e', stream: 's', storedType: 'c/T@1', error: 'no' };
const status = (name: string, more: Partial<ProjectionStatus> = {}): ProjectionStatus => ({
  name,
  version: 1,
  state: 'live',
  rebuilding: false,
  position: 9,
  parked: undefined,
  error: undefined,
  ...more,
});

/** A runner whose work ends when it is told to. */
function scene(models: readonly ProjectionStatus[]) {
  const orders: string[] = [];
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const told: string[] = [];
  const work = (order: string) => (of: string | readonly string[] | undefined) =>
    new Promise<void>((resolve, reject) => {
      orders.push(`${order} ${[of].flat().join(',')}`);
      ends.push({ resolve, reject });
    });
  const runner = { status: () => models, retry: work('retry'), skip: work('skip'), rebuild: work('rebuild') };
  const logger = {
    info: (_: unknown, text: string) => told.push(text),
    error: (_: unknown, text: string) => told.push(text),
  };
  return { control: new RuntimeReadModels(runner, logger as never), orders, ends, told };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('orders for read models', () => {
  it('tell how each stands', () => {
    const models = [status('a'), status('b', { state: 'parked', parked: parkedAt })];
    expect(scene(models).control.status()).toEqual(models);
  });

  it('are carried out in the background, one at a time for each', async () => {
    const { control, orders, ends, told } = scene([status('a', { state: 'parked', parked: parkedAt }), status('b')]);
    expect(control.order('a', 'retry')).toBe('begun');
    expect(control.order('a', 'skip')).toBe('rebuilding');
    expect(control.order('b', 'rebuild')).toBe('begun');
    expect(orders).toEqual(['retry a', 'rebuild b']);
    ends[0]!.resolve();
    await settle();
    expect(told).toContain('the order was carried out');
    expect(control.order('a', 'skip')).toBe('begun');
    expect(orders.at(-1)).toBe('skip a');
  });

  it('that fail are told to the log, and may be given again', async () => {
    const { control, ends, told } = scene([status('a')]);
    expect(control.order('a', 'rebuild')).toBe('begun');
    ends[0]!.reject(new Error('disk full'));
    await settle();
    expect(told).toContain('the order failed');
    expect(control.order('a', 'rebuild')).toBe('begun');
  });

  it.each([
    ['nothing', 'rebuild', 'unknown'],
    ['live', 'retry', 'not-parked'],
    ['live', 'skip', 'not-parked'],
    ['rebuilding', 'rebuild', 'rebuilding'],
  ] as const)('of %s to %s: %s', (name, order, answer) => {
    const { control, orders } = scene([status('live'), status('rebuilding', { rebuilding: true })]);
    expect(control.order(name, order)).toBe(answer);
    expect(orders).toEqual([]);
  });
});
