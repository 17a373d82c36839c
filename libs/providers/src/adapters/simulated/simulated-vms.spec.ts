import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '#specs';
import { ResilientProvider } from '../../resilient-provider.js';
import type { VmSpec } from '../../port.js';
import { SimulatedProvider, type SimulatedOptions } from './index.js';

const host = (name: string) => ({ name, vcpus: 64, memoryMb: 262_144, localGb: 2048 });
const call = (requestId = 'r', timeoutMs = 60_000) => ({ requestId, timeoutMs });
const spec = (n = 1, more: Partial<VmSpec> = {}): VmSpec => ({
  ...{ vmId: `vm-${n}`, name: `brisk-otter-${n}`, pool: 'alma-9', domain: null, hypervisor: 'kvm-1' },
  ...{ template: 't/alma-9', cloneTarget: null, folder: null, datastore: null },
  ...{ vcpus: 2, memoryMb: 4096, diskGb: 20, ...more },
});

function world(options: Partial<SimulatedOptions> = {}) {
  const clock = new VirtualClock();
  const sleep = (ms: number) => new Promise<void>((resolve) => void clock.setTimeout(resolve, ms));
  const provider = new SimulatedProvider({ hosts: [host('kvm-1'), host('kvm-2')], clock, sleep, ...options });
  const inspect = (n = 1) => provider.inspectVm(`vm-${n}`, call());
  return { clock, provider, control: provider.control, inspect };
}
const slow = { vms: { cloneMs: { min: 2_000, max: 2_000 }, bootMs: { min: 1_500, max: 1_500 } } };

/** What a promise has come to by now. */
function watched(promise: Promise<unknown>) {
  const seen: { outcome: unknown } = { outcome: 'under way' };
  promise.then(
    () => void (seen.outcome = 'done'),
    (error: unknown) => void (seen.outcome = (error as { kind?: unknown }).kind),
  );
  return seen;
}

