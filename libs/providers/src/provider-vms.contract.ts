import { describe, expect, it } from '@jest/globals';
import type { ProviderUnderContract } from './contract-subject.js';
import { ProviderError, type ProviderCall, type VmSpec } from './port.js';

const idOf = (n: number) => `0badcafe-0000-4000-8000-${String(n).padStart(12, '0')}`;
const permanent = { name: 'ProviderError', kind: 'permanent' };

/** The part of the contract that is about VMs. */
export function vmContract(
  open: () => Promise<ProviderUnderContract>,
  call: (more?: Partial<ProviderCall>) => ProviderCall,
): void {
  const world = async () => {
    const subject = await open();
    const { provider } = subject;
    const spec = (n: number, more: Partial<VmSpec> = {}): VmSpec => ({
      ...{ vmId: idOf(n), name: `brisk-otter-${n}`, pool: 'alma-9', domain: 'lab.example.test' },
      ...{ hypervisor: subject.nativeIds[0], template: subject.template, cloneTarget: null, folder: null },
      ...{ datastore: null, vcpus: 2, memoryMb: 4096, diskGb: 20, ...more },
    });
    return {
      subject,
      provider,
      spec,
      inspect: (n: number) => provider.inspectVm(idOf(n), call()),
      listed: async (pool = 'alma-9') => (await provider.listVms(pool, call())).vms.map(({ vmId }) => vmId).sort(),
      guestsOn: async (nativeId: string) => {
        const { hypervisors } = await provider.listHypervisors(call());
        return hypervisors.find((hypervisor) => hypervisor.nativeId === nativeId)?.guests;
      },
    };
  };

  describe('createVm', () => {
    it('makes a VM that is on, listed in its pool and among the guests of its hypervisor', async () => {
      const { provider, spec, subject, inspect, listed, guestsOn } = await world();
      const { ip } = await provider.createVm(spec(1), call());
      const vm = { vmId: idOf(1), name: 'brisk-otter-1', pool: 'alma-9', hypervisor: subject.nativeIds[0] };
      expect(await inspect(1)).toMatchObject({ ...vm, power: 'on' });
      expect(await provider.listVms('alma-9', call())).toEqual({ complete: true, vms: [vm] });
      expect(await listed('rocky-9')).toEqual([]);
      const size = { vcpus: 2, memoryMb: 4096, diskGb: 20 };
      expect(await guestsOn(subject.nativeIds[0])).toContainEqual(expect.objectContaining({ uuid: idOf(1), ...size }));
      expect(JSON.stringify(await guestsOn(subject.nativeIds[1]))).not.toContain(idOf(1));
      if (ip !== null) expect(ip).toMatch(/^[0-9a-f.:]+$/);
    });

    it('makes one that answers under its name after a while', async () => {
      const { provider, spec, subject, inspect } = await world();
      await provider.createVm(spec(1), call());
      await subject.boot();
      expect(await inspect(1)).toMatchObject({ reachable: true, hostName: 'brisk-otter-1' });
    });

    it('makes one machine for one id, however often, at once and by whichever request it is asked', async () => {
      const { provider, spec, listed, guestsOn, subject } = await world();
      const again = call();
      const first = await Promise.all([
        provider.createVm(spec(1), again),
        provider.createVm(spec(1), again),
        provider.createVm(spec(1), call()),
      ]);
      expect(await provider.createVm(spec(1), again)).toEqual(first[0]);
      expect(first[1]).toEqual(first[0]);
      expect(await listed()).toEqual([idOf(1)]);
      expect((await guestsOn(subject.nativeIds[0]))?.filter(({ uuid }) => uuid === idOf(1))).toHaveLength(1);
    });

    it('has made nothing when it fails, and works afterwards', async () => {
      const { provider, spec, subject, inspect } = await world();
      const again = call();
      await subject.failNext('createVm');
      await expect(provider.createVm(spec(1), again)).rejects.toBeInstanceOf(ProviderError);
      expect(await inspect(1)).toBeNull();
      await provider.createVm(spec(1), again);
      expect(await inspect(1)).not.toBeNull();
    });

    it.each([{ template: 'no/such/template' }, { hypervisor: 'nowhere' }])('fails for good with %j', async (wrong) => {
      const { provider, spec, inspect, listed } = await world();
      await expect(provider.createVm(spec(1, wrong), call())).rejects.toMatchObject(permanent);
      expect(await inspect(1)).toBeNull();
      expect(await listed()).toEqual([]);
    });
  });

  describe('inspectVm and listVms', () => {
    it('know nothing of what nobody made', async () => {
      const { provider, inspect } = await world();
      expect(await inspect(1)).toBeNull();
      expect(await provider.listVms('alma-9', call())).toEqual({ complete: true, vms: [] });
    });

    it('see machines that others made, and miss those that are gone', async () => {
      const { provider, spec, subject, inspect, listed } = await world();
      await provider.createVm(spec(1), call());
      await subject.putVm({ vmId: idOf(2), name: 'stray', pool: 'alma-9', hypervisor: subject.nativeIds[1] });
      expect(await listed()).toEqual([idOf(1), idOf(2)]);
      expect(await inspect(2)).toMatchObject({ name: 'stray', hypervisor: subject.nativeIds[1] });
      await subject.vanish(idOf(1));
      expect(await listed()).toEqual([idOf(2)]);
      expect(await inspect(1)).toBeNull();
    });

    it('a partial listing says so', async () => {
      const { provider, spec, subject, listed } = await world();
      await provider.createVm(spec(1), call());
      await provider.createVm(spec(2), call());
      await subject.listVmsWithout(idOf(1));
      expect(await provider.listVms('alma-9', call())).toMatchObject({ complete: false, vms: [{ vmId: idOf(2) }] });
      expect(await listed()).toEqual([idOf(1), idOf(2)]);
    });
  });

  describe('destroyVm', () => {
    it('removes one VM from everywhere', async () => {
      const { provider, spec, subject, inspect, listed, guestsOn } = await world();
      await provider.createVm(spec(1), call());
      await provider.createVm(spec(2), call());
      await provider.destroyVm(idOf(1), call());
      expect(await inspect(1)).toBeNull();
      expect(await listed()).toEqual([idOf(2)]);
      expect((await guestsOn(subject.nativeIds[0]))?.map(({ uuid }) => uuid)).toEqual([idOf(2)]);
    });

    it('is content with one that is not there, or not any more', async () => {
      const { provider, spec, inspect } = await world();
      await provider.destroyVm(idOf(1), call());
      await provider.createVm(spec(1), call());
      const again = call();
      await Promise.all([provider.destroyVm(idOf(1), again), provider.destroyVm(idOf(1), again)]);
      await provider.destroyVm(idOf(1), call());
      expect(await inspect(1)).toBeNull();
    });

    it('leaves the VM when it fails', async () => {
      const { provider, spec, subject, inspect } = await world();
      await provider.createVm(spec(1), call());
      await subject.failNext('destroyVm');
      await expect(provider.destroyVm(idOf(1), call())).rejects.toBeInstanceOf(ProviderError);
      expect(await inspect(1)).not.toBeNull();
    });
  });

  describe('snapshots and disks', () => {
    const withVm = async () => {
      const found = await world();
      await found.provider.createVm(found.spec(1), call());
      await found.provider.snapshotVm(idOf(1), 'early', call());
      return found;
    };
    const operations = ['snapshotVm', 'revertVm', 'addDisk'] as const;
    const act = (
      { provider }: ProviderUnderContract,
      operation: (typeof operations)[number],
      vmId: string,
      by = call(),
    ) =>
      ({
        snapshotVm: () => provider.snapshotVm(vmId, 'late', by),
        revertVm: () => provider.revertVm(vmId, 'early', by),
        addDisk: () => provider.addDisk(vmId, 8, by),
      })[operation]();
    const effectOf = {
      snapshotVm: { snapshots: ['early', 'late'], reverts: [], disks: [] },
      revertVm: { snapshots: ['early'], reverts: ['early'], disks: [] },
      addDisk: { snapshots: ['early'], reverts: [], disks: [8] },
    };

    it.each(operations)('%s has its effect once for one request', async (operation) => {
      const { subject } = await withVm();
      const again = call();
      await Promise.all([act(subject, operation, idOf(1), again), act(subject, operation, idOf(1), again)]);
      await act(subject, operation, idOf(1), again);
      expect(await subject.effects(idOf(1))).toEqual(effectOf[operation]);
    });

    it('adds a disk, and reverts, for each request', async () => {
      const { subject } = await withVm();
      for (const operation of ['addDisk', 'addDisk', 'revertVm', 'revertVm'] as const)
        await act(subject, operation, idOf(1));
      expect(await subject.effects(idOf(1))).toMatchObject({ disks: [8, 8], reverts: ['early', 'early'] });
    });

    it.each(operations)('%s has no effect when it fails, and works afterwards', async (operation) => {
      const { subject } = await withVm();
      const again = call();
      await subject.failNext(operation);
      await expect(act(subject, operation, idOf(1), again)).rejects.toBeInstanceOf(ProviderError);
      expect(await subject.effects(idOf(1))).toEqual({ snapshots: ['early'], reverts: [], disks: [] });
      await act(subject, operation, idOf(1), again);
      expect(await subject.effects(idOf(1))).toEqual(effectOf[operation]);
    });

    it.each(operations)('%s of a VM that is not there fails for good', async (operation) => {
      const { subject } = await withVm();
      await expect(act(subject, operation, idOf(2))).rejects.toMatchObject(permanent);
    });

    it('does not revert to a snapshot that this VM does not have', async () => {
      const { provider, spec, subject } = await withVm();
      await provider.createVm(spec(2), call());
      await expect(provider.revertVm(idOf(2), 'early', call())).rejects.toMatchObject(permanent);
      expect(await subject.effects(idOf(2))).toEqual({ snapshots: [], reverts: [], disks: [] });
    });
  });
}
