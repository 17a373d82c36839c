import { describe, expect, it } from '@jest/globals';
import { samplePool, SupplyBed } from './supply-bed.contract.js';

const boots = { vms: { cloneMs: { min: 1_000, max: 1_000 }, bootMs: { min: 2_000, max: 2_000 } } };

describe('the supply of a pool', () => {
  it('fills an empty pool, and replaces what is taken', async () => {
    const bed = new SupplyBed(boots);
    const server = await bed.started([samplePool('a')]);
    await bed.pass(500);
    expect(server.supply.status().get('a')).toMatchObject({ cloning: 3, booting: 0, failures: 0, lastError: null });
    await bed.pass(1_500);
    expect(server.supply.status().get('a')).toMatchObject({ cloning: 0, booting: 3 });
    await bed.pass(4_000);
    expect(await server.stock('a')).toMatchObject({ ready: 3, pending: 0, running: 0 });
    expect(await server.checkOut('a', 2)).toHaveLength(2);
    await bed.pass(6_000);
    expect(await server.stock('a')).toMatchObject({ ready: 3, pending: 0, running: 2 });
    expect(server.supply.status().get('a')).toMatchObject({ cloning: 0, booting: 0, destroying: 0, tasks: 0 });
    expect(await bed.leaks()).toEqual([]);
    await server.stop();
    expect(bed.clock.waiting).toBe(0);
  });

  it('gives each machine its own name, place, plan, and the seconds that clone and boot took', async () => {
    const bed = new SupplyBed(boots);
    const pool = samplePool('a', { size: 1, cloneTarget: 'cluster-1', domain: 'lab.example.test' });
    const server = await bed.started([pool], { settings: { prefix: 'ci-', timeoutMinutes: 7 } });
    await bed.pass(6_000);
    const [requested] = await bed.of('VmRequested');
    expect(requested).toMatchObject({
      request: null,
      vm: { generation: 1, template: 'templates/a', cloneTarget: 'cluster-1', domain: 'lab.example.test', vcpus: 2 },
      timeoutAt: (requested?.at ?? 0) + 7 * 60_000,
    });
    expect(requested?.vm.name).toMatch(/^ci-[a-z]+-[a-z]+$/);
    expect(['kvm-1', 'kvm-2']).toContain(requested?.vm.placement.serviceHost);
    const [cloned] = await bed.of('VmCloned');
    expect(cloned).toMatchObject({ name: requested?.vm.name, seconds: 1, figures: { day: '2026-01-01', count: 1 } });
    const [ready] = await bed.of('VmReady');
    expect(ready?.seconds).toBeGreaterThanOrEqual(3);
    expect(ready?.seconds).toBeLessThan(5);
    await server.stop();
  });

  it('destroys what is returned, and frees its place but not yet its name', async () => {
    const bed = new SupplyBed();
    const server = await bed.started([samplePool('a', { size: 1 })]);
    await bed.pass(500);
    const [taken] = await server.checkOut('a', 1);
    const name = taken?.name ?? '';
    const rules = { authConfigured: false, strictOwnership: false };
    await server.decide('a', { type: 'return-vm', name, toucher: null, rules, at: bed.clock.now() });
    await bed.pass(1_000);
    const [destroyed] = await bed.of('VmDestroyed');
    expect(destroyed).toMatchObject({ record: { name, retirement: 'returned' } });
    const types = await bed.types();
    expect(types.indexOf('GuestRemoved')).toBeLessThan(types.indexOf('VmDestroyed'));
    expect(types.indexOf('VmDestroyed')).toBeLessThan(types.indexOf('VmNameRetired'));
    expect(types).not.toContain('VmNameReleased');
    expect(await bed.leaks()).toEqual([]);
    await server.stop();
  });

  it('grows with its size, sheds what is too much, and makes nothing at size 0', async () => {
    const bed = new SupplyBed();
    const server = await bed.started([samplePool('a', { size: 2 })]);
    await bed.pass(500);
    for (const size of [5, 1, 0]) {
      await server.decide('a', { type: 'override-size', size, at: bed.clock.now() });
      await bed.pass(2_000);
      expect(await server.stock('a')).toMatchObject({ ready: size, pending: 0, completed: 0 });
      expect(await bed.leaks()).toEqual([]);
    }
    await server.stop();
  });

  it('replaces everything that waits when the template changes', async () => {
    const bed = new SupplyBed(boots);
    const server = await bed.started([samplePool('a')]);
    await bed.pass(5_000);
    await server.decide('a', { type: 'override-template', template: 'templates/new', at: bed.clock.now() });
    await bed.pass(7_000);
    expect(await server.stock('a')).toMatchObject({ ready: 3, pending: 0, completed: 0 });
    expect((await bed.of('VmRequested')).map(({ vm }) => vm.template)).toEqual([
      ...Array.from({ length: 3 }, () => 'templates/a'),
      ...Array.from({ length: 3 }, () => 'templates/new'),
    ]);
    expect(await bed.leaks()).toEqual([]);
    await server.stop();
  });

  it('replaces machines that are being cloned or booted when the pool is reset, and destroys none of them twice', async () => {
    const bed = new SupplyBed({ vms: { cloneMs: { min: 2_000, max: 2_000 }, bootMs: { min: 9_000, max: 9_000 } } });
    const server = await bed.started([samplePool('a', { size: 2 })]);
    for (const ms of [1_000, 4_000, 1_000]) {
      await bed.pass(ms);
      await server.decide('a', { type: 'reset', at: bed.clock.now() });
    }
    await bed.pass(20_000);
    expect(await server.stock('a')).toMatchObject({ ready: 2, pending: 0, completed: 0 });
    expect(await bed.of('VmDestroyed')).toHaveLength(6);
    expect(await bed.leaks()).toEqual([]);
    await server.stop();
  });

  it('destroys a machine that nobody waits for any more without waiting until it has booted', async () => {
    const bed = new SupplyBed({ vms: { bootMs: { min: 1e9, max: 1e9 } } });
    const server = await bed.started([samplePool('a', { size: 2 })]);
    await bed.pass(20_000);
    expect(server.supply.status().get('a')).toMatchObject({ booting: 2 });
    await server.decide('a', { type: 'override-size', size: 0, at: bed.clock.now() });
    await server.decide('a', { type: 'reset', at: bed.clock.now() });
    await bed.pass(1_000);
    expect(await bed.of('VmDestroyed')).toHaveLength(2);
    expect(server.supply.status().get('a')).toMatchObject({ booting: 0, destroying: 0 });
    await server.stop();
  });

  it('works without nudges and timers, by its own checks alone', async () => {
    const bed = new SupplyBed();
    const server = await bed.started([samplePool('a', { size: 2 })], { processes: false });
    await bed.pass(61_000);
    await server.checkOut('a', 2);
    await bed.pass(61_000);
    expect(await server.stock('a')).toMatchObject({ ready: 2, running: 2 });
    await server.stop();
  });

  it('takes up all that was under way when the server was stopped, and makes nothing twice', async () => {
    const bed = new SupplyBed(boots);
    const pools = [samplePool('a', { size: 4 })];
    const settings = { taskLimit: 2 };
    const first = await bed.started(pools, { settings });
    // Two are booting, two are being cloned.
    await bed.pass(1_500);
    expect(first.supply.status().get('a')).toMatchObject({ cloning: 2, booting: 2 });
    await first.stop();
    const { length } = await bed.of('VmRequested');
    expect(length).toBe(4);
    const next = await bed.started(pools, { settings });
    await bed.pass(8_000);
    expect(await next.stock('a')).toMatchObject({ ready: 4, pending: 0 });
    expect(await bed.of('VmRequested')).toHaveLength(4);
    expect(await bed.of('VmCloneFailed')).toEqual([]);
    expect(await bed.leaks()).toEqual([]);
    await next.stop();
  });

  it('says once when a machine is pending for long', async () => {
    const bed = new SupplyBed({ vms: { bootMs: { min: 600_000, max: 600_000 } } });
    const server = await bed.started([samplePool('a', { size: 1 })], { settings: { timeoutNotificationMinutes: 5 } });
    await bed.pass(290_000);
    expect(bed.logged).toEqual([]);
    await bed.pass(200_000);
    const [{ vm: { name } } = { vm: { name: '' } }] = await bed.of('VmRequested');
    expect(bed.logged).toEqual([`pool a: ${name} is pending for over 5 minutes`]);
    await server.stop();
  });

  it('looks after nothing in a process without that role', async () => {
    const bed = new SupplyBed();
    const server = await bed.started([samplePool('a')], { settings: { supplies: false } });
    await bed.pass(61_000);
    expect(await bed.of('VmRequested')).toEqual([]);
    expect(server.supply.status().size).toBe(0);
    await server.stop();
  });
});