describe('a simulated clone', () => {
  it('takes cloneMs, is not seen before, and answers bootMs later', async () => {
    const { clock, provider, inspect } = world(slow);
    const clone = watched(provider.createVm(spec(), call()));
    await clock.advance(1_999);
    expect([clone.outcome, await inspect()]).toEqual(['under way', null]);
    expect((await provider.listVms('alma-9', call())).vms).toEqual([]);
    expect((await provider.listHypervisors(call())).hypervisors[0]?.guests).toEqual([]);
    await clock.advance(1);
    expect(clone.outcome).toBe('done');
    expect(await inspect()).toMatchObject({ power: 'on', reachable: false, hostName: null });
    await clock.advance(1_499);
    expect(await inspect()).toMatchObject({ reachable: false });
    await clock.advance(1);
    expect(await inspect()).toMatchObject({ reachable: true, hostName: 'brisk-otter-1' });
    expect(clock.waiting).toBe(0);
  });

  it('asked for again while it is under way is waited for, not begun again', async () => {
    const { clock, provider, inspect } = world(slow);
    const first = watched(provider.createVm(spec(), call()));
    await clock.advance(1_500);
    const second = watched(provider.createVm(spec(), call('another')));
    await clock.advance(500);
    expect([first.outcome, second.outcome]).toEqual(['done', 'done']);
    expect((await provider.listVms('alma-9', call())).vms).toHaveLength(1);
    await clock.advance(1_500);
    expect(await inspect()).toMatchObject({ reachable: true });
  });

  it('goes on when its caller has given up', async () => {
    const { clock, provider, inspect } = world(slow);
    const impatient = watched(provider.createVm(spec(), call('r', 1_000)));
    await clock.advance(1_000);
    expect([impatient.outcome, await inspect()]).toEqual(['timeout', null]);
    await clock.advance(1_000);
    expect(await inspect()).toMatchObject({ power: 'on' });
    const again = watched(provider.createVm(spec(), call('r', 1_000)));
    await clock.advance(0);
    expect(again.outcome).toBe('done');
  });

  it('that outlasts one attempt of a resilient caller is there at a later one', async () => {
    const { clock, provider } = world(slow);
    const resilient = new ResilientProvider(provider, { attempts: 3, sleep: async () => undefined });
    const clone = watched(resilient.createVm(spec(), call('r', 900)));
    await clock.advance(1_900);
    expect(clone.outcome).toBe('under way');
    await clock.advance(100);
    expect(clone.outcome).toBe('done');
  });

  it('destroyed while it is under way never comes', async () => {
    const { clock, provider, inspect } = world(slow);
    const clone = watched(provider.createVm(spec(), call()));
    await clock.advance(500);
    await provider.destroyVm('vm-1', call());
    await clock.advance(5_000);
    expect([clone.outcome, await inspect()]).toEqual(['permanent', null]);
  });

  it('is seen once acknowledged, whatever happens to the clock', async () => {
    const { clock, provider, inspect } = world(slow);
    const clone = watched(provider.createVm(spec(), call()));
    await clock.advance(1_000);
    clock.jump(-3_600_000);
    await clock.advance(1_000);
    expect(clone.outcome).toBe('done');
    expect(await inspect()).not.toBeNull();
  });

  it('takes between min and max, the same for the same seed', async () => {
    const times = async (seed: number) => {
      const { clock, provider } = world({ seed, vms: { cloneMs: { min: 1_000, max: 9_000 } } });
      const taken: number[] = [];
      for (let n = 0; n < 20; n += 1) {
        const began = clock.now();
        const clone = watched(provider.createVm(spec(n), call()));
        while (clone.outcome === 'under way') await clock.advance(1);
        taken.push(clock.now() - began);
      }
      return taken;
    };
    const first = await times(7);
    expect(Math.min(...first)).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...first)).toBeLessThanOrEqual(9_000);
    expect(new Set(first).size).toBeGreaterThan(10);
    expect(await times(7)).toEqual(first);
    expect(await times(8)).not.toEqual(first);
  });

  it('fails by chance, and may be tried again', async () => {
    const { provider } = world({ vms: { failureRate: 0.5 } });
    const kinds = new Set<unknown>();
    for (let n = 0; n < 64; n += 1)
      kinds.add(
        await provider.createVm(spec(n), call()).then(
          () => 'done',
          (error: unknown) => (error as { kind: string }).kind,
        ),
      );
    expect(kinds).toEqual(new Set(['done', 'retry']));
    const { vms } = await provider.listVms('alma-9', call());
    for (let n = 0; n < 64; n += 1) while (!(await provider.createVm(spec(n), call()).catch(() => undefined)));
    expect(vms.length).toBeLessThan(64);
    expect((await provider.listVms('alma-9', call())).vms).toHaveLength(64);
  });

  it.each([
    ['a template that never works', { permanentTemplates: ['t/alma-9'] }, spec()],
    ['a template that is not there', { templates: ['t/alma-9'] }, spec(1, { template: 't/alma-8' })],
    ['a hypervisor that is not there', {}, spec(1, { hypervisor: 'kvm-9' })],
  ])('fails for good with %s', async (_, vms, wanted) => {
    const { provider, inspect } = world({ vms });
    await expect(provider.createVm(wanted, call())).rejects.toMatchObject({ kind: 'permanent' });
    expect(await inspect()).toBeNull();
  });

  it('has an address that follows from its name', async () => {
    const { provider, inspect } = world();
    const { ip } = await provider.createVm(spec(), call());
    expect(ip).toMatch(/^10\.\d{1,3}\.\d{1,3}\.\d{1,3}$/);
    expect((await inspect())?.ip).toBe(ip);
    expect(await world().provider.createVm(spec(5, { name: 'brisk-otter-1' }), call())).toEqual({ ip });
    expect(await provider.createVm(spec(2), call())).not.toEqual({ ip });
  });
});

