import { describe, expect, it } from '@jest/globals';
import type { Placement } from '../../pool/pool.events.js';
import { samplePool, SupplyBed } from '../supply-bed.contract.js';
import { missedVms, unknownVms, type KnownVms } from './listing.policy.js';

const placement: Placement = { hypervisorUuid: 'h', provider: 'p', nativeId: 'kvm-1', serviceHost: 'kvm-1' };
const known = (...vms: readonly [vmId: string, queue?: string, cloned?: boolean, provider?: string][]): KnownVms =>
  new Map(
    vms.map(([vmId, queue = 'ready', cloned = true, provider = 'p']) => [
      vmId,
      { name: vmId, queue, cloned, placement: { ...placement, provider } },
    ]),
  );
const listed = (...vmIds: readonly string[]) => vmIds.map((vmId) => ({ vmId }));

describe('what a listing proves', () => {
  it('unknown is what the log does not know after it, but not what was destroyed since it began', () => {
    expect(unknownVms(listed('a', 'b', 'c'), known(['a']), new Set(['c']))).toEqual(listed('b'));
  });

  it('missed is what was known and cloned before it, at that provider, and is not going anyway', () => {
    const before = known(['a'], ['b'], ['c', 'pending', false], ['d', 'completed'], ['e', 'ready', true, 'q']);
    expect([...missedVms(before, listed('a'), 'p', new Map())]).toEqual([['b', 1]]);
  });

  it('only what is missed in a row counts', () => {
    const first = missedVms(known(['a'], ['b']), listed(), 'p', new Map());
    const second = missedVms(known(['a'], ['b']), listed('a'), 'p', first);
    const third = missedVms(known(['a'], ['b']), listed(), 'p', second);
    expect([...third]).toEqual([
      ['a', 1],
      ['b', 3],
    ]);
  });
});

const stranger = (name: string) => ({ vmId: `00000000-0000-4000-8000-${name.padStart(12, '0')}`, name: `odd-${name}` });
const settings = { checkLoopMaxMs: 60_000 };

