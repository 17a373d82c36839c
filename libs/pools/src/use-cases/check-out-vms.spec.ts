import { beforeEach, describe, expect, it } from '@jest/globals';
import { holder, PoolsBed, samplePool } from './pools-bed.contract.js';

const pools = [
  samplePool('alma-9', { aliases: ['alma', 'any'] }),
  samplePool('alma-8', { aliases: ['alma', 'any', 'alma-9'] }),
  samplePool('suse-15', { aliases: ['suse'], domain: 'other.example.test' }),
];

let bed: PoolsBed;
let server: ReturnType<PoolsBed['process']>;

beforeEach(async () => {
  bed = new PoolsBed({ pools, vmLifetimeAuthHours: 24 });
  server = bed.process();
  await server.configure();
});

const names = (outcome: Awaited<ReturnType<typeof server.take>>) => {
  if (outcome.kind === 'refused') throw new Error(outcome.code);
  return Object.fromEntries(outcome.answer.taken.map(({ name, vms }) => [name, vms.map((vm) => vm.name)]));
};
const typesAfter = async (after: number) => (await bed.log(after)).map(({ type }) => type);

describe('checking out from one pool', () => {
  it('is one event, answered from it', async () => {
    const [first, second] = await bed.fill('suse-15', 3);
    const { length } = await bed.log();
    const outcome = await server.take(
      { 'suse-15': 2 },
      { commandId: 'c0ffee00-0000-4000-8000-000000000000' },
      holder('ada'),
    );
    expect(outcome).toEqual({
      kind: 'accepted',
      answer: {
        checkoutId: 'c0ffee00-0000-4000-8000-000000000000',
        taken: [
          {
            name: 'suse-15',
            vms: [first, second].map((name, n) => ({
              name,
              vmId: `id-${String(n + 1)}`,
              generation: 1,
              domain: 'other.example.test',
              pool: 'suse-15',
              fencingToken: 'epoch-1',
            })),
          },
        ],
      },
    });
    const [event, ...more] = await bed.log(length);
    expect([event?.type, more]).toEqual(['VmsCheckedOut', []]);
    expect(event?.data).toMatchObject({
      checkout: { requestedAs: 'suse-15', tokenHash: 'hash-of-ada', userId: 'ada', lifetime: 24 },
    });
  });

  it('by its alias is answered under the alias, without a holder without a lifetime', async () => {
    await bed.fill('suse-15', 1);
    const { length } = await bed.log();
    expect(names(await server.take({ suse: 1 }))).toEqual({ suse: ['vm-1'] });
    const [event] = await bed.log(length);
    expect(event?.data).toMatchObject({
      checkout: { requestedAs: 'suse', tokenHash: null, userId: null, lifetime: null },
    });
  });

  it('is refused when it has too few, and leaves it as it is', async () => {
    await bed.fill('suse-15', 1);
    const { length } = await bed.log();
    expect(await server.take({ suse: 2 })).toEqual({
      kind: 'refused',
      code: 'pools-empty',
      facts: { wanted: { suse: 2 }, short: { name: 'suse', pools: ['suse-15'], ready: 1 } },
    });
    expect(await typesAfter(length)).toEqual([]);
  });

  it('takes nothing when nothing is wanted', async () => {
    await bed.fill('suse-15', 1);
    const { length } = await bed.log();
    expect(names(await server.take({ suse: 0 }))).toEqual({});
    expect(names(await server.take({}))).toEqual({});
    expect(await typesAfter(length)).toEqual([]);
  });

  it('names all unknown names before anything is taken', async () => {
    await bed.fill('suse-15', 1);
    const { length } = await bed.log();
    expect(await server.take({ nope: 1, suse: 1, nix: 0 })).toEqual({
      kind: 'refused',
      code: 'names-unknown',
      facts: { names: ['nope', 'nix'] },
    });
    expect(await typesAfter(length)).toEqual([]);
  });

  it('gives the same again for a command that comes again', async () => {
    await bed.fill('suse-15', 2);
    const context = { commandId: 'c0ffee00-0000-4000-8000-000000000001', repeatable: true };
    const [first, second] = await bed.until(
      Promise.all([server.take({ suse: 1 }, context), server.take({ suse: 1 }, context)]),
    );
    expect(second).toEqual(first);
    const { length } = await bed.log();
    expect(await bed.process().take({ suse: 1 }, context)).toEqual(first);
    expect(await typesAfter(length)).toEqual([]);
  });

  it('tries a refused command anew when it comes again', async () => {
    const context = { commandId: 'c0ffee00-0000-4000-8000-000000000002', repeatable: true };
    expect(await server.take({ suse: 1 }, context)).toMatchObject({ code: 'pools-empty' });
    await bed.fill('suse-15', 1);
    expect(names(await server.take({ suse: 1 }, context))).toEqual({ suse: ['vm-1'] });
  });
});

