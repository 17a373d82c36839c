import { describe, expect, it } from '@jest/globals';
import { SimulatedProvider } from '#providers/adapters/simulated';
import type { CheckoutFacts } from '../../pool/pool.events.js';
import { samplePool, SupplyBed } from '../supply-bed.contract.js';

const host = (name: string, vcpus: number) => ({ name, vcpus, memoryMb: 262_144, localGb: 4096 });
const checkout: CheckoutFacts = { checkoutId: 'c', requestedAs: 'a', tokenHash: null, userId: null, lifetime: null };

describe('names of new machines', () => {
  it('are tried again when they are taken, and get other characters when they are taken again and again', async () => {
    const bed = new SupplyBed();
    // Chance always says the same: every name of two words is the same one.
    Object.assign(bed.world, { random: () => 0.5 });
    const server = await bed.started([samplePool('a', { size: 3, hosts: ['kvm-1'] })]);
    await bed.pass(60_000);
    const names = (await bed.of('VmRequested')).map(({ vm }) => vm.name);
    expect(new Set(names).size).toBe(3);
    expect(names.filter((name) => /^[a-z]+-[a-z]+$/.test(name))).toHaveLength(1);
    expect(await server.stock('a')).toMatchObject({ ready: 3 });
    expect(await bed.leaks()).toEqual([]);
    await server.stop();
  });

  it('are never the same in two pools, and a pool that finds none tries again later', async () => {
    const bed = new SupplyBed();
    Object.assign(bed.world, { random: () => 0.5, characters: (count: number) => 'x'.repeat(count) });
    const pools = ['a', 'b'].map((name) => samplePool(name, { size: 2 }));
    const server = await bed.started(pools);
    await bed.pass(10_000);
    const names = (await bed.of('VmRequested')).map(({ vm }) => vm.name);
    expect([new Set(names).size, names.length]).toEqual([2, 2]);
    expect(bed.logged.filter((text) => text.includes('no free name was found'))).not.toEqual([]);
    Object.assign(bed.world, { random: Math.random });
    await bed.pass(130_000);
    expect([(await server.stock('a'))?.ready, (await server.stock('b'))?.ready]).toEqual([2, 2]);
    expect(await bed.leaks()).toEqual([]);
    await server.stop();
  });
});

describe('room for new machines', () => {
  it('is waited for: said once, shown, and nothing is written while there is none', async () => {
    const bed = new SupplyBed({ hosts: [host('kvm-1', 4)] });
    const server = await bed.started([samplePool('a', { size: 3, hosts: ['kvm-1'] })]);
    await bed.pass(10_000);
    expect(await server.stock('a')).toMatchObject({ ready: 2, pending: 0 });
    const message = 'no room for a machine: no-capacity, kvm-1 no-room';
    expect(server.supply.status().get('a')?.lastError).toBe(message);
    const { length } = await bed.events();
    await bed.pass(600_000);
    expect((await bed.events()).length).toBe(length);
    expect(bed.logged).toEqual([`pool a: ${message}`]);
    const [taken] = await server.checkOut('a', 1);
    const rules = { authConfigured: false, strictOwnership: false };
    const give = { type: 'return-vm', name: taken?.name ?? '', toucher: null, rules } as const;
    await server.decide('a', { ...give, at: bed.clock.now() });
    await bed.pass(5_000);
    // There is room again at once: no check is waited for.
    expect(await server.stock('a')).toMatchObject({ ready: 2, pending: 0, running: 0 });
    expect(await bed.leaks()).toEqual([]);
    await server.stop();
  });

  it('may be another pool’s that shares the hosts', async () => {
    const bed = new SupplyBed({ hosts: [host('kvm-1', 4)] });
    const pools = [samplePool('a', { size: 2, hosts: ['kvm-1'] }), samplePool('b', { size: 1, hosts: ['kvm-1'] })];
    const server = await bed.started(pools);
    await bed.pass(10_000);
    const ready = async () => ((await server.stock('a'))?.ready ?? 0) + ((await server.stock('b'))?.ready ?? 0);
    expect(await ready()).toBe(2);
    await server.decide('a', { type: 'override-size', size: 0, at: bed.clock.now() });
    await bed.pass(10_000);
    expect(await server.stock('b')).toMatchObject({ ready: 1 });
    await server.stop();
  });

  it('is nowhere when the configuration names hosts that nobody knows', async () => {
    const bed = new SupplyBed();
    const server = await bed.started([samplePool('a', { hosts: ['nowhere'] })]);
    await bed.pass(10_000);
    expect(server.supply.status().get('a')?.lastError).toBe('no room for a machine: host-unknown');
    expect(await bed.of('VmRequested')).toEqual([]);
    await server.stop();
  });
});

