import { describe, expect, it } from '@jest/globals';
import { storedSamples } from '#specs';
import { checkoutCatalog } from '../checkout/checkout.events.js';
import { onDemandCatalog } from '../on-demand/on-demand.events.js';
import { poolTokenCatalog } from '../pool-token/pool-token.events.js';
import { pool } from '../pool/pool.aggregate.js';
import { poolCatalog, type PoolEvent } from '../pool/pool.events.js';
import { poolRegisterCatalog } from '../supply/register/pool-register.events.js';
import { poolsTimeline } from '../timeline.policy.js';
import { ownerOf, vmName } from '../vm-name/vm-name.aggregate.js';
import { vmNameCatalog, type VmNameEvent } from '../vm-name/vm-name.events.js';

describe('samples of stored events', () => {
  const ofPools = [poolCatalog, poolRegisterCatalog, vmNameCatalog];
  const catalogs = [...ofPools, checkoutCatalog, onDemandCatalog, poolTokenCatalog];
  const sample = storedSamples(new URL('./samples/', import.meta.url), catalogs, poolsTimeline);

  it('fold into the state they were stored for', () => {
    const fold = (...types: readonly string[]) =>
      types.map((type) => sample(`${type}@1`) as PoolEvent).reduce(pool.decider.evolve, pool.decider.initialState());
    const overridden = ['PoolSizeOverridden', 'PoolTemplateOverridden', 'CloneTargetOverridden'];
    const ready = ['PoolConfigured', 'VmRequested', 'VmCloned', 'VmReady', 'VmsHeld', 'PoolReset', 'VmsReturned'];
    const taken = [...ready, 'VmsCheckedOut', 'VmModified', 'VmTaskRequested', 'VmTaskFailed', 'VmTaskDone'];
    const full = fold(...taken, ...overridden);
    expect(full).toMatchObject({
      sizeOverride: 25,
      templateOverride: 'templates/alma-9.5',
      cloneTargetOverride: 'cluster-b',
    });
    expect(full?.vms.get('brisk-otter')).toMatchObject({
      ...{ queue: 'running', generation: 3, ip: '192.0.2.17', cloneSeconds: 5.87, lifetime: 48 },
      ...{ tags: { department: 'chemistry' }, snapshots: [{ takenAt: 1_773_043_286_000 }], tasks: [] },
    });
    expect(full?.days.get('2026-03-09')).toMatchObject({ boots: { count: 1, total: 4_123 }, clones: { total: 587 } });
    const empty = fold(...taken, 'VmsRetired', 'VmDestroyed', ...overridden, 'PoolSizeReset', 'PoolTemplateReset');
    expect(empty).toMatchObject({ sizeOverride: null, templateOverride: null, configured: true });
    expect(empty?.vms.size).toBe(0);
    const confirmed = fold('PoolConfigured', 'VmRequested', 'VmReady', 'VmsHeld', 'HoldConfirmed', 'PoolUnconfigured');
    expect(confirmed).toMatchObject({ configured: false, held: 0, running: new Set(['brisk-otter']) });
    const demand = fold('PoolConfigured', 'OnDemandQueued', 'VmRequested', 'VmCloneFailed', 'VmDiscovered');
    expect(demand?.requests.get('onDemand-nightly.2')).toMatchObject({ failures: 2, waiting: 1 });
    expect([...(demand?.completed ?? [])]).toEqual(['calm-gecko']);
    expect(fold('PoolConfigured', 'OnDemandQueued', 'OnDemandCancelled')?.waiting).toBe(0);
    expect(fold('PoolConfigured', 'OnDemandQueued', 'OnDemandSettled')?.requests.size).toBe(0);
    expect(() => fold('PoolConfigured', 'VmDelivered')).toThrow('no machine late-heron');
  });

  it('fold into the owner of a name', () => {
    const fold = (...types: readonly string[]) =>
      ownerOf(
        types
          .map((type) => sample(`${type}@1`) as VmNameEvent)
          .reduce(vmName.decider.evolve, vmName.decider.initialState()),
      );
    expect(fold('VmNameClaimed')).toMatchObject({ pool: 'alma-9-x86_64', generation: 3, forgetAt: null });
    expect(fold('VmNameClaimed', 'VmNameRetired')?.forgetAt).toBe(1_773_651_605_000);
    expect(fold('VmNameClaimed', 'VmNameReleased')).toBeUndefined();
  });
});