describe('machines at a provider that the log does not know', () => {
  it('are destroyed, but those of other pools and of nobody are left alone', async () => {
    const bed = new SupplyBed();
    bed.provider.control.putVm({ ...stranger('1'), pool: 'a', hypervisor: 'kvm-1' });
    bed.provider.control.putVm({ ...stranger('2'), pool: 'elsewhere', hypervisor: 'kvm-1' });
    const guest = { uuid: stranger('3').vmId, name: 'guest', vcpus: 1, memoryMb: 1, diskGb: 1 };
    bed.provider.control.putGuest('kvm-2', guest);
    const server = await bed.started([samplePool('a', { size: 1 })], { settings });
    await bed.pass(3_000);
    expect(await bed.of('VmDiscovered')).toMatchObject([
      { pool: 'a', ...stranger('1'), placement: { provider: 'simulated', nativeId: 'kvm-1', serviceHost: 'kvm-1' } },
    ]);
    expect((await bed.of('VmDestroyed')).map(({ record }) => record.vmId)).toEqual([stranger('1').vmId]);
    await bed.pass(120_000);
    expect(await bed.of('VmDiscovered')).toHaveLength(1);
    expect(() => bed.provider.control.vm(stranger('2').vmId)).not.toThrow();
    const [discovered] = await bed.of('VmDiscovered');
    const registered = (await bed.events()).find(
      ({ type, data }) => (type as string) === 'HypervisorRegistered' && JSON.stringify(data).includes('kvm-1'),
    );
    expect((registered?.data as unknown as { uuid: string }).uuid).toBe(discovered?.placement.hypervisorUuid);
    await server.stop();
  });

  it('may be one that was destroyed long ago and is listed again', async () => {
    const bed = new SupplyBed();
    const server = await bed.started([samplePool('a', { size: 1 })], { settings });
    await bed.pass(1_000);
    await server.decide('a', { type: 'reset', at: bed.clock.now() });
    await bed.pass(2_000);
    const [gone] = await bed.of('VmDestroyed');
    const { vmId, name } = gone?.record ?? { vmId: '', name: '' };
    bed.provider.control.putVm({ vmId, name, pool: 'a', hypervisor: 'kvm-2' });
    await bed.pass(70_000);
    expect((await bed.of('VmDestroyed')).map(({ record }) => record.vmId)).toEqual([vmId, vmId]);
    expect(await bed.leaks()).toEqual([]);
    await server.stop();
  });

  it('may have the name of a known one, which stays', async () => {
    const bed = new SupplyBed();
    const server = await bed.started([samplePool('a', { size: 1 })], { settings });
    await bed.pass(1_000);
    const [requested] = await bed.of('VmRequested');
    const name = requested?.vm.name ?? '';
    bed.provider.control.putVm({ ...stranger('1'), name, pool: 'a', hypervisor: 'kvm-2' });
    await bed.pass(70_000);
    expect((await bed.of('VmDestroyed')).map(({ record }) => record.vmId)).toEqual([stranger('1').vmId]);
    expect(await server.stock('a')).toMatchObject({ ready: 1, completed: 0 });
    expect(await bed.leaks()).toEqual([]);
    await server.stop();
  });

  it('are not those that are made or destroyed while it lists', async () => {
    const bed = new SupplyBed({ latencyMs: { min: 50, max: 900 } });
    const pools = [samplePool('a', { size: 6 })];
    const server = await bed.started(pools, { settings: { checkLoopMinMs: 100, checkLoopMaxMs: 200 } });
    for (let n = 0; n < 20; n += 1) {
      await bed.pass(1_000);
      for (const { name } of await server.checkOut('a', 2)) {
        const rules = { authConfigured: false, strictOwnership: false };
        await server.decide('a', { type: 'return-vm', name, toucher: null, rules, at: bed.clock.now() });
      }
    }
    expect((await bed.of('VmDestroyed')).length).toBeGreaterThan(10);
    expect(await bed.of('VmDiscovered')).toEqual([]);
    expect((await bed.of('VmsRetired')).map(({ reason }) => reason)).not.toContain('vanished');
    await server.stop();
  });
});

describe('machines that a provider has lost', () => {
  it('are replaced after two complete listings without them, running ones too', async () => {
    const bed = new SupplyBed();
    const server = await bed.started([samplePool('a', { size: 2 })], { settings });
    await bed.pass(1_000);
    const [taken] = await server.checkOut('a', 1);
    for (const { vm } of await bed.of('VmRequested')) bed.provider.control.vanish(vm.vmId);
    await bed.pass(1_000);
    await bed.pass(60_000);
    expect(await bed.of('VmsRetired')).toEqual([]);
    await bed.pass(61_000);
    const vanished = (await bed.of('VmsRetired')).filter(({ reason }) => reason === 'vanished');
    expect(vanished.flatMap(({ vms }) => vms)).toContain(taken?.name);
    expect(await server.stock('a')).toMatchObject({ ready: 2, running: 0, completed: 0 });
    expect(await bed.leaks()).toEqual([]);
    await server.stop();
  });

  it('are not those that a partial or failed listing lacks', async () => {
    const bed = new SupplyBed();
    const server = await bed.started([samplePool('a', { size: 1 })], { settings });
    await bed.pass(1_000);
    const [requested] = await bed.of('VmRequested');
    for (let n = 0; n < 5; n += 1) bed.provider.control.listVmsPartially([requested?.vm.vmId ?? '']);
    await bed.pass(290_000);
    bed.provider.control.failNext('listVms', 2);
    await bed.pass(125_000);
    expect(await bed.of('VmsRetired')).toEqual([]);
    expect(bed.logged).toEqual([
      'pool a: provider simulated could not be compared: listVms was told to fail',
      'pool a: listing at simulated works again',
    ]);
    await server.stop();
  });
});
