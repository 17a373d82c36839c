import { describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '#kernel';
import { hostsPerReaction, imageCachingSaga } from './image-caching.saga.js';

const envelope = (type: string, data: object) => ({ event: { type, data } }) as unknown as EventEnvelope;
const requested = (hosts: readonly string[]) =>
  envelope('ImageCachingRequested', { requestId: 'q', id: 1, imageIds: ['i', 'j'], hosts, at: 1 });
const finished = envelope('ImageCachingFinished', { requestId: 'q', id: 1, at: 2 });
const finish = { kind: 'do', name: 'finish-caching', input: { requestId: 'q' } };

describe('image caching', () => {
  it('starts with the wish and stops when it is finished', () => {
    expect(imageCachingSaga.correlate(requested([]))).toEqual({ key: 'q', as: 'start' });
    expect(imageCachingSaga.correlate(finished)).toEqual({ key: 'q', as: 'stop' });
    expect(imageCachingSaga.correlate(envelope('AggregateDeleted', { id: 1 }))).toBeUndefined();
  });

  it('given no hosts, when wished, then it only finishes', () => {
    expect(imageCachingSaga.react(null, requested([]))).toEqual([finish]);
  });

  it('given hosts, when wished, then each is tried once, in portions, and then it finishes', () => {
    const hosts = Array.from({ length: hostsPerReaction + 1 }, (_, n) => `h${String(n)}`);
    const input = { requestId: 'q', imageIds: ['i', 'j'] };
    expect(imageCachingSaga.react(null, requested(hosts))).toEqual([
      { kind: 'do', name: 'cache-images', input: { ...input, hosts: hosts.slice(0, hostsPerReaction) } },
      { kind: 'do', name: 'cache-images', input: { ...input, hosts: hosts.slice(hostsPerReaction) } },
      finish,
    ]);
  });

  it('given it is finished, then nothing', () => {
    expect(imageCachingSaga.react(null, finished)).toEqual([]);
  });

  it.each([
    [1, 1000],
    [2, 2000],
    [7, 60_000],
    [5000, 60_000],
  ])('tries again for ever when a store does not answer: after attempt %d, %d ms', (attempt, afterMs) => {
    expect(imageCachingSaga.onFailure(new Error('x'), attempt)).toEqual({ kind: 'retry', afterMs });
  });
});
