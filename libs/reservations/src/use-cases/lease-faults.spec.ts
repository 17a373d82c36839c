import type { Append, AppendOutcome } from '#event-store';
import { MemoryEventStore } from '#event-store/adapters/memory';
import { OutcomeUnknown, StoreUnavailable } from '#kernel';
import { everyFault, FaultPlan, FaultyEventStore, turns } from '#specs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LeaseFacts } from '../contracts.js';
import { raw, ReservationsBed, sampleHost } from './reservations-bed.contract.js';

const names = ['node-1', 'node-2', 'node-3'];
const partitions = [
  { name: 'one', hosts: ['node-1'] },
  { name: 'two', hosts: ['node-2'] },
];
/** Three calendars, addresses, and what instances are booted with. */
const everything = { reservations: [raw.hosts(2), raw.addresses(2), raw.instances(1)] };
const tooMuch = { reservations: [raw.hosts(2), raw.addresses(3), raw.instances(1)] };

let bed: ReservationsBed;
beforeEach(async () => {
  bed = new ReservationsBed({ hosts: names.map((name) => sampleHost(name)), settings: { partitions } });
  const server = await bed.server();
  await bed.prepare(server, names);
  await bed.addAddresses(server, '203.0.113.7', '203.0.113.8');
});
afterEach(() => bed.close());

/** A server that dies at its n-th append: that one has landed or not, and nobody is ever told anything again. */
class DyingStore extends MemoryEventStore {
  private appends = 0;

  constructor(
    private readonly last: number,
    private readonly lands: boolean,
  ) {
    super({ log: bed.store.log, exclusive: false, clock: bed.clock });
  }

  override async append(batch: readonly Append[]): Promise<readonly AppendOutcome[]> {
    const number = this.appends;
    this.appends += 1;
    if (number < this.last || (number === this.last && this.lands)) {
      const outcomes = await super.append(batch);
      if (number < this.last) return outcomes;
    }
    return new Promise(() => undefined);
  }
}

/** A server that is held up at its n-th append until it is let go on. */
class SlowStore extends MemoryEventStore {
  letGo: () => void = () => undefined;
  private appends = 0;
  private readonly held = new Promise<void>((resolve) => {
    this.letGo = resolve;
  });

  constructor(private readonly at: number) {
    super({ log: bed.store.log, exclusive: false, clock: bed.clock });
  }

  override async append(batch: readonly Append[]): Promise<readonly AppendOutcome[]> {
    const number = this.appends;
    this.appends += 1;
    if (number === this.at) await this.held;
    return super.append(batch);
  }
}

/** All is decided and settled in the direction of the deciding streams; the leases that are there. */
async function afterwards(): Promise<readonly LeaseFacts[]> {
  const runner = await bed.runner();
  await runner.start();
  await bed.done(runner);
  await bed.clock.advance(bed.settings.holdMs + 1_000);
  await turns(100);
  await bed.done(runner);
  await bed.expectSettled();
  const leases = [...(await bed.leases()).values()];
  expect(await bed.timers.count()).toBe(3 * leases.length);
  const log = await bed.log();
  const count = (its: string) => log.filter(({ type }) => type === its).length;
  const instances = leases.flatMap(({ reservations }) => reservations.filter(({ means }) => means !== null)).length;
  expect(count('RegionFlavorCreated') - count('RegionFlavorDeleted')).toBe(instances);
  // Besides the free pool.
  expect(count('AggregateCreated') - count('AggregateDeleted')).toBe(1 + instances);
  await runner.stop();
  return leases;
}

const points = (most: number) =>
  Array.from({ length: most + 1 }, (_, step) => [true, false].map((lands) => [step, lands] as const)).flat();

