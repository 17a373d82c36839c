import { describe, expect, it } from '@jest/globals';
import { samplePool, SupplyBed, type SupplyServer } from '../supply-bed.contract.js';

const hour = 3_600_000;
const rules = { authConfigured: false, strictOwnership: false };
const one = [samplePool('a', { size: 1 })];
const settings = { readyTtlMinutes: 0, vmLifetimeHours: 2, dataTtlHours: 3 };

async function taken(bed: SupplyBed, server: SupplyServer) {
  await bed.pass(1_000);
  const [vm] = await server.checkOut('a', 1);
  if (vm === undefined) throw new Error('nothing was ready');
  return { ...vm, at: bed.clock.now() };
}

const endsOf = async (bed: SupplyBed, reason: string) =>
  (await bed.of('VmsRetired')).filter((retired) => retired.reason === reason);

const setLifetime = (bed: SupplyBed, server: SupplyServer, name: string, lifetime: number) =>
  server.decide('a', {
    ...{ type: 'modify-vm', name, kept: false, lifetime, tags: {}, toucher: null, rules },
    ...{ day: '2026-01-01', at: bed.clock.now() },
  });

describe('the lifetime of a machine', () => {
  it('ends it in time and not early; then its record is kept, and at last its name is free', async () => {
    const bed = new SupplyBed();
    const server = await bed.started(one, { settings });
    const { name, at } = await taken(bed, server);
    await bed.pass(at + 2 * hour - bed.clock.now() - 10);
    expect(await endsOf(bed, 'lifetime')).toEqual([]);
    await bed.pass(1_000);
    const [end] = await endsOf(bed, 'lifetime');
    expect(end?.vms).toEqual([name]);
    expect(end?.at).toBeGreaterThanOrEqual(at + 2 * hour);
    expect(end?.at).toBeLessThan(at + 2 * hour + 1_000);
    await bed.pass(1_000);
    const [destroyed] = await bed.of('VmDestroyed');
    const forgetAt = destroyed?.forgetAt ?? 0;
    await bed.pass(forgetAt - bed.clock.now() - 10);
    expect(await bed.types()).not.toContain('VmNameReleased');
    await bed.pass(2_000);
    expect((await bed.types()).filter((type) => type === 'VmNameReleased')).toHaveLength(1);
    expect(await bed.leaks()).toEqual([]);
    await server.stop();
    expect(bed.clock.waiting).toBe(0);
  });

  it('is over at once after a stop that was longer, in the order of the ends', async () => {
    const bed = new SupplyBed();
    const pools = [samplePool('a', { size: 3 })];
    const server = await bed.started(pools, { settings });
    const first = await taken(bed, server);
    await bed.pass(60_000);
    const second = await taken(bed, server);
    await server.stop();
    await bed.pass(5 * hour);
    const next = await bed.started(pools, { settings });
    await bed.pass(1_000);
    expect((await endsOf(bed, 'lifetime')).flatMap(({ vms }) => vms)).toEqual([first.name, second.name]);
    await bed.pass(1_000);
    expect(await bed.leaks()).toEqual([]);
    await next.stop();
  });

  it('is not over early when the clock is set back, and over at once when it is set forward', async () => {
    const bed = new SupplyBed();
    const server = await bed.started(one, { settings });
    const { at } = await taken(bed, server);
    await bed.pass(hour);
    bed.clock.jump(-hour);
    await bed.pass(1.5 * hour);
    expect(await endsOf(bed, 'lifetime')).toEqual([]);
    bed.clock.jump(hour);
    await bed.pass(2_000);
    const [end] = await endsOf(bed, 'lifetime');
    expect(end?.at).toBeGreaterThanOrEqual(at + 2 * hour);
    await server.stop();
  });

  it('that its user sets counts from then on, longer or shorter', async () => {
    const bed = new SupplyBed();
    const server = await bed.started([samplePool('a', { size: 2 })], { settings });
    const first = await taken(bed, server);
    const second = await taken(bed, server);
    await setLifetime(bed, server, first.name, 5);
    await setLifetime(bed, server, second.name, 1);
    await bed.pass(hour + 60_000);
    expect((await endsOf(bed, 'lifetime')).map(({ vms, at }) => [vms, at >= second.at + hour])).toEqual([
      [[second.name], true],
    ]);
    await bed.pass(3 * hour);
    expect(await endsOf(bed, 'lifetime')).toHaveLength(1);
    await bed.pass(hour);
    const [, end] = await endsOf(bed, 'lifetime');
    expect(end?.vms).toEqual([first.name]);
    expect(end?.at).toBeGreaterThanOrEqual(first.at + 5 * hour);
    await server.stop();
  });

  it('shorter than the time that it runs already ends it at once', async () => {
    const bed = new SupplyBed();
    const server = await bed.started(one, { settings });
    const { name } = await taken(bed, server);
    await bed.pass(1.5 * hour);
    await setLifetime(bed, server, name, 1);
    await bed.pass(1_000);
    expect((await endsOf(bed, 'lifetime')).flatMap(({ vms }) => vms)).toEqual([name]);
    await server.stop();
  });

  it.each([
    ['shorter', 1, 1],
    ['longer', 4, 4],
  ])('follows a configuration that makes it %s', async (_, vmLifetimeHours, endsAfter) => {
    const bed = new SupplyBed();
    const first = await bed.started(one, { settings });
    const { name, at } = await taken(bed, first);
    await bed.pass(0.5 * hour);
    await first.stop();
    const next = await bed.started(one, { settings: { ...settings, vmLifetimeHours } });
    await bed.pass(at + endsAfter * hour - bed.clock.now() - 10);
    expect(await endsOf(bed, 'lifetime')).toEqual([]);
    // Seen by the next look at all machines.
    await bed.pass(62_000);
    const [end] = await endsOf(bed, 'lifetime');
    expect(end?.vms).toEqual([name]);
    expect(end?.at).toBeGreaterThanOrEqual(at + endsAfter * hour);
    await next.stop();
  });

  it('has an end in the log, whatever becomes of the timers', async () => {
    const bed = new SupplyBed();
    const server = await bed.started(one, { settings });
    const { name, at } = await taken(bed, server);
    await bed.pass(1_000);
    const id = `vm.${(await bed.of('VmRequested'))[0]?.vm.vmId ?? ''}.end.${String(at + 2 * hour)}`;
    expect([...(await server.timers.pending([id]))]).toEqual([id]);
    await server.timers.cancel([id]);
    await server.runner.sweep();
    expect([...(await server.timers.pending([id]))]).toEqual([id]);
    await server.timers.cancel([id]);
    await bed.pass(2 * hour + 61_000);
    expect((await endsOf(bed, 'lifetime')).flatMap(({ vms }) => vms)).toEqual([name]);
    await server.stop();
  });
});

