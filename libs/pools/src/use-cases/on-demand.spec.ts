import type { ProcessRunner } from '#runtime';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DeleteOnDemandRequest, RequestOnDemandVms, type Toucher } from '../contracts.js';
import { turns } from '#specs';
import { holder, PoolsBed, samplePool, wantedOf } from './pools-bed.contract.js';

const minute = 60_000;
const day = 24 * 60 * minute;
const pools = [
  samplePool('a', { aliases: ['any'], size: 0, cloneTarget: 'heavy' }),
  samplePool('b', { aliases: ['any'], size: 0, cloneTarget: 'light' }),
];

let bed: PoolsBed;
let server: ReturnType<PoolsBed['process']>;
let runner: ProcessRunner;

beforeEach(async () => {
  bed = new PoolsBed({ pools, vmLifetimeAuthHours: 24, onDemandTtlMinutes: 5, maxOnDemandInstancesPerRequest: 4 });
  server = bed.process();
  await server.configure();
  runner = bed.runner();
  await runner.start();
});
afterEach(() => runner.stop());

const ask = (wanted: Readonly<Record<string, number>>, requestId: string | null = 'q', at = server) =>
  at.request.execute(new RequestOnDemandVms(bed.context(), wantedOf(wanted), requestId, holder('ada')));
const remove = (requestId = 'q', toucher: Toucher | null = null, at = server) =>
  at.deleteRequest.execute(new DeleteOnDemandRequest(bed.context(), requestId, toucher));
const accepted = (answer: unknown) => ({ kind: 'accepted', answer });
const stream = 'onDemand-q.1';

/** Everything that follows from what was done, time included. */
const settled = async (ms = 0) => {
  await bed.done(runner);
  // Days are not walked through second by second.
  const walked = Math.min(ms, 10 * minute);
  bed.clock.jump(ms - walked);
  await bed.clock.advance(walked);
  await turns(50);
  await bed.done(runner);
};
const of = async (its = stream) =>
  (await bed.log()).filter((event) => event.stream === its).map(({ type, data }) => ({ type, data: data }));
const types = async (its = stream) => (await of(its)).map(({ type }) => type);
const queues = (names: readonly (readonly [pool: string, name: string])[]) =>
  Promise.all(names.map(([pool, name]) => bed.queueOf(pool, name)));

describe('requesting machines on demand', () => {
  it('asks each pool for its share', async () => {
    expect(await ask({ a: 2, b: 1 })).toEqual(accepted({ requestId: 'q' }));
    const [requested] = await of();
    const at = bed.clock.now();
    expect(requested).toMatchObject({
      type: 'OnDemandRequested',
      data: {
        ...{ stream, requestId: 'q', generation: 1, deadline: at + 5 * minute, ttlMinutes: 5, at },
        shares: [
          { requestedAs: 'a', pool: 'a', count: 2 },
          { requestedAs: 'b', pool: 'b', count: 1 },
        ],
        checkout: { tokenHash: 'hash-of-ada', userId: 'ada', lifetime: 24 },
      },
    });
    await settled();
    const queued = (await bed.log()).filter(({ type }) => type === 'OnDemandQueued').map(({ data }) => data as object);
    expect(queued).toMatchObject([
      { pool: 'a', request: stream, count: 2, checkout: { requestedAs: 'a' } },
      { pool: 'b', request: stream, count: 1, checkout: { requestedAs: 'b' } },
    ]);
  });

  it('makes an id where none is given: the same for the same command', async () => {
    const context = bed.context({ repeatable: true });
    const wish = new RequestOnDemandVms(context, wantedOf({ a: 1 }), null, null);
    const first = await server.request.execute(wish);
    expect(first).toMatchObject({ answer: { requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown } });
    expect(await server.request.execute(wish)).toEqual(first);
    await settled();
    expect((await bed.log()).filter(({ type }) => type === 'OnDemandQueued')).toHaveLength(1);
  });

  it('draws the pool of each machine, by weight', async () => {
    const weighing = bed.process({ settings: { backendWeight: { heavy: 0, light: 5 } } });
    await ask({ any: 4 }, 'q', weighing);
    expect((await of())[0]?.data).toMatchObject({ shares: [{ requestedAs: 'any', pool: 'b', count: 4 }] });
  });

  it.each([
    [{ nope: 1, a: 99 }, 'names-unknown', { names: ['nope'] }],
    [{ a: 5 }, 'too-many-instances', { limit: 4 }],
  ])('%p is refused', async (wanted, code, facts) => {
    expect(await ask(wanted)).toEqual({ kind: 'refused', code, facts });
    expect(await of()).toEqual([]);
  });

  it('the limit is for each name', async () => expect((await ask({ a: 4, b: 4 })).kind).toBe('accepted'));

  it.each(['q', 'with spaces/and.more', 'x'.repeat(200), '\u{1f30d}'])('an id in use is refused: %p', async (id) => {
    await ask({ a: 1 }, id);
    const before = (await bed.log()).length;
    expect(await ask({ a: 1 }, id)).toEqual({ kind: 'refused', code: 'request-id-taken', facts: { requestId: id } });
    expect(await bed.log(before)).toEqual([]);
    const requested = (await bed.log()).find(({ type }) => type === 'OnDemandRequested');
    expect(requested?.stream).toMatch(/^onDemand-[A-Za-z0-9_-]{1,64}\.1$/);
  });

  it('two at the same instant: one gets the id', async () => {
    const outcomes = await Promise.all([ask({ a: 1 }), ask({ a: 1 }, 'q', bed.process())]);
    expect(outcomes.map((its) => (its.kind === 'refused' ? its.code : 'ok')).toSorted()).toEqual([
      'ok',
      'request-id-taken',
    ]);
  });
});

