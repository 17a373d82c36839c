import { describe, expect, it } from '@jest/globals';
import { ProviderError, type Provider, type ProviderCall } from './port.js';
import { ResilientProvider, type Resilience } from './resilient-provider.js';

const call: ProviderCall = { requestId: 'request-1', timeoutMs: 20 };

function failing(outcomes: readonly (Error | 'hangs' | 'answers')[]) {
  const asked: string[] = [];
  const paused: number[] = [];
  const provider: Provider = {
    name: 'sample',
    createVm: async () => ({ ip: '10.0.0.7' }),
    inspectVm: async () => null,
    listVms: async () => ({ complete: true, vms: [] }),
    destroyVm: async () => undefined,
    snapshotVm: async () => undefined,
    revertVm: async () => undefined,
    addDisk: async () => undefined,
    listHypervisors: async () => ({ complete: true, hypervisors: [] }),
    heartbeats: async () => [],
    uptime: async (_nativeId, { requestId }) => {
      const outcome = outcomes[asked.push(requestId) - 1] ?? 'answers';
      if (outcome === 'hangs') return new Promise(() => undefined);
      if (outcome instanceof Error) throw outcome;
      return 'up';
    },
    cacheImage: async () => undefined,
    close: async () => undefined,
  };
  const resilient = (more: Partial<Resilience> = {}) =>
    new ResilientProvider(provider, {
      sleep: async (ms) => void paused.push(ms),
      random: () => 0,
      pauseMs: 100,
      maxPauseMs: 150,
      ...more,
    });
  return { asked, paused, resilient };
}

describe('a resilient provider', () => {
  const retry = new ProviderError('retry', 'try again');

  it('tries again with the same request id and growing pauses', async () => {
    const { asked, paused, resilient } = failing([retry, retry, retry]);
    expect(await resilient({ attempts: 4 }).uptime('a', call)).toBe('up');
    expect(asked).toEqual(['request-1', 'request-1', 'request-1', 'request-1']);
    expect(paused).toEqual([100, 150, 150]);
  });

  it('cuts pauses at random by up to a half', async () => {
    const { paused, resilient } = failing([retry]);
    await resilient({ random: () => 0.5 }).uptime('a', call);
    expect(paused).toEqual([75]);
  });

  it('gives up after the last attempt, with the last failure', async () => {
    const last = new ProviderError('retry', 'the third');
    const { asked, resilient } = failing([retry, retry, last]);
    await expect(resilient({ attempts: 3 }).uptime('a', call)).rejects.toBe(last);
    expect(asked).toHaveLength(3);
  });

  it('does not try again what will never work', async () => {
    const { asked, resilient } = failing([new ProviderError('permanent', 'no')]);
    await expect(resilient().uptime('a', call)).rejects.toMatchObject({ kind: 'permanent' });
    expect(asked).toHaveLength(1);
  });

  it('takes another error for a defect', async () => {
    const { asked, resilient } = failing([new TypeError('x is not a function')]);
    await expect(resilient().uptime('a', call)).rejects.toMatchObject({ name: 'ProviderError', kind: 'permanent' });
    expect(asked).toHaveLength(1);
  });

  it('does not wait for an answer longer than the call says', async () => {
    const { asked, resilient } = failing(['hangs', 'hangs']);
    await expect(resilient({ attempts: 2 }).uptime('a', call)).rejects.toMatchObject({ kind: 'timeout' });
    expect(asked).toHaveLength(2);
  });

  it('does not try again once closed', async () => {
    const { asked, resilient } = failing([retry]);
    const provider: ResilientProvider = resilient({ sleep: () => provider.close() });
    await expect(provider.uptime('a', call)).rejects.toBe(retry);
    expect(asked).toHaveLength(1);
  });

  it('passes everything else on', async () => {
    const provider = failing([]).resilient();
    expect(provider.name).toBe('sample');
    expect(await provider.listHypervisors(call)).toEqual({ complete: true, hypervisors: [] });
    expect(await provider.heartbeats(call)).toEqual([]);
    await provider.cacheImage('a', 'b', call);
  });
});