describe('a simulated VM', () => {
  const actions = ['createVm', 'inspectVm', 'destroyVm', 'snapshotVm', 'revertVm', 'addDisk'] as const;

  it.each(actions)('%s on a silent host may be tried again, and has no effect', async (action) => {
    const { provider, control, inspect } = world();
    await provider.createVm(spec(), call());
    await provider.snapshotVm('vm-1', 's', call('snapshot'));
    const before = structuredClone(control.vm('vm-1'));
    control.silence('kvm-1');
    const run = {
      createVm: () => provider.createVm(spec(2), call()),
      inspectVm: () => provider.inspectVm('vm-1', call()),
      destroyVm: () => provider.destroyVm('vm-1', call()),
      snapshotVm: () => provider.snapshotVm('vm-1', 's2', call()),
      revertVm: () => provider.revertVm('vm-1', 's', call()),
      addDisk: () => provider.addDisk('vm-1', 8, call()),
    }[action];
    await expect(run()).rejects.toMatchObject({ name: 'ProviderError', kind: 'retry' });
    expect((await provider.listVms('alma-9', call())).vms).toHaveLength(1);
    control.revive('kvm-1');
    expect(control.vm('vm-1')).toEqual(before);
    await run();
    expect(await inspect()).toEqual(action === 'destroyVm' ? null : expect.objectContaining({ vmId: 'vm-1' }));
  });

  it.each([...actions, 'listVms'] as const)('%s fails as it was told to, so many times', async (action) => {
    const { provider, control } = world();
    await provider.createVm(spec(), call());
    await provider.snapshotVm('vm-1', 's', call('snapshot'));
    const run = () =>
      ({
        createVm: () => provider.createVm(spec(), call()),
        inspectVm: () => provider.inspectVm('vm-1', call()),
        listVms: () => provider.listVms('alma-9', call()),
        destroyVm: () => provider.destroyVm('vm-1', call()),
        snapshotVm: () => provider.snapshotVm('vm-1', 's2', call()),
        revertVm: () => provider.revertVm('vm-1', 's', call()),
        addDisk: () => provider.addDisk('vm-1', 8, call()),
      })[action]();
    control.failNext(action, 2, 'permanent');
    control.failNext(action, 1, 'timeout');
    await expect(run()).rejects.toMatchObject({ kind: 'permanent' });
    await expect(run()).rejects.toMatchObject({ kind: 'permanent' });
    await expect(run()).rejects.toMatchObject({ kind: 'timeout' });
    await run();
  });

  it('is switched off, boots again, falls silent, and says another name', async () => {
    const { clock, provider, control, inspect } = world(slow);
    void provider.createVm(spec(), call());
    await clock.advance(3_500);
    control.setPower('vm-1', 'off');
    expect(await inspect()).toMatchObject({ power: 'off', reachable: false, hostName: null, ip: null });
    control.setPower('vm-1', 'on');
    expect(await inspect()).toMatchObject({ power: 'on', reachable: false });
    await clock.advance(1_500);
    expect(await inspect()).toMatchObject({ reachable: true });
    control.setAnswers('vm-1', false);
    expect(await inspect()).toMatchObject({ power: 'on', reachable: false });
    control.setAnswers('vm-1', true);
    control.setHostName('vm-1', 'localhost');
    expect(await inspect()).toMatchObject({ name: 'brisk-otter-1', hostName: 'localhost', reachable: true });
  });

  it('is not seen while its host is not there', async () => {
    const { provider, control, inspect } = world();
    await provider.createVm(spec(), call());
    control.removeHost('kvm-1');
    expect(await inspect()).toBeNull();
    expect(await provider.listVms('alma-9', call())).toEqual({ complete: true, vms: [] });
    control.addHost(host('kvm-1'));
    expect(await inspect()).not.toBeNull();
  });

  it('counts on its host beside the guests of others', async () => {
    const { provider, control } = world();
    const guest = { uuid: 'g', name: 'instance-1', vcpus: 1, memoryMb: 1024, diskGb: 5 };
    control.putGuest('kvm-1', guest);
    await provider.createVm(spec(), call());
    const [first, second] = (await provider.listHypervisors(call())).hypervisors;
    const made = { uuid: 'vm-1', name: 'brisk-otter-1', vcpus: 2, memoryMb: 4096, diskGb: 20 };
    expect(first).toMatchObject({ guests: [guest, made], diskAvailableLeastGb: 2048 - 25 });
    expect(second?.guests).toEqual([]);
  });

  it('has at most a thousand disks', async () => {
    const { provider } = world();
    await provider.createVm(spec(), call());
    for (let n = 0; n < 1_000; n += 1) await provider.addDisk('vm-1', 1, call(`disk-${n}`));
    await expect(provider.addDisk('vm-1', 1, call('one more'))).rejects.toMatchObject({ kind: 'permanent' });
  });
});