describe('a request on its way', () => {
  it('is fulfilled by its last machine', async () => {
    await ask({ a: 1, b: 1 });
    await settled();
    await bed.fill('a', 1, stream);
    await settled();
    expect(await types()).toEqual(['OnDemandRequested', 'OnDemandVmDelivered']);
    await bed.fill('b', 1, stream);
    await settled();
    expect(await types()).toEqual([
      'OnDemandRequested',
      'OnDemandVmDelivered',
      'OnDemandVmDelivered',
      'OnDemandFulfilled',
    ]);
    expect((await of())[3]?.data).toMatchObject({
      vms: [
        { name: 'vm-1', pool: 'a', requestedAs: 'a', domain: 'lab.example.test' },
        { name: 'vm-2', pool: 'b', requestedAs: 'b', domain: 'lab.example.test' },
      ],
    });
    await settled(10 * minute);
    expect(await types()).toHaveLength(4);
    expect(await queues([['a', 'vm-1'], ['b', 'vm-2']])).toEqual(['running', 'running']); // prettier-ignore
    expect((await bed.log()).filter(({ type }) => type === 'OnDemandSettled')).toHaveLength(2);
  });

  it('is fulfilled when the last two come at the same instant, at the deadline, and is never failed then', async () => {
    await ask({ a: 2 });
    await settled();
    const made = [await bed.begin(server.executor, 'a', stream), await bed.begin(server.executor, 'a', stream)];
    await bed.clock.advance(5 * minute - 1);
    const [one, two] = [bed.process(), bed.process()];
    const [first, second] = made;
    if (first === undefined || second === undefined) throw new Error('no machines');
    await Promise.all([bed.finish(one.executor, 'a', first), bed.finish(two.executor, 'a', second)]);
    await settled(1);
    await settled(minute);
    expect((await types()).slice(1)).toEqual(['OnDemandVmDelivered', 'OnDemandVmDelivered', 'OnDemandFulfilled']);
    expect(await queues(made.map(({ name }) => ['a', name] as const))).toEqual(['running', 'running']);
  });

  it('fails at its deadline, and what it got is taken away', async () => {
    await ask({ a: 2 });
    await settled();
    const [got] = await bed.fill('a', 1, stream);
    const begun = await bed.begin(server.executor, 'a', stream);
    await settled(5 * minute - 1);
    expect(await types()).toEqual(['OnDemandRequested', 'OnDemandVmDelivered']);
    await settled(1);
    expect((await of())[2]).toMatchObject({ type: 'OnDemandFailed', data: { reason: 'deadline', message: null } });
    expect(await queues([['a', got ?? ''], ['a', begun.name]])).toEqual(['completed', 'completed']); // prettier-ignore
  });

  it('fails when the provider says so for good', async () => {
    await ask({ a: 1 });
    await settled();
    const vm = await bed.begin(server.executor, 'a', stream);
    const at = bed.clock.now();
    const failure = { type: 'note-clone-failed', ...vm, message: 'no template', permanent: true, at } as const;
    await bed.on(server.executor, 'a', failure);
    await settled();
    expect((await of())[1]).toMatchObject({
      type: 'OnDemandFailed',
      data: { reason: 'clone-failed', message: 'no template' },
    });
  });

  it('fails when a clone fails more often than it is tried again', async () => {
    await ask({ a: 1 });
    await settled();
    for (let failure = 1; failure <= 4; failure += 1) {
      expect(await types()).toEqual(['OnDemandRequested']);
      const vm = await bed.begin(server.executor, 'a', stream);
      const at = bed.clock.now();
      await bed.on(server.executor, 'a', { type: 'note-clone-failed', ...vm, message: 'busy', permanent: false, at });
      await settled();
    }
    expect(await types()).toEqual(['OnDemandRequested', 'OnDemandFailed']);
  });

  it('retires what is delivered after it failed', async () => {
    await ask({ a: 1 });
    await settled();
    const vm = await bed.begin(server.executor, 'a', stream);
    const command = { type: 'fail', reason: 'clone-failed', message: null, keptMs: 1, at: bed.clock.now() } as const;
    const { onDemand } = await import('../on-demand/on-demand.decider.js');
    await runner.stop();
    await server.executor.execute(onDemand, stream, command, bed.context());
    await bed.finish(server.executor, 'a', vm);
    expect(await bed.queueOf('a', vm.name)).toBe('running');
    runner = bed.runner();
    await runner.start();
    await settled();
    expect(await bed.queueOf('a', vm.name)).toBe('completed');
    expect(await types()).toEqual(['OnDemandRequested', 'OnDemandFailed']);
  });

  it('fails where its pool has left the configuration', async () => {
    await bed.on(server.executor, 'a', { type: 'unconfigure', pool: 'a', at: bed.clock.now() });
    await ask({ a: 1 });
    await settled();
    expect(await types()).toEqual(['OnDemandRequested', 'OnDemandFailed']);
  });
});