describe('clones that fail', () => {
  it('leave nothing behind, and are tried again ever more seldom', async () => {
    const bed = new SupplyBed({ vms: { permanentTemplates: ['templates/a'] } });
    const server = await bed.started([samplePool('a', { size: 1 })]);
    await bed.pass(600_000);
    const times = (await bed.of('VmCloneFailed')).map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(gaps[0]).toBeGreaterThanOrEqual(1_000);
    expect(gaps.slice(6).every((gap) => gap >= 60_000)).toBe(true);
    expect(times.length).toBeGreaterThan(8);
    expect(times.length).toBeLessThan(20);
    expect(await server.stock('a')).toMatchObject({ ready: 0, pending: 0, completed: 0 });
    expect(await bed.leaks()).toEqual([]);
    // Once, and then only that it failed is counted.
    expect(bed.logged).toHaveLength(1);
    expect(server.supply.status().get('a')).toMatchObject({ failures: times.length });
    expect(server.supply.status().get('a')?.lastError).toContain('templates/a');
    await server.stop();
  });

  it('do not hinder other pools', async () => {
    const bed = new SupplyBed({ vms: { permanentTemplates: ['templates/a'] } });
    const pools = [samplePool('a', { size: 20 }), samplePool('b', { size: 3 })];
    const server = await bed.started(pools, { settings: { taskLimit: 2 } });
    await bed.pass(3_000);
    expect(await server.stock('b')).toMatchObject({ ready: 3 });
    await server.stop();
  });

  it('are tried again by the provider’s own wrapper first; then the machine is replaced by another', async () => {
    const bed = new SupplyBed();
    // Twice: one call. Four times: two.
    bed.provider.control.failNext('createVm', 3, 'retry');
    const server = await bed.started([samplePool('a', { size: 1 })]);
    await bed.pass(20_000);
    expect(await server.stock('a')).toMatchObject({ ready: 1, pending: 0, completed: 0 });
    expect((await bed.of('VmCloneFailed')).map(({ permanent }) => permanent)).toEqual([false]);
    expect(await bed.leaks()).toEqual([]);
    expect(server.supply.status().get('a')).toMatchObject({ failures: 1, lastError: null });
    await server.stop();
  });

  it('that took too long and are made after all are destroyed', async () => {
    const bed = new SupplyBed({ vms: { cloneMs: { min: 5_000, max: 5_000 } } });
    const server = await bed.started([samplePool('a', { size: 1 })], { settings: { providerTimeoutMs: 2_000 } });
    await bed.pass(30_000);
    expect((await bed.of('VmCloneFailed')).length).toBeGreaterThan(0);
    await server.decide('a', { type: 'override-size', size: 0, at: bed.clock.now() });
    await bed.pass(200_000);
    expect(await server.stock('a')).toMatchObject({ ready: 0, pending: 0, completed: 0 });
    expect(await bed.leaks()).toEqual([]);
    await server.stop();
  });

  it('are not begun where no provider is configured (any more), and what is there stays', async () => {
    const bed = new SupplyBed();
    const pools = [samplePool('a', { size: 1 })];
    const first = await bed.started(pools);
    await bed.pass(500);
    await first.stop();
    const { clock } = bed;
    const other = new SimulatedProvider({ name: 'other', hosts: [host('kvm-3', 64)], clock });
    const next = await bed.started(pools, { providers: [other] });
    await next.decide('a', { type: 'reset', at: bed.clock.now() });
    await bed.pass(100_000);
    expect(await next.stock('a')).toMatchObject({ ready: 0, pending: 0, completed: 1 });
    expect(next.supply.status().get('a')?.lastError).toContain('there is no provider simulated');
    await next.stop();
  });

  it.each([
    ['for good', 'templates/gone', 0, 1],
    ['again and again', 'templates/a', 8, 4],
  ])('of a request %s: are tried as often as they may be', async (_, template, failures, attempts) => {
    const bed = new SupplyBed({ vms: { permanentTemplates: ['templates/gone'] } });
    const server = await bed.started([samplePool('a', { size: 0, template })]);
    await bed.pass(200);
    bed.provider.control.failNext('createVm', failures, 'retry');
    const queue = { type: 'queue-on-demand', request: 'onDemand-q.1', count: 1, checkout } as const;
    await server.decide('a', { ...queue, at: bed.clock.now() });
    await bed.pass(20_000);
    const failed = await bed.of('VmCloneFailed');
    expect(failed).toHaveLength(attempts);
    expect(await bed.leaks()).toEqual([]);
    await server.stop();
  });
});

