import { describe, expect, it } from '@jest/globals';
import type { VmTask } from '../../pool/pool.events.js';
import { samplePool, SupplyBed } from '../supply-bed.contract.js';

const snapshotId = 's'.repeat(32);
const rules = { authConfigured: false, strictOwnership: false };

async function running(pools = [samplePool('a', { size: 1 })]) {
  const bed = new SupplyBed();
  const server = await bed.started(pools);
  await bed.pass(1_000);
  const [taken] = await server.checkOut('a', 1);
  const { name, vmId } = taken ?? { name: '', vmId: '' };
  const ask = (task: VmTask) =>
    server.decide('a', { type: 'request-task', name, task, toucher: null, rules, at: bed.clock.now() });
  return { bed, server, name, vmId, ask, pools };
}

describe('tasks', () => {
  it('are carried out one after the other, in order, each once', async () => {
    const { bed, server, vmId, ask } = await running();
    await ask({ id: bed.world.uuid(), kind: 'disk', gb: 8 });
    await ask({ id: bed.world.uuid(), kind: 'snapshot', snapshotId });
    await ask({ id: bed.world.uuid(), kind: 'disk', gb: 16 });
    await bed.pass(2_000);
    expect(await bed.of('VmTaskDone')).toMatchObject([
      { task: { gb: 8 } },
      { task: { kind: 'snapshot' } },
      { task: { gb: 16 } },
    ]);
    await ask({ id: bed.world.uuid(), kind: 'revert', snapshotId });
    await bed.pass(2_000);
    const { disks, snapshots, reverts } = bed.provider.control.vm(vmId);
    expect({ disks, snapshots, reverts }).toEqual({
      disks: [8, 16],
      snapshots: [snapshotId],
      reverts: [snapshotId],
    });
    await server.stop();
  });

  it('that fail for good are noted so', async () => {
    const { bed, server, vmId, ask } = await running();
    await ask({ id: bed.world.uuid(), kind: 'snapshot', snapshotId });
    await bed.pass(1_000);
    bed.provider.control.failNext('revertVm', 1, 'permanent');
    await ask({ id: bed.world.uuid(), kind: 'revert', snapshotId });
    await bed.pass(1_000);
    expect(await bed.of('VmTaskFailed')).toMatchObject([{ message: 'revertVm was told to fail' }]);
    expect(bed.provider.control.vm(vmId).reverts).toEqual([]);
    await server.stop();
  });

  it('that fail for now are tried again later', async () => {
    const { bed, server, vmId, ask } = await running();
    bed.provider.control.failNext('addDisk', 5);
    await ask({ id: bed.world.uuid(), kind: 'disk', gb: 8 });
    await bed.pass(60_000);
    expect(await bed.of('VmTaskFailed')).toEqual([]);
    expect(await bed.of('VmTaskDone')).toHaveLength(1);
    expect(bed.provider.control.vm(vmId).disks).toEqual([8]);
    await server.stop();
  });

  it('are carried out after a restart, and once where the provider had done them', async () => {
    const { bed, server, vmId, ask, pools } = await running();
    await server.stop();
    const id = bed.world.uuid();
    await bed.provider.addDisk(vmId, 8, { requestId: id, timeoutMs: 1_000 });
    await ask({ id, kind: 'disk', gb: 8 });
    const next = await bed.started(pools);
    await bed.pass(2_000);
    expect(await bed.of('VmTaskDone')).toHaveLength(1);
    expect(bed.provider.control.vm(vmId).disks).toEqual([8]);
    await next.stop();
  });

  it('do not keep a machine from being destroyed', async () => {
    const { bed, server, name, ask } = await running();
    bed.provider.control.failNext('addDisk', 2);
    await ask({ id: bed.world.uuid(), kind: 'disk', gb: 8 });
    await server.decide('a', { type: 'return-vm', name, toucher: null, rules, at: bed.clock.now() });
    await bed.pass(10_000);
    expect((await bed.of('VmDestroyed')).map(({ record }) => record.name)).toEqual([name]);
    expect(await bed.leaks()).toEqual([]);
    await server.stop();
  });
});
