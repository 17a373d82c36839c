import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ResilientProvider } from '../../resilient-provider.js';
import { providerContract } from '../../providers.contract.js';
import { SimulatedProvider, type SimulatedHost, type SimulatedOptions } from './index.js';

const hosts: readonly SimulatedHost[] = [
  { name: 'compute-1', vcpus: 64, memoryMb: 262_144, localGb: 2048, hostIp: '10.20.0.11' },
  { name: 'compute-2', vcpus: 63, memoryMb: 262_144, localGb: 2048, disabledReason: 'fan swap' },
  { name: 'compute-3', vcpus: 64, memoryMb: 262_144, localGb: 2048, alive: false, tellsUptime: false },
  { name: 'compute-4', vcpus: 64, memoryMb: 262_144, localGb: 2048, tellsUptime: false },
];

function simulated(more: Partial<SimulatedOptions> = {}): { provider: SimulatedProvider; time: { now: number } } {
  const time = { now: Date.UTC(2026, 2, 2, 9, 41, 3) };
  return { provider: new SimulatedProvider({ hosts, clock: { now: () => time.now }, ...more }), time };
}

const folders: string[] = [];
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'leasebook-simulated-'));
  folders.push(folder);
  return folder;
}
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

const call = (requestId = 'r', timeoutMs = 1000) => ({ requestId, timeoutMs });
const guest = { uuid: 'c0ffee00-1111-4222-8333-444455556666', name: 'vm', vcpus: 2, memoryMb: 4096, diskGb: 20 };

const means = [
  ['simulated', false, {}],
  ['simulated, made resilient', true, {}],
  [
    'simulated, taking its time',
    false,
    { latencyMs: { min: 1, max: 3 }, vms: { cloneMs: { min: 2, max: 9 }, bootMs: { min: 50, max: 70 } } },
  ],
  ['simulated, with a state file', false, { stateFile: 'vms.db' }],
] as const;

for (const [title, wrapped, options] of means) {
  providerContract(title, async () => {
    const folder = 'stateFile' in options ? await temporaryFolder() : '';
    const stateFile = 'stateFile' in options ? { stateFile: join(folder, options.stateFile) } : {};
    const templates = { vms: { ...('vms' in options ? options.vms : {}), templates: ['templates/alma-9'] } };
    const time = { now: Date.UTC(2026, 2, 2, 9, 41, 3) };
    const sleep = async (ms: number) => void (time.now += ms);
    const { provider } = simulated({ ...options, ...stateFile, ...templates, sleep, clock: { now: () => time.now } });
    const { control } = provider;
    return {
      provider: wrapped ? new ResilientProvider(provider, { attempts: 1 }) : provider,
      nativeIds: ['compute-1', 'compute-2'],
      template: 'templates/alma-9',
      now: () => time.now,
      putGuest: async (host, machine) => control.putGuest(host, machine),
      removeGuest: async (host, uuid) => control.removeGuest(host, uuid),
      silence: async (host) => control.silence(host),
      fetches: async (host, image) => control.fetches(host, image),
      failNext: async (operation) => control.failNext(operation),
      boot: async () => void (time.now += 70),
      putVm: async (vm) => control.putVm(vm),
      vanish: async (vmId) => control.vanish(vmId),
      listGuestsWithout: async (uuid) => control.listGuestsPartially([uuid]),
      images: async (host, uuid) => control.images(host, uuid).map(({ name }) => name),
      listVmsWithout: async (vmId) => control.listVmsPartially([vmId]),
      effects: async (vmId) => {
        const { snapshots, reverts, disks } = control.vm(vmId);
        return { snapshots, reverts, disks };
      },
    };
  });
}

