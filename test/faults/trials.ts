import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Fault } from '#specs';
import type { Settings } from '../../apps/server/src/profiles/settings.type.js';
import type { Answer } from '../in-process-server.js';
import { poolNamed, PoolLab, type PoolFaults } from './pool-lab.js';
import { requests, type PoolRequest } from './pool-requests.js';

const pools = [poolNamed('alma', 2, ['any']), poolNamed('rocky', 2, ['any'])];
const ready = 4;

interface Trial {
  readonly calls: PoolFaults['calls'] & {};
  readonly faults: readonly Fault[];
  /** So many calls after the answer, too: what is done because of the request. */
  readonly beyond?: number;
  readonly settings?: Partial<Settings>;
}

/** Until it is not told to try again; every answer on the way. */
async function persist(send: () => Promise<Answer>): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const answer = await send();
    answers.push(answer);
    if (answer.status !== 503) return answers;
    await wait(10);
  }
  throw new Error('it was told to try again for ever');
}

/** Each kind of request, with each fault at each call of the event store that it makes. */
export function tryEverything({ calls, faults, beyond = 0, settings = {} }: Trial): void {
  let lab: PoolLab;
  let token: string;
  let keys = 0;
  const newKey = () => ({ 'idempotency-key': `key-${String((keys += 1))}` });

  beforeAll(async () => {
    lab = await PoolLab.start({ pools, ...settings }, { calls });
    token = await lab.poolToken();
  }, 30_000);
  afterAll(() => lab.stop());

  async function tidy(): Promise<void> {
    await lab.tidy(token);
    expect(await lab.counts()).toEqual({ hypervisors: ready, provider: ready, pools: ready });
  }
  beforeEach(tidy, 30_000);

  /** How many calls a request makes that meets no fault. */
  async function callsOf(request: PoolRequest, headers: Readonly<Record<string, string>>): Promise<number> {
    const send = await request.prepare(lab, token);
    await lab.quiet();
    lab.plan.arm(0, 'none');
    const answer = await send(headers);
    const { counted } = lab.plan;
    expect([200, 201, 202]).toContain(answer.status);
    await tidy();
    return counted + beyond;
  }

  async function eachFault(
    request: PoolRequest,
    count: number,
    check: (at: string, send: Awaited<ReturnType<PoolRequest['prepare']>>) => Promise<void>,
  ): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      for (const fault of faults) {
        const send = await request.prepare(lab, token);
        await lab.quiet();
        lab.plan.arm(index, fault);
        await check(`${fault} at call ${String(index)} of ${String(count)}`, send);
        // Whoever else asks the store may be before it at a later call, but not at the first.
        if (index === 0) expect(lab.plan.wasMet).toBe(true);
        await tidy();
      }
    }
  }

  const rows = requests.map((request) => [request.name, request] as const);

  it.each(rows)(
    '%s: the same request again has one effect',
    async (_name, request) => {
      const count = await callsOf(request, newKey());
      expect(count).toBeGreaterThan(0);
      await eachFault(request, count, async (at, send) => {
        const headers = newKey();
        const answers = [...(await persist(() => send(headers))), ...(await persist(() => send(headers)))];
        lab.plan.stop();
        await lab.quiet();
        const told = answers.filter(({ status }) => status !== 503);
        const effects = request.effects(await lab.news());
        expect([at, told.every(({ status }) => status < 300)]).toEqual([at, true]);
        expect([at, effects, ...told.map((each) => request.told(each))]).toEqual([
          at,
          [effects[0]],
          effects[0],
          effects[0],
        ]);
        expect([at, (await lab.counts()).pools]).toEqual([at, ready + request.wanted]);
      });
    },
    60_000,
  );

  it.each(rows)(
    '%s: without a key it is whole or nothing, and the answer is true',
    async (_name, request) => {
      await eachFault(request, await callsOf(request, {}), async (at, send) => {
        const answer = await send({});
        lab.plan.stop();
        await lab.quiet();
        const effects = request.effects(await lab.news());
        if (answer.status === 503) expect([at, effects.length]).toEqual([at, Math.min(effects.length, 1)]);
        else expect([at, effects]).toEqual([at, [request.told(answer)]]);
      });
    },
    60_000,
  );
}