describe('a server that dies while it creates a lease over several streams', () => {
  it.each(points(7))('at append %d, landed: %p: all or nothing, and nothing stays held', async (step, lands) => {
    const dying = await bed.server(new DyingStore(step, lands));
    void dying.create(everything);
    await turns(100);
    const leases = await afterwards();
    expect(leases.length).toBeLessThanOrEqual(1);
    if (step > 6) expect(leases).toHaveLength(1);
    if (step < 5) expect(leases).toHaveLength(0);
  });

  it.each(points(4))('and could not have all, at append %d, landed: %p: all is as before', async (step, lands) => {
    const dying = await bed.server(new DyingStore(step, lands));
    void dying.create(tooMuch);
    await turns(100);
    expect(await afterwards()).toEqual([]);
  });

  it.each(points(6))('at append %d, landed: %p: the same command again has one effect', async (step, lands) => {
    const context = { commandId: 'c0ffee00-0000-4000-8000-000000000001', repeatable: true };
    const dying = await bed.server(new DyingStore(step, lands));
    void dying.create(everything, context);
    await turns(100);
    const server = await bed.server();
    const again = await bed.until(server.create(everything, context));
    expect(again.kind).toBe('accepted');
    expect(await server.create(everything, context)).toEqual({ ...again, repeated: true });
    expect(await afterwards()).toHaveLength(1);
  });
});

describe('a server that dies while it changes a lease over several streams', () => {
  const change = ({ reservations: [hosts, addresses] }: LeaseFacts) => ({
    endsAt: bed.at(100),
    reservations: [
      { id: hosts?.id, min: 1, max: 1 },
      { id: addresses?.id, amount: 1 },
    ],
  });

  it.each(points(6))('at append %d, landed: %p: it is changed wholly, or not at all', async (step, lands) => {
    const server = await bed.server();
    const created = await server.create(everything);
    if (created.kind === 'refused') throw new Error(created.code);
    const lease = created.answer;
    const dying = await bed.server(new DyingStore(step, lands));
    void dying.update(lease.id, change(lease));
    await turns(100);
    const [left, ...others] = await afterwards();
    expect(others).toEqual([]);
    const sizes = left?.reservations.map(({ hosts, addresses }) => hosts.length + addresses.length);
    if (left?.endsAt === lease.endsAt) expect(sizes).toEqual([2, 2, 1]);
    else expect(sizes).toEqual([1, 1, 1]);
    if (step < 3) expect(left?.endsAt).toBe(lease.endsAt);
    if (step > 8) expect(left?.endsAt).toBe(bed.at(100));
  });

  it.each(points(6))('at append %d, landed: %p: the same command again has one effect', async (step, lands) => {
    const context = { commandId: 'c0ffee00-0000-4000-8000-000000000002', repeatable: true };
    const server = await bed.server();
    const created = await server.create(everything);
    if (created.kind === 'refused') throw new Error(created.code);
    const lease = created.answer;
    const dying = await bed.server(new DyingStore(step, lands));
    void dying.update(lease.id, change(lease), context);
    await turns(100);
    const again = await bed.until(server.update(lease.id, change(lease), context));
    expect(again).toMatchObject({ kind: 'accepted', answer: { endsAt: bed.at(100) } });
    expect((await bed.log()).filter(({ type }) => type === 'LeaseUpdated')).toHaveLength(1);
    expect(await afterwards()).toHaveLength(1);
  });
});

describe('a server that is overtaken by the deadline of its attempt', () => {
  it.each([0, 1, 2, 3, 4, 5, 6])('held up at append %d: it begins again, and nothing is had twice', async (step) => {
    const store = new SlowStore(step);
    const slow = await bed.server(store);
    const answer = slow.create(everything);
    await turns(100);
    const runner = await bed.runner();
    await runner.start();
    await bed.clock.advance(bed.settings.holdMs + 1_000);
    await turns(100);
    // Who came in between had what was free again.
    const other = await (await bed.server()).create({ ...everything, startsAt: bed.at(5), endsAt: bed.at(30) });
    store.letGo();
    const outcome = await bed.until(answer);
    await runner.stop();
    const leases = await afterwards();
    expect(leases.map(({ id }) => id)).toEqual(
      [other, outcome].flatMap((its) => (its.kind === 'refused' ? [] : [its.answer.id])),
    );
    expect(other.kind).toBe('accepted');
    expect(outcome).toMatchObject({ kind: 'refused', code: expect.stringContaining('not-enough') });
  });
});