describe('the simulated provider', () => {
  it('lists what the configuration says, in its order', async () => {
    const { hypervisors } = await simulated().provider.listHypervisors(call());
    expect(hypervisors.map(({ nativeId }) => nativeId)).toEqual(hosts.map(({ name }) => name));
    expect(hypervisors[0]).toMatchObject({ hostIp: '10.20.0.11', initiallyDisabled: null, type: 'QEMU', vcpus: 64 });
    expect(hypervisors[0]?.cpuInfo).toMatchObject({ topology: { cores: 32, threads: 2 } });
    expect(hypervisors[1]?.cpuInfo).toMatchObject({ topology: { cores: 63, threads: 1 } });
    expect(hypervisors[1]?.initiallyDisabled).toBe('fan swap');
  });

  it('counts the disk of guests', async () => {
    const { provider } = simulated();
    provider.control.putGuest('compute-1', guest);
    const [first] = (await provider.listHypervisors(call())).hypervisors;
    expect(first).toMatchObject({ diskAvailableLeastGb: 2028, guests: [guest] });
  });

  it('hears nothing of a dead host, and of a silent one no more than its last', async () => {
    const { provider, time } = simulated();
    const silentAt = time.now;
    provider.control.silence('compute-1');
    time.now += 30_000;
    const heard = new Map((await provider.heartbeats(call())).map(({ serviceHost, at }) => [serviceHost, at]));
    expect(heard).toEqual(
      new Map([
        ['compute-1', silentAt],
        ['compute-2', time.now],
        ['compute-4', time.now],
      ]),
    );
    provider.control.revive('compute-1');
    expect(await provider.heartbeats(call())).toContainEqual({ serviceHost: 'compute-1', at: time.now });
  });

  it('prints uptime as the command does', async () => {
    const { provider, time } = simulated();
    const form = /^ 09:41:03 up \d+ days?, [ \d]\d:\d\d, {2}0 users, {2}load average: \d\.\d\d, \d\.\d\d, \d\.\d\d$/;
    const first = await provider.uptime('compute-1', call());
    expect(first).toMatch(form);
    expect(await simulated().provider.uptime('compute-1', call())).toBe(first);
    time.now += 86_400_000;
    expect(await provider.uptime('compute-1', call())).not.toBe(first);
    expect(await provider.uptime('compute-4', call())).toBeNull();
    await expect(provider.uptime('compute-3', call())).rejects.toMatchObject({ kind: 'retry' });
  });

  it('says when a listing is partial', async () => {
    const { provider } = simulated();
    provider.control.listPartially(['compute-2']);
    const partial = await provider.listHypervisors(call());
    expect([partial.complete, partial.hypervisors.length]).toEqual([false, 3]);
    expect(await provider.listHypervisors(call())).toMatchObject({ complete: true, hypervisors: { length: 4 } });
  });

  it('fails by chance, the same for the same seed', async () => {
    const outcomes = async (seed: number) => {
      const { provider } = simulated({ seed, failureRate: 0.5 });
      const seen: boolean[] = [];
      for (let n = 0; n < 64; n += 1) {
        seen.push(await provider.heartbeats(call()).then(() => true).catch(() => false)); // prettier-ignore
      }
      return seen;
    };
    const first = await outcomes(7);
    expect(new Set(first)).toEqual(new Set([true, false]));
    expect(await outcomes(7)).toEqual(first);
    expect(await outcomes(8)).not.toEqual(first);
  });

  it('takes its time, and no longer than the caller waits', async () => {
    const slept: number[] = [];
    const sleep = async (ms: number) => void slept.push(ms);
    const { provider } = simulated({ latencyMs: { min: 100, max: 200 }, sleep });
    await provider.heartbeats(call());
    expect(slept[0]).toBeGreaterThanOrEqual(100);
    expect(slept[0]).toBeLessThanOrEqual(200);
    await expect(provider.heartbeats(call('r', 50))).rejects.toMatchObject({ kind: 'timeout' });
    expect(slept[1]).toBe(50);
  });

  it('does nothing to the guests of a host that is silent', async () => {
    const { provider } = simulated();
    provider.control.putGuest('compute-1', guest);
    provider.control.silence('compute-1');
    for (const asked of [
      provider.listGuests('compute-1', call()),
      provider.destroyGuest('compute-1', guest.uuid, call()),
      provider.imageGuest('compute-1', guest.uuid, 'i', call()),
    ])
      await expect(asked).rejects.toMatchObject({ name: 'ProviderError', kind: 'retry' });
    provider.control.revive('compute-1');
    expect(await provider.listGuests('compute-1', call())).toEqual({ complete: true, guests: [guest] });
    expect(provider.control.images('compute-1', guest.uuid)).toEqual([]);
  });

  it('changes, adds and removes hosts', async () => {
    const { provider } = simulated();
    provider.control.putGuest('compute-1', guest);
    provider.control.changeHost('compute-1', { memoryMb: 1024 });
    provider.control.addHost({ name: 'compute-5', vcpus: 1, memoryMb: 1, localGb: 1 });
    provider.control.removeHost('compute-2');
    const { hypervisors } = await provider.listHypervisors(call());
    expect(hypervisors.map(({ nativeId }) => nativeId)).toEqual(['compute-1', 'compute-3', 'compute-4', 'compute-5']);
    expect(hypervisors[0]).toMatchObject({ memoryMb: 1024, guests: [guest] });
    expect(() => provider.control.addHost(hosts[0]!)).toThrow('already');
  });
});