describe('stock', () => {
  it('is replaced when it is too old, again and again', async () => {
    const bed = new SupplyBed();
    const server = await bed.started(one, { settings: { ...settings, readyTtlMinutes: 10 } });
    await bed.pass(31 * 60_000, 500);
    const ready = await bed.of('VmReady');
    const stale = await endsOf(bed, 'ready-ttl');
    expect(stale).toHaveLength(3);
    for (const [index, { at }] of stale.entries()) {
      const since = at - (ready[index]?.at ?? 0);
      expect(since).toBeGreaterThanOrEqual(600_000);
      expect(since).toBeLessThan(601_000);
    }
    expect(await server.stock('a')).toMatchObject({ ready: 1, completed: 0 });
    await server.stop();
  });

  it('that was held when it became too old is replaced when it comes back', async () => {
    const bed = new SupplyBed();
    const server = await bed.started(one, { settings: { ...settings, readyTtlMinutes: 10 } });
    await bed.pass(1_000);
    const hold = { attempt: 'c', decidedBy: 'checkout-c', count: 1, deadline: bed.clock.now() + hour };
    await server.decide('a', { type: 'hold', ...hold, at: bed.clock.now() });
    await bed.pass(700_000);
    expect(await endsOf(bed, 'ready-ttl')).toEqual([]);
    await server.decide('a', { type: 'release-hold', attempt: 'c', at: bed.clock.now() });
    await bed.pass(2_000);
    expect(await endsOf(bed, 'ready-ttl')).toHaveLength(1);
    await server.stop();
  });
});
