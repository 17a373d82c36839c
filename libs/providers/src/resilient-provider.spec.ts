import { describe, expect, it } from '@jest/globals';
import { ProviderError, type Provider, type ProviderCall, type VmSpec } from './port.js';
import { ResilientProvider, type Resilience } from './resilient-provider.js';

const call: ProviderCall = { requestId: 'request-1', timeoutMs: 20 };

function failing(outcomes: readonly (Error | 'hangs' | 'answers')[]) {
  const asked: string[] = [];
  const paused: number[] = [];
  const uptime: Provider['uptime'] = async (_nativeId, { requestId }) => {
    const outcome = outcomes[asked.push(requestId) - 1] ?? 'answers';
    if (outcome === 'hangs') return new Promise(() => undefined);
    if (outcome instanceof Error) throw outcome;
    return 'up';
  };
  const provider = { name: 'sample', uptime, close: async () => undefined } as Partial<Provider> as Provider;
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

const spec: VmSpec = {
  ...{ vmId: 'v', name: 'brisk-otter', pool: 'alma-9', domain: null, hypervisor: 'kvm-1', template: 't' },
  ...{ cloneTarget: null, folder: null, datastore: null, vcpus: 2, memoryMb: 4096, diskGb: 20 },
};
const operations = {
  createVm: [spec],
  inspectVm: ['v'],
  listVms: ['alma-9'],
  destroyVm: ['v'],
  snapshotVm: ['v', 's'],
  revertVm: ['v', 's'],
  addDisk: ['v', 8],
  listHypervisors: [],
  heartbeats: [],
  uptime: ['kvm-1'],
  listGuests: ['kvm-1'],
  destroyGuest: ['kvm-1', 'guest'],
  imageGuest: ['kvm-1', 'guest', 'name'],
  cacheImage: ['kvm-1', 'image'],
} as const satisfies Record<Exclude<keyof Provider, 'name' | 'close'>, readonly unknown[]>;

describe.each(Object.entries(operations))('%s of a resilient provider', (operation, given) => {
  type Ask = (...all: unknown[]) => Promise<unknown>;

  /** A provider whose every operation does as it is told, in that order, and one to ask it through. */
  function scripted(...outcomes: readonly (Error | 'hangs' | 'answers')[]) {
    const asked: unknown[][] = [];
    const act: Ask = async (...all) => {
      const outcome = outcomes[asked.push(all) - 1];
      if (outcome === 'hangs') return new Promise(() => undefined);
      if (outcome instanceof Error) throw outcome;
      return 'the answer';
    };
    const inner = { name: 'inner', close: async () => undefined, [operation]: act } as unknown as Provider;
    const resilient = new ResilientProvider(inner, { attempts: 3, sleep: async () => undefined });
    const methods = resilient as unknown as Record<string, Ask>;
    return { asked, ask: () => methods[operation]!(...given, call) };
  }

  it('is asked again after failures and time-outs, with everything the same, and answers', async () => {
    const { asked, ask } = scripted(new ProviderError('retry', 'try again'), 'hangs', 'answers');
    expect(await ask()).toBe('the answer');
    expect(asked).toEqual([1, 2, 3].map(() => [...given, call]));
  });

  it('fails with a ProviderError always', async () => {
    await expect(scripted('hangs', 'hangs', 'hangs').ask()).rejects.toMatchObject({ kind: 'timeout' });
    const broken = scripted(new TypeError('x is not a function'));
    await expect(broken.ask()).rejects.toMatchObject({ name: 'ProviderError', kind: 'permanent' });
    expect(broken.asked).toHaveLength(1);
  });
});

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

  it('waits out a time-out that is longer than a timer can be', async () => {
    const { asked, resilient } = failing(['answers']);
    expect(await resilient({ attempts: 1 }).uptime('a', { ...call, timeoutMs: 2 ** 40 })).toBe('up');
    expect(asked).toHaveLength(1);
    const { resilient: hanging } = failing(['hangs']);
    const outcome = hanging({ attempts: 1 }).uptime('a', { ...call, timeoutMs: 2 ** 40 });
    const soon = new Promise((resolve) => setTimeout(resolve, 20, 'still waiting'));
    expect(await Promise.race([outcome, soon])).toBe('still waiting');
  });

  it('has the name of the one inside', () => {
    expect(failing([]).resilient().name).toBe('sample');
  });
});