describe('deleting a request', () => {
  it('takes its machines away, fulfilled or not', async () => {
    await ask({ a: 1 });
    await settled();
    const [name = ''] = await bed.fill('a', 1, stream);
    await settled();
    expect(await remove()).toEqual(accepted({ alreadyDeleted: false }));
    await settled();
    expect(await bed.queueOf('a', name)).toBe('completed');
    expect(await remove()).toEqual(accepted({ alreadyDeleted: true }));
  });

  it('that nobody made is refused', async () => {
    expect(await remove('nope')).toEqual({ kind: 'refused', code: 'request-unknown', facts: { requestId: 'nope' } });
  });

  it("of another's is refused with strict ownership", async () => {
    await ask({ a: 1 });
    const strict = bed.process({ settings: { strictOwnership: true } });
    expect(await remove('q', holder('eve'), strict)).toMatchObject({ code: 'not-the-owner' });
    expect(await remove('q', holder('ada'), strict)).toMatchObject({ kind: 'accepted' });
  });
});

describe('a request that is forgotten', () => {
  it('frees its id for the next generation, at its own time', async () => {
    await ask({ a: 1 });
    await settled();
    await remove();
    await settled(15 * day - 1);
    expect(await ask({ a: 1 })).toMatchObject({ code: 'request-id-taken' });
    await settled(1);
    expect((await types()).at(-1)).toBe('OnDemandForgotten');
    for (const generation of [2, 3, 4, 5]) {
      const its = `onDemand-q.${String(generation)}`;
      expect(await ask({ a: 1 })).toEqual(accepted({ requestId: 'q' }));
      expect((await of(its))[0]?.data).toMatchObject({ generation, stream: its });
      expect(await ask({ a: 1 })).toMatchObject({ code: 'request-id-taken' });
      await settled();
      await remove();
      await settled(15 * day);
      expect(await remove()).toMatchObject({ code: 'request-unknown' });
    }
    expect(await bed.timers.count()).toBe(0);
  });

  it('is free even where nobody has written it down yet', async () => {
    await ask({ a: 1 });
    await remove();
    await runner.stop();
    bed.clock.jump(15 * day);
    expect(await ask({ a: 1 })).toEqual(accepted({ requestId: 'q' }));
    expect(await types('onDemand-q.2')).toEqual(['OnDemandRequested']);
  });
});