describe('machines that never boot', () => {
  it('are replaced when their time is over', async () => {
    const bed = new SupplyBed({ vms: { bootMs: { min: 1e9, max: 1e9 } } });
    const server = await bed.started([samplePool('a', { size: 1, timeoutMinutes: 2 })]);
    await bed.pass(130_000);
    expect((await bed.of('VmsRetired')).map(({ reason }) => reason)).toEqual(['timeout']);
    const [requested] = await bed.of('VmRequested');
    const [retired] = await bed.of('VmsRetired');
    expect((retired?.at ?? 0) - (requested?.at ?? 0)).toBeGreaterThanOrEqual(120_000);
    expect((retired?.at ?? 0) - (requested?.at ?? 0)).toBeLessThan(121_500);
    expect(await server.stock('a')).toMatchObject({ pending: 1, completed: 0 });
    expect(await bed.of('VmDestroyed')).toHaveLength(1);
    await server.stop();
  });

  it('cannot be looked at for a while: then they are offered later', async () => {
    const bed = new SupplyBed();
    bed.provider.control.failNext('inspectVm', 20, 'retry');
    const server = await bed.started([samplePool('a', { size: 1 })]);
    await bed.pass(1_000);
    expect(await server.stock('a')).toMatchObject({ ready: 0, pending: 1 });
    await bed.pass(60_000);
    expect(await server.stock('a')).toMatchObject({ ready: 1, pending: 0 });
    await server.stop();
  });
});

describe('several providers', () => {
  it('make the machines of the pools that name them', async () => {
    const bed = new SupplyBed({ hosts: [host('kvm-1', 64)] });
    const { clock } = bed;
    const sleep = (ms: number) => bed.sleep(ms);
    const second = new SimulatedProvider({ name: 'second', hosts: [host('kvm-2', 64)], clock, sleep });
    const pools = [samplePool('a', { size: 2 }), samplePool('b', { size: 2, provider: 'second' })];
    const server = await bed.started(pools, { providers: [bed.provider, second] });
    await bed.pass(2_000);
    expect(await server.stock('b')).toMatchObject({ ready: 2 });
    const places = (await bed.of('VmRequested')).filter(({ pool }) => pool === 'b').map(({ vm }) => vm.placement);
    expect(places).toMatchObject([{ provider: 'second' }, { provider: 'second' }]);
    await server.stop();
  });
});
