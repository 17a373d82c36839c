import { describe, expect, it } from '@jest/globals';
import { seededRandom, CrashPlan } from '#specs';
import { samplePool, sampleCheckout, SupplyBed, type SupplyServer } from './supply-bed.contract.js';

/** A run takes about a second. */
const runs = Math.ceil(Number(process.env.LEASEBOOK_TEST_RUNS ?? 100) / 25);
const rules = { authConfigured: false, strictOwnership: false };
const settings = {
  taskLimit: 5,
  onDemandCloneLimit: 3,
  vmLifetimeHours: 1,
  readyTtlMinutes: 30,
  timeoutMinutes: 3,
  dataTtlHours: 2,
};
const names = ['a', 'b', 'c'] as const;

/** A world in which anything happens at any time, by chance alone. */
class Simulation {
  private readonly random: () => number;
  private readonly bed: SupplyBed;
  private pools: readonly (typeof names)[number][] = names;
  private crash = new CrashPlan();
  private server!: SupplyServer;
  private requests = 0;

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.bed = new SupplyBed(
      {
        seed,
        // Not enough for all pools together.
        hosts: ['kvm-1', 'kvm-2'].map((name) => ({ name, vcpus: 24, memoryMb: 1e6, localGb: 1e5 })),
        failureRate: 0.05,
        latencyMs: { min: 0, max: 200 },
        vms: { cloneMs: { min: 0, max: 3_000 }, bootMs: { min: 0, max: 60_000 }, failureRate: 0.1 },
      },
      seed,
    );
  }

  /** Answers what does not agree in the end. */
  async run(steps: number): Promise<readonly string[]> {
    await this.begin();
    for (let step = 0; step < steps; step += 1) {
      await this.act();
      await this.bed.pass(this.upTo(20_000), 1_000);
    }
    await this.restart('kill');
    await this.end();
    const leaks = await this.bed.leaks();
    const restless: string[] = [];
    for (const pool of names) {
      const stock = await this.server.stock(pool);
      if (stock !== undefined && stock.completed > 0)
        restless.push(`${pool} has ${String(stock.completed)} to destroy`);
    }
    await this.server.stop();
    return [...leaks, ...restless];
  }

  /** Sizes that there is room for, and nothing fails any more: what has been begun comes to its end. */
  private async end(): Promise<void> {
    for (const pool of this.pools)
      await this.server.decide(pool, { type: 'override-size', size: 1, at: this.bed.clock.now() });
    await this.bed.pass(5 * 3_600_000, 10_000);
    // Long enough without failures by chance for everything to have been tried again.
    await this.bed.pass(3_600_000, 10_000);
  }

  private async begin(): Promise<void> {
    this.crash = new CrashPlan();
    const pools = this.pools.map((name) => samplePool(name, { size: 4 }));
    this.server = await this.bed.started(pools, { crash: this.crash, settings });
  }

  private async restart(how: 'stop' | 'kill'): Promise<void> {
    await this.server[how]();
    await this.begin();
  }

  private async act(): Promise<void> {
    const pool = this.one(this.pools);
    const at = this.bed.clock.now();
    const roll = this.random();
    if (roll < 0.3) await this.server.checkOut(pool, 1 + this.upTo(2));
    else if (roll < 0.5) await this.giveBack(pool);
    else if (roll < 0.56) await this.server.decide(pool, { type: 'override-size', size: this.upTo(6), at });
    else if (roll < 0.6) await this.server.decide(pool, { type: 'reset', at });
    else if (roll < 0.64)
      await this.server.decide(pool, { type: 'override-template', template: `t/${String(this.upTo(3))}`, at });
    else if (roll < 0.72) await this.ask(pool);
    else if (roll < 0.78) await this.misfortune();
    else if (roll < 0.82) await this.hold(pool);
    else if (roll < 0.86) await this.restart('stop');
    else if (roll < 0.9) await this.restart('kill');
    else if (roll < 0.92) {
      this.pools = this.pools.length === names.length ? names.slice(0, 2) : names;
      await this.restart('kill');
    }
  }

  private async giveBack(pool: string): Promise<void> {
    const running = await this.server.look(pool, (state) => [...(state?.running ?? [])]);
    if (running.length === 0) return;
    const give = { type: 'return-vm', name: this.one(running), toucher: null, rules } as const;
    await this.server.decide(pool, { ...give, at: this.bed.clock.now() });
  }

  private async ask(pool: string): Promise<void> {
    const request = `onDemand-q${String((this.requests += 1))}.1`;
    const checkout = sampleCheckout(request);
    const at = this.bed.clock.now();
    await this.server.decide(pool, { type: 'queue-on-demand', request, count: 1 + this.upTo(3), checkout, at });
    await this.bed.pass(this.upTo(30_000), 1_000);
    const end = { type: 'cancel-on-demand', request, reason: 'request-failed' } as const;
    await this.server.decide(pool, { ...end, at: this.bed.clock.now() });
  }

  private async hold(pool: string): Promise<void> {
    const attempt = this.bed.world.uuid();
    const at = this.bed.clock.now();
    const hold = { attempt, decidedBy: `checkout-${attempt}`, count: 1, deadline: at + 30_000 };
    await this.server.decide(pool, { type: 'hold', ...hold, at });
    await this.bed.pass(this.upTo(20_000), 1_000);
    const decided = this.random() < 0.5 ? 'confirm' : 'release';
    if (decided === 'release')
      await this.server.decide(pool, { type: 'release-hold', attempt, at: this.bed.clock.now() });
    else await this.server.decide(pool, { type: 'confirm-hold', attempt, checkout: sampleCheckout(attempt), at });
  }

  /** Behind the server's back: machines come and go, listings are partial, nothing works. */
  private async misfortune(): Promise<void> {
    const { control } = this.bed.provider;
    const vmIds = await this.server.look(this.one(this.pools), (state) =>
      Array.from(state?.vms.values() ?? [], ({ vmId }) => vmId),
    );
    const roll = this.random();
    if (roll < 0.3) {
      const uuid = this.bed.world.uuid();
      control.putVm({ vmId: uuid, name: `odd-${uuid.slice(0, 6)}`, pool: this.one(this.pools), hypervisor: 'kvm-1' });
    } else if (roll < 0.6) {
      const vmId = vmIds.length === 0 ? undefined : this.one(vmIds);
      if (vmId !== undefined && control.seen(vmId) !== undefined) control.vanish(vmId);
    } else if (roll < 0.8) control.listVmsPartially(vmIds.slice(0, 2));
    else for (const call of ['createVm', 'destroyVm', 'inspectVm'] as const) control.failNext(call, this.upTo(6));
  }

  private upTo(most: number): number {
    return Math.floor(this.random() * (most + 1));
  }

  private one<T>(of: readonly T[]): T {
    return of[Math.floor(this.random() * of.length)] as T;
  }
}

describe('the supply, whatever happens', () => {
  it.each(Array.from({ length: runs }, (_, seed) => seed + 1))(
    'leaves machines, guests, names and pools in agreement: seed %d',
    async (seed) => {
      expect(await new Simulation(seed).run(200)).toEqual([]);
    },
    60_000,
  );
});