describe('a server that dies while it settles', () => {
  it.each(points(4))('at append %d, landed: %p: another one finishes', async (step, lands) => {
    const server = await bed.server();
    await server.create(everything);
    const dying = await bed.runner(new DyingStore(step, lands));
    void dying.start();
    await turns(200);
    expect(await afterwards()).toHaveLength(1);
  });
});

describe('a store that fails', () => {
  const plans = everyFault
    .filter((fault) => fault !== 'none')
    .flatMap((fault) => [0, 1, 2, 3, 4, 5, 6].map((at) => [fault, at] as const));
  const script = (fault: (typeof everyFault)[number], at: number) => [
    ...Array.from({ length: at }, () => 'none' as const),
    fault,
  ];

  it.each(plans)('%s at append %d: the answer is true, and nothing stays held', async (fault, at) => {
    const plan = new FaultPlan(script(fault, at), { calls: ['append'] });
    const server = await bed.server(new FaultyEventStore(bed.store, plan));
    const answer = await bed.until(server.create(everything).catch((error: unknown) => error));
    if (at < 5) expect(plan.met).toHaveLength(1);
    plan.stop();
    // C3: while an outcome is unknown nothing is decided and nothing released.
    const types = (await bed.log()).map(({ type }) => type);
    if (answer instanceof OutcomeUnknown) expect(types).not.toContain('LeaseRefused');
    const leases = await afterwards();
    if (answer instanceof StoreUnavailable) expect(leases).toEqual([]);
    else if (!(answer instanceof OutcomeUnknown))
      expect(answer).toMatchObject({ kind: leases.length === 1 ? 'accepted' : 'refused' });
  });

  it.each(plans)('%s at append %d: the same command again gets a true answer', async (fault, at) => {
    const context = { commandId: 'c0ffee00-0000-4000-8000-000000000001', repeatable: true };
    const plan = new FaultPlan(script(fault, at), { calls: ['append'] });
    const server = await bed.server(new FaultyEventStore(bed.store, plan));
    const once = () => server.create(everything, context).catch((error: unknown) => error);
    let answer = await bed.until(once());
    for (let repeat = 0; answer instanceof Error && repeat < 5; repeat += 1) {
      await turns(20);
      answer = await bed.until(once());
    }
    expect(answer).toMatchObject({ kind: 'accepted' });
    expect(await afterwards()).toHaveLength(1);
  });

  it.each(plans.filter(([, at]) => at < 5))(
    '%s at append %d of a change: it is changed wholly, or not at all',
    async (fault, at) => {
      const created = await (await bed.server()).create(everything);
      if (created.kind === 'refused') throw new Error(created.code);
      const plan = new FaultPlan(script(fault, at), { calls: ['append'] });
      const server = await bed.server(new FaultyEventStore(bed.store, plan));
      const answer = await bed.until(
        server.update(created.answer.id, { endsAt: bed.at(120) }).catch((error: unknown) => error),
      );
      plan.stop();
      const [left] = await afterwards();
      if (answer instanceof StoreUnavailable) expect(left?.endsAt).toBe(created.answer.endsAt);
      else if (!(answer instanceof OutcomeUnknown)) {
        expect(answer).toMatchObject({ kind: 'accepted' });
        expect(left?.endsAt).toBe(bed.at(120));
      }
    },
  );

  it.each([0, 1, 2, 3])('before append %d: what was held is free at once', async (at) => {
    const store = new FaultyEventStore(bed.store, new FaultPlan(script('before', at), { calls: ['append'] }));
    const server = await bed.server(store);
    await expect(bed.until(server.create(everything))).rejects.toBeInstanceOf(StoreUnavailable);
    expect(await bed.holdings()).toEqual({ held: [], allocated: {}, strangers: [] });
  });
});