describe('checking out under a name of several pools', () => {
  it('takes from whoever has one, in one event', async () => {
    await bed.fill('alma-8', 1);
    const { length } = await bed.log();
    expect(names(await server.take({ alma: 1 }))).toEqual({ alma: ['vm-1'] });
    expect(await typesAfter(length)).toEqual(['VmsCheckedOut']);
  });

  it("takes from others that have a pool's name as an alias", async () => {
    await bed.fill('alma-8', 2);
    expect(names(await server.take({ 'alma-9': 2 }))).toEqual({ 'alma-9': ['vm-1', 'vm-2'] });
  });

  it('draws between those that have some', async () => {
    await bed.fill('alma-9', 20);
    await bed.fill('alma-8', 20);
    for (let n = 0; n < 20; n += 1) await server.take({ any: 1 });
    const { 'alma-9': nine, 'alma-8': eight } = await bed.stocks();
    expect((nine?.[0] ?? 0) + (eight?.[0] ?? 0)).toBe(20);
    expect(nine?.[0]).toBeLessThan(20);
    expect(eight?.[0]).toBeLessThan(20);
  });

  it('puts together what one pool alone does not have', async () => {
    await bed.fill('alma-9', 2);
    await bed.fill('alma-8', 1);
    const taken = names(await bed.until(server.take({ alma: 3 })));
    expect(taken.alma?.toSorted()).toEqual(['vm-1', 'vm-2', 'vm-3']);
    expect(await server.take({ alma: 1 })).toMatchObject({
      code: 'pools-empty',
      facts: { short: { name: 'alma', pools: ['alma-9', 'alma-8'], ready: 0 } },
    });
  });
});

describe('checking out from several pools', () => {
  it('holds, commits and is answered; then the process confirms', async () => {
    await bed.fill('alma-9', 1);
    await bed.fill('suse-15', 2);
    const { length } = await bed.log();
    const outcome = await server.take({ suse: 2, 'alma-8': 0, 'alma-9': 1 }, {}, holder('ada'));
    expect(names(outcome)).toEqual({ suse: ['vm-2', 'vm-3'], 'alma-9': ['vm-1'] });
    expect((await typesAfter(length)).toSorted()).toEqual(['CheckoutCompleted', 'VmsHeld', 'VmsHeld']);
    expect(await bed.stocks()).toMatchObject({ 'alma-9': [0, 1], 'suse-15': [0, 2] });

    const runner = bed.runner();
    await runner.start();
    await bed.done(runner);
    expect(await bed.stocks()).toMatchObject({ 'alma-9': [0, 0], 'suse-15': [0, 0] });
    expect((await typesAfter(length + 3)).toSorted()).toEqual(['HoldConfirmed', 'HoldConfirmed']);
    expect(await bed.timers.count()).toBe(0);
    await runner.stop();
  });

  it('commits the whole result, with the ends of the lifetimes', async () => {
    await bed.fill('alma-9', 1);
    await bed.fill('suse-15', 1);
    const at = bed.clock.now();
    await server.take({ suse: 1, 'alma-9': 1 });
    const completed = (await bed.log()).find(({ type }) => type === 'CheckoutCompleted');
    const common = { generation: 1 };
    expect(completed?.data).toMatchObject({
      shares: [
        { pool: 'suse-15', vms: [{ ...common, name: 'vm-2', requestedAs: 'suse' }], expiresAt: at + 24 * 3_600_000 },
        { pool: 'alma-9', vms: [{ ...common, name: 'vm-1', requestedAs: 'alma-9' }] },
      ],
    });
  });

  it('takes for two names from the same pool', async () => {
    await bed.fill('suse-15', 3);
    expect(names(await server.take({ 'suse-15': 1, suse: 2 }))).toEqual({
      'suse-15': ['vm-1'],
      suse: ['vm-2', 'vm-3'],
    });
  });

  it('gives everything back before it is refused: one is empty', async () => {
    await bed.fill('suse-15', 2);
    const { length } = await bed.log();
    expect(await server.take({ suse: 1, 'alma-8': 1, 'suse-15': 1 })).toMatchObject({
      code: 'pools-empty',
      facts: { wanted: { suse: 1, 'alma-8': 1, 'suse-15': 1 }, short: { name: 'alma-8', pools: ['alma-8'], ready: 0 } },
    });
    expect(await bed.stocks()).toMatchObject({ 'suse-15': [2, 0] });
    expect(await typesAfter(length)).toEqual(['VmsHeld', 'CheckoutFailed', 'VmsReturned']);
  });
});