describe('pools that share the places for clones', () => {
  it('never clone more at a time than all may together, and take turns', async () => {
    const bed = new SupplyBed({ vms: { cloneMs: { min: 1_000, max: 1_000 } } });
    const pools = [samplePool('a', { size: 12 }), samplePool('b', { size: 4 })];
    const server = await bed.started(pools, { settings: { taskLimit: 4 } });
    let most = 0;
    for (let n = 0; n < 25; n += 1) {
      await bed.pass(100);
      const cloning = [...server.supply.status().values()].reduce((sum, each) => sum + each.cloning, 0);
      most = Math.max(most, cloning);
    }
    expect(most).toBe(4);
    // The smaller pool has not waited until the larger one was full.
    expect(await server.stock('b')).toMatchObject({ ready: 2, pending: 2 });
    expect(await server.stock('a')).toMatchObject({ ready: 6, pending: 2 });
    await bed.pass(3_000);
    expect(await server.stock('a')).toMatchObject({ ready: 12, pending: 0 });
    await server.stop();
  });

  it('have their own places for machines on demand', async () => {
    const bed = new SupplyBed({ vms: { cloneMs: { min: 10_000, max: 10_000 } } });
    const settings = { taskLimit: 1, onDemandCloneLimit: 2 };
    const server = await bed.started([samplePool('a', { size: 5 })], { settings });
    await bed.pass(500);
    const checkout = { checkoutId: 'c', requestedAs: 'a', tokenHash: null, userId: null, lifetime: null };
    const queue = { type: 'queue-on-demand', request: 'onDemand-q.1', count: 3, checkout } as const;
    await server.decide('a', { ...queue, at: bed.clock.now() });
    await bed.pass(1_000);
    expect(server.supply.status().get('a')).toMatchObject({ cloning: 3 });
    await bed.pass(25_000);
    expect(await bed.of('VmDelivered')).toHaveLength(3);
    expect(await server.stock('a')).toMatchObject({ running: 3 });
    expect((await bed.of('VmRequested')).filter(({ request }) => request !== null)).toHaveLength(3);
    await server.stop();
  });
});
