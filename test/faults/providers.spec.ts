import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Provider } from '#providers';
import type { Fault } from '#specs';
import { FaultyByPool, vmOperations, type VmOperation } from './faulty-by-pool.js';
import { poolNamed, PoolLab, type ArmedPlan, type Logged } from './pool-lab.js';

interface Case {
  readonly pool: string;
  readonly operation: VmOperation;
  readonly fault: Fault;
  readonly index: number;
}

const faults = ['before', 'after', 'timeout', 'slow'] as const;
/** A pool for each fault of each operation at its first and its second call: all of them at the same time. */
const cases: readonly Case[] = vmOperations.flatMap((operation) =>
  faults.flatMap((fault) =>
    [0, 1].map((index) => ({ pool: `${operation}-${fault}-${String(index)}`, operation, fault, index })),
  ),
);
const size = 2;

interface Taken {
  readonly pool: string;
  readonly vm: string;
  readonly snapshot: string;
}

describe('a fault at any call of the provider', () => {
  const plans = new Map<string, ArmedPlan>();
  const effects: unknown[] = [];
  let lab: PoolLab;
  let token: string;
  let taken: readonly Taken[] = [];
  let log: readonly Logged[] = [];

  /** Each pool is filled; its machines are taken, worked on, returned; others follow them. */
  beforeAll(async () => {
    const pools = cases.map(({ pool }) => poolNamed(pool, size));
    lab = await PoolLab.start(
      { pools, taskLimit: 500, checkLoopMinSeconds: 1, checkLoopMaxSeconds: 2 },
      { faulty: (provider) => byPool(provider) },
    );
    token = await lab.poolToken();
    await lab.quiet();
    taken = (await Promise.all(cases.map(({ pool }) => take(pool)))).flat();
    await lab.quiet();
    for (const { vm, snapshot } of taken) await work(vm, `/snapshot/${snapshot}`);
    await lab.quiet();
    log = await lab.news();
    for (const { data } of log.filter(({ type }) => type === 'VmsCheckedOut')) {
      const { vms } = data as unknown as { readonly vms: readonly { readonly name: string; readonly vmId: string }[] };
      for (const { name, vmId } of vms) effects.push({ name, ...kept(vmId) });
    }
    await Promise.all(taken.map(({ vm }) => lab.ask('DELETE', `/vm/${vm}`, { token })));
    await lab.quiet();
    log = [...log, ...(await lab.news())];
  }, 90_000);
  afterAll(() => lab.stop());

  function byPool(provider: Provider): Provider {
    const faulty = new FaultyByPool(provider);
    for (const { pool, operation, fault, index } of cases) {
      const plan = faulty.plan(pool, operation);
      plan.arm(index, fault);
      plans.set(pool, plan);
    }
    return faulty.provider;
  }

  async function work(vm: string, path: string): Promise<string> {
    const { status, json } = await lab.ask('POST', `/vm/${vm}${path}`, { token });
    expect(status).toBe(202);
    return (json as Record<string, { snapshot?: string }>)[vm]?.snapshot ?? '';
  }

  async function take(pool: string): Promise<readonly Taken[]> {
    const { json } = await lab.ask('POST', `/vm/${pool}+${pool}`, { token });
    const { hostname } = (json as Record<string, { hostname: readonly string[] }>)[pool] ?? { hostname: [] };
    return Promise.all(
      hostname.map(async (name) => {
        const vm = name.split('.')[0] ?? '';
        const snapshot = await work(vm, '/snapshot');
        await work(vm, '/disk/8');
        return { pool, vm, snapshot };
      }),
    );
  }

  function kept(vmId: string) {
    const { snapshots, reverts, disks } = lab.machines.vm(vmId);
    return { snapshots: [...snapshots], reverts: [...reverts], disks: [...disks] };
  }

  const eventsOf = (pool: string, type: string): readonly Logged[] =>
    log.filter((event) => event.stream === `pool-${pool}` && event.type === type);

  it('is met in every pool', () => {
    expect(cases.length).toBe(56);
    expect(cases.filter(({ pool }) => plans.get(pool)?.wasMet !== true)).toEqual([]);
  });

  it('does not make machines fewer or more, anywhere', async () => {
    const whole = cases.length * size;
    expect(await lab.counts()).toEqual({ hypervisors: whole, provider: whole, pools: whole });
    for (const { pool } of cases) {
      const made = eventsOf(pool, 'VmRequested').length;
      expect([pool, made - eventsOf(pool, 'VmDestroyed').length]).toEqual([pool, size]);
    }
  });

  it('does what was asked of a machine once, and says so', () => {
    expect(taken).toHaveLength(cases.length * size);
    const expected = taken.map(({ vm, snapshot }) => {
      return { name: vm, snapshots: [snapshot], reverts: [snapshot], disks: [8] };
    });
    expect(new Set(effects)).toEqual(new Set(expected));
    for (const { pool } of cases) {
      expect([pool, eventsOf(pool, 'VmTaskDone').length]).toEqual([pool, 3 * size]);
      expect([pool, eventsOf(pool, 'VmTaskFailed')]).toEqual([pool, []]);
    }
  });

  it('costs a machine only where a clone fails', () => {
    for (const { pool, operation, fault } of cases) {
      const lost = operation === 'createVm' && fault !== 'slow' ? 1 : 0;
      expect([pool, eventsOf(pool, 'VmCloneFailed').length]).toEqual([pool, lost]);
      const reasons = eventsOf(pool, 'VmsRetired').map(({ data }) => data.reason);
      const clones = lost === 1 ? ['clone-failed'] : [];
      expect([pool, [...reasons].sort()]).toEqual([pool, [...clones, 'returned', 'returned']]);
    }
  });
});
