import { CrashPlan } from '#specs';
import { describe, expect, it } from '@jest/globals';
import { samplePool, SupplyBed } from './supply-bed.contract.js';

/** A server that falls asleep at one of its steps, with all that it does then. */
class SleepPlan extends CrashPlan {
  constructor(
    private readonly atStep: number,
    private readonly sleep: () => Promise<void>,
  ) {
    super();
  }

  override async step<T>(work: () => Promise<T>, counts: boolean): Promise<T> {
    if (counts && this.steps + 1 === this.atStep) {
      this.steps += 1;
      await this.sleep();
      return work();
    }
    return super.step(work, counts);
  }
}

const pools = [samplePool('a', { size: 2 })];
/** Longer than a place is kept for which nobody wishes a machine. */
const longEnough = 11 * 60_000;

/** A pool is filled, one machine is taken, has a snapshot made and is returned; the server dies on the way. */
async function life(bed: SupplyBed, crash: CrashPlan): Promise<void> {
  const server = await bed.server(pools, { crash });
  const ended = server.start().catch(() => undefined);
  await bed.pass(2_000);
  if (!crash.crashed) {
    await ended;
    const [taken] = await server.checkOut('a', 1);
    if (taken === undefined) throw new Error('nothing was ready');
    const touch = { name: taken.name, toucher: null, rules: { authConfigured: false, strictOwnership: false } };
    const task = { id: bed.world.uuid(), kind: 'snapshot' as const, snapshotId: 's'.repeat(32) };
    await server.decide('a', { type: 'request-task', task, at: bed.clock.now(), ...touch });
    await bed.pass(2_000);
    await server.decide('a', { type: 'return-vm', at: bed.clock.now(), ...touch });
    await bed.pass(2_000);
  }
  await server.kill();
}

const bed = () => new SupplyBed({ vms: { cloneMs: { min: 300, max: 300 }, bootMs: { min: 300, max: 300 } } });

/** Two machines, a third one, a snapshot, a destruction; and what comes before: two hypervisors, the pool. */
const mostSteps = 32;

describe('a server that dies between any two steps', () => {
  it('has all of its steps tried here', async () => {
    const whole = new CrashPlan();
    await life(bed(), whole);
    expect(whole.steps).toBeGreaterThan(25);
    expect(whole.steps).toBeLessThanOrEqual(mostSteps);
  });

  it.each(Array.from({ length: mostSteps }, (_, step) => step + 1))(
    'leaves nothing behind, and the next one goes on: step %d',
    async (step) => {
      for (const after of [false, true]) {
        const where = bed();
        await life(where, new CrashPlan(step, after));
        const next = await where.started(pools);
        await where.pass(longEnough);
        expect([after, await next.stock('a')]).toMatchObject([after, { ready: 2, pending: 0, completed: 0 }]);
        expect([after, await where.leaks()]).toEqual([after, []]);
        await next.stop();
      }
    },
  );
});

describe('a server that sleeps at any step for longer than a place is kept', () => {
  it.each(Array.from({ length: 14 }, (_, step) => step + 1))('loses nothing: step %d', async (step) => {
    const where = bed();
    const server = await where.started([samplePool('a', { size: 1 })], {
      crash: new SleepPlan(step, () => where.sleep(longEnough)),
    });
    await where.pass(3 * longEnough);
    expect(await server.stock('a')).toMatchObject({ ready: 1, pending: 0, completed: 0 });
    expect(await where.leaks()).toEqual([]);
    await server.stop();
  });
});
