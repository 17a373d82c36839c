import { beforeEach, describe, expect, it } from '@jest/globals';
import { AddDisk, ModifyVm, ReturnVm, RevertVm, SnapshotVm, type Toucher } from '../contracts.js';
import { vmName, vmNameStream } from '../vm-name/vm-name.aggregate.js';
import { holder, PoolsBed, samplePool } from './pools-bed.contract.js';

const hour = 3_600_000;
let bed: PoolsBed;
let server: ReturnType<PoolsBed['process']>;

beforeEach(async () => {
  bed = new PoolsBed({
    pools: [samplePool('a'), samplePool('b')],
    maxLifetimeUpperLimit: 100,
    allowedTags: ['url', 'user'],
    tagFilter: { url: '(.*)\\/' },
  });
  server = bed.process();
  await server.configure();
  await bed.fill('a', 2);
  await bed.fill('b', 1);
});

const giveBack = (name: string, toucher: Toucher | null = null) =>
  server.returnVm.execute(new ReturnVm(bed.context(), name, toucher));
const modify = (name: string, change: ModifyVm['change']) =>
  server.modify.execute(new ModifyVm(bed.context(), name, change, null));
const typesAfter = async (after: number) => (await bed.log(after)).map(({ type }) => type);

/** It is destroyed, and its record is kept for an hour. */
const destroyed = async (name: string, vmId: string) => {
  const at = bed.clock.now();
  const its = [{ name, vmId }];
  await bed.on(server.executor, 'a', { type: 'retire-vms', vms: its, reason: 'unreachable', at });
  await bed.on(server.executor, 'a', { type: 'note-destroyed', name, vmId, at });
  const command = { type: 'retire', vmId, forgetAt: at + hour, at } as const;
  await server.executor.execute(vmName, vmNameStream(name), command, bed.context());
};

describe('returning a machine', () => {
  it('sends it to the completed queue of its pool', async () => {
    await server.take({ b: 1 });
    expect(await giveBack('vm-3')).toEqual({ kind: 'accepted', answer: { pool: 'b' } });
    expect(await bed.queueOf('b', 'vm-3')).toBe('completed');
    expect(await giveBack('vm-3')).toMatchObject({ code: 'vm-not-running', facts: { state: 'completed' } });
  });

  it.each(['vm-99', '', '.', 'a b', '\ud800', 'x'.repeat(300)])('nobody knows: %p', async (name) => {
    expect(await giveBack(name)).toEqual({ kind: 'refused', code: 'vm-unknown', facts: { name } });
  });

  it('that is ready is refused and stays', async () => {
    expect(await giveBack('vm-1')).toMatchObject({ code: 'vm-not-running', facts: { state: 'ready' } });
    expect(await bed.queueOf('a', 'vm-1')).toBe('ready');
  });

  it('that was taken with a token needs one', async () => {
    await server.take({ a: 1 }, {}, holder('ada'));
    expect(await giveBack('vm-1')).toMatchObject({ code: 'token-required' });
    expect(await giveBack('vm-1', holder('eve'))).toMatchObject({ kind: 'accepted' });
  });

  it('that is destroyed is refused, and unknown once its record is forgotten', async () => {
    await destroyed('vm-1', 'id-1');
    expect(await giveBack('vm-1')).toMatchObject({ code: 'vm-not-running', facts: { state: 'destroyed' } });
    bed.clock.jump(hour);
    expect(await giveBack('vm-1')).toMatchObject({ code: 'vm-unknown' });
  });

  it('is answered as at first when the command comes again, even if the machine is gone by then', async () => {
    await server.take({ a: 1 });
    const command = new ReturnVm(bed.context({ repeatable: true }), 'vm-1', null);
    const first = await server.returnVm.execute(command);
    await destroyed('vm-1', 'id-1');
    expect(first).toEqual({ kind: 'accepted', answer: { pool: 'a' } });
    expect(await server.returnVm.execute(command)).toEqual(first);
  });

  it('right after a checkout over pools first confirms its hold', async () => {
    await server.take({ a: 1, b: 1 });
    const { length } = await bed.log();
    expect(await bed.process().returnVm.execute(new ReturnVm(bed.context(), 'vm-1', null))).toMatchObject({
      answer: { pool: 'a' },
    });
    expect(await typesAfter(length)).toEqual(['HoldConfirmed', 'VmsRetired']);
  });

  it('that an attempt holds waits for the decision', async () => {
    const at = bed.clock.now();
    const hold = { attempt: 'x', decidedBy: 'checkout-x', count: 1, deadline: at + 5_000, at };
    await bed.on(server.executor, 'a', { type: 'hold', ...hold });
    const waiting = giveBack('vm-1');
    await bed.clock.advance(1_000);
    await server.resolution.decideFailure('checkout-x', ['a'], 'empty', bed.context());
    expect(await bed.until(waiting)).toMatchObject({ code: 'vm-not-running', facts: { state: 'ready' } });
    expect(await bed.stocks()).toMatchObject({ a: [2, 0] });
  });

  it('that an attempt holds and nobody decides on is busy', async () => {
    const at = bed.clock.now();
    const hold = { attempt: 'x', decidedBy: 'checkout-x', count: 1, deadline: at + 60_000, at };
    await bed.on(server.executor, 'a', { type: 'hold', ...hold });
    expect(await bed.until(giveBack('vm-1'))).toEqual({ kind: 'refused', code: 'busy', facts: { pool: 'a' } });
    expect(await bed.stocks()).toMatchObject({ a: [1, 1] });
  });
});

describe('changing a machine', () => {
  it('sets its lifetime and its tags, filtered', async () => {
    await server.take({ a: 1 });
    const { length } = await bed.log();
    expect(await modify('vm-1', { lifetime: 99, tags: { url: 'http://x/y', user: '' } })).toEqual({
      kind: 'accepted',
      answer: undefined,
    });
    const [event] = await bed.log(length);
    expect(event).toMatchObject({ type: 'VmModified', data: { lifetime: 99, tags: { url: 'http://x' } } });
    expect(event?.data).toMatchObject({ figures: [{ day: '2026-01-01', key: 'url', value: 'http://x', count: 1 }] });
  });

  it.each([
    [{ lifetime: 0 }, 'lifetime-invalid'],
    [{ lifetime: 100 }, 'lifetime-too-long'],
    [{ lifetime: 5, tags: { colour: 'red' } }, 'tags-not-allowed'],
  ])('to %p changes nothing', async (change, code) => {
    const { length } = await bed.log();
    expect(await modify('vm-1', change)).toMatchObject({ code });
    expect(await typesAfter(length)).toEqual([]);
  });

  it('that nobody knows is refused before anything else', async () => {
    expect(await modify('vm-99', { lifetime: 0 })).toMatchObject({ code: 'vm-unknown' });
  });

  it('works on a record that is kept', async () => {
    await destroyed('vm-1', 'id-1');
    const { length } = await bed.log();
    expect(await modify('vm-1', { tags: { user: 'ada' } })).toMatchObject({ kind: 'accepted' });
    expect(await typesAfter(length)).toEqual(['VmModified']);
  });

  it('takes its day from the server calendar', async () => {
    const berlin = bed.process({ settings: { timeZone: 'Europe/Berlin' } });
    bed.clock.jump(23.5 * hour);
    const { length } = await bed.log();
    await berlin.modify.execute(new ModifyVm(bed.context(), 'vm-1', { tags: { user: 'ada' } }, null));
    const [event] = await bed.log(length);
    expect(event?.data).toMatchObject({ figures: [{ day: '2026-01-02' }] });
  });
});

describe('wishes for a machine', () => {
  const disk = (gb: number) => server.addDisk.execute(new AddDisk(bed.context(), 'vm-1', gb, null));

  it('a disk, the same one once while it waits', async () => {
    const { length } = await bed.log();
    expect([await disk(8), await disk(8), await disk(16)].map(({ kind }) => kind)).toEqual(Array(3).fill('accepted'));
    expect((await bed.log(length)).map(({ data }) => (data as { task: { gb: number } }).task.gb)).toEqual([8, 16]);
  });

  it('a snapshot, under an id that is answered, and the same again for the same command', async () => {
    const context = bed.context({ repeatable: true });
    const ask = () => server.snapshot.execute(new SnapshotVm(context, 'vm-1', null));
    const first = await ask();
    expect(first).toMatchObject({ answer: { snapshotId: expect.stringMatching(/^[a-z0-9]{32}$/) as unknown } });
    expect(await ask()).toEqual(first);
  });

  it('a way back to a snapshot that it does not have', async () => {
    expect(await server.revert.execute(new RevertVm(bed.context(), 'vm-1', 'x', null))).toMatchObject({
      code: 'snapshot-unknown',
    });
  });

  it('of nobody or of a record alone', async () => {
    await destroyed('vm-1', 'id-1');
    expect(await disk(8)).toMatchObject({ code: 'vm-unknown' });
    expect(await server.snapshot.execute(new SnapshotVm(bed.context(), 'vm-99', null))).toMatchObject({
      code: 'vm-unknown',
    });
  });
});
