import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Clock } from '#kernel';
import { BootAndCloneDays, TagDays, type DurationFigures } from '#projections/pool-days/pool-days.query';
import { ListPools } from '#projections/pools/pools.query';
import { CountQueues } from '#projections/vms/vms.query';
import { samplePool } from '../../../apps/server/src/facades/vmpooler/reports/sample-pools.js';
import { askVmpooler, mounts, refused, type Heard } from './ask-vmpooler.js';
import { startMemoryVmpooler, type MemoryVmpooler } from './memory-vmpooler.js';

const versions = ['v1', 'v2', 'v3'] as const;
/** Half an hour after midnight in Berlin. */
const start = Date.UTC(2026, 2, 9, 23, 30);
const today = '2026-03-10';

let now = start;
const clock: Clock = { now: () => now };
let face: MemoryVmpooler;

const pools = [
  samplePool('alma-9', { size: 2, aliases: ['alma'] }, { waiting: 1, lastBootAt: start }),
  samplePool('suse-15', { size: 1 }),
];
const counts = new Map([['alma-9', { pending: 1, cloning: 1, ready: 2, running: 3, completed: 4 }]]);
const boot: DurationFigures = { count: 2, total: 9.5, min: 4, max: 5.5 };
const days = [{ _id: `${today}/alma-9`, day: today, pool: 'alma-9', boot, clone: null }];
const tags = [{ _id: 't', day: today, pool: 'alma-9', key: 'user', value: 'jdoe', count: 2 }];

beforeAll(async () => {
  face = await startMemoryVmpooler({ clock });
});
afterAll(() => face.stop());
beforeEach(() => {
  now = start;
  face.seen.length = 0;
  face.replies.clear();
  face.replies
    .set(ListPools, () => ({ value: pools, stale: false }))
    .set(CountQueues, () => ({ value: counts, stale: false }))
    .set(BootAndCloneDays, () => ({ value: days, stale: false }))
    .set(TagDays, () => ({ value: tags, stale: false }));
});

const ask = (line: string): Promise<Heard> => askVmpooler(line, { at: face });
const json = async (line: string): Promise<unknown> => JSON.parse((await ask(line)).text);

describe('the status', () => {
  it('is that of today, of the stock and of the pools', async () => {
    now += 12_340;
    const { status, headers, text } = await ask('GET /api/v3/status');
    expect([status, headers['content-type'], headers.warning]).toEqual([200, 'application/json', undefined]);
    expect(text).toContain('"percent": 66.7\n');
    expect(JSON.parse(text)).toEqual({
      boot: { duration: { average: 4.8, min: 4, max: 5.5, total: 9.5 }, count: { total: 2 } },
      capacity: { current: 2, total: 3, percent: 66.7 },
      clone: { duration: { average: 0, min: 0, max: 0, total: 0 }, count: { total: 0 } },
      pools: {
        'alma-9': { ready: 2, running: 3, pending: 1, max: 2, lastBoot: '2026-03-10 00:30:00 +0100', alias: ['alma'] },
        'suse-15': { ready: 0, running: 0, pending: 0, max: 1, lastBoot: '' },
      },
      queue: { requested: 1, pending: 1, cloning: 1, booting: 0, ready: 2, running: 3, completed: 4, total: 11 },
      status: { ok: false, message: 'Found 1 empty pools.', empty: ['suse-15'], uptime: 12.3 },
    });
    expect(face.seen).toContainEqual(new BootAndCloneDays(today, today));
  });

  it.each(mounts.filter((mount) => !mount.endsWith('v3')))('under "%s" tells of no open requests', async (mount) => {
    const { queue } = (await json(`GET ${mount}/status/`)) as { readonly queue: object };
    expect(queue).toEqual({ pending: 1, cloning: 1, booting: 0, ready: 2, running: 3, completed: 4, total: 10 });
  });

  it('has only the sections that are asked for', async () => {
    expect(await json('GET /api/v3/status?view=capacity,nothing')).toEqual({
      capacity: { current: 2, total: 3, percent: 66.7 },
      status: { ok: true, message: 'Battle station fully armed and operational.', uptime: 0 },
    });
    expect((await ask('GET /api/v1/status?view=')).text).toBe(
      '{\n  "status": {\n    "ok": true,\n    "message": "Battle station fully armed and operational.",\n    "uptime": 0.0\n  }\n}',
    );
  });

  it('is never behind what the queries answer', async () => {
    await ask('GET /api/v3/status');
    now += 1_000;
    face.replies
      .set(ListPools, () => ({ value: pools.slice(1), stale: false }))
      .set(CountQueues, () => ({ value: new Map(), stale: true }));
    const { headers, text } = await ask('GET /api/v3/status?view=queue');
    expect(headers.warning).toBe('110 leasebook "Response is Stale"');
    expect(JSON.parse(text)).toMatchObject({ queue: { total: 0 }, status: { uptime: 1 } });
  });

  it('answers HEAD with the same headers', async () => {
    const [get, head] = [await ask('GET /api/v3/status'), await ask('HEAD /api/v3/status')];
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
  });

  it('of a query that cannot be read is refused', async () => {
    expect(await ask('GET /api/v3/status?view=%ff')).toMatchObject({ status: 400 });
  });
});

describe.each(versions)('in %s', (version) => {
  const at = (path: string): string => `GET /api/${version}${path}`;

  it('poolstat names pools or aliases', async () => {
    const alma = { max: 2, alias: ['alma'], ready: 2 };
    expect(await json(at('/poolstat?pool=alma,nope,suse-15'))).toEqual({
      pools: { 'alma-9': alma, 'suse-15': { max: 1, ready: 0 } },
    });
    expect(await json(at('/poolstat?pool=alma-9&other=1'))).toEqual({ pools: { 'alma-9': alma } });
    for (const query of ['', '?pool', '?pool=']) expect(await json(at(`/poolstat${query}`))).toEqual({ pools: {} });
  });

  it('totalrunning counts running machines', async () => {
    expect((await ask(at('/totalrunning'))).text).toBe('{\n  "running": 3\n}');
  });

  it('a summary is of today, unless days are named', async () => {
    const body = (await json(at('/summary'))) as { readonly daily: readonly unknown[] };
    expect(body.daily).toHaveLength(1);
    expect(body).toMatchObject({
      daily: [{ date: today, tag: { user: { jdoe: 2, total: 2 } } }],
      boot: {
        duration: { average: 4.8, min: 4, max: 5.5, total: 9.5 },
        count: { average: 2, min: 2, max: 2, total: 2 },
      },
      tag: { user: { jdoe: 2, total: 2 } },
    });
    expect(face.seen).toEqual([new BootAndCloneDays(today, today), new TagDays(today, today)]);
    const range = (await json(at('/summary?from=2026-03-08&to=2026-03-12'))) as { readonly daily: readonly unknown[] };
    expect(range.daily).toHaveLength(5);
  });

  it('parts of a summary have what they are asked for', async () => {
    expect(Object.keys((await json(at('/summary/boot'))) as object)).toEqual(['boot', 'daily']);
    expect(await json(at('/summary/boot/count'))).toEqual({
      boot: { count: { average: 2, min: 2, max: 2, total: 2, pool: { 'alma-9': { total: 2 } } } },
      daily: [{ date: today, boot: { count: { total: 2, pool: { 'alma-9': { total: 2 } } } } }],
    });
    expect(await json(at('/summary/clone/duration'))).toEqual({
      clone: { duration: { average: 0, min: 0, max: 0, total: 0, pool: {} } },
      daily: [{ date: today, clone: { duration: { average: 0, min: 0, max: 0, total: 0 } } }],
    });
    face.seen.length = 0;
    expect(await json(at('/summary/tag/us%20er/'))).toMatchObject({ tag: { user: { total: 2 } } });
    expect(face.seen).toEqual([new TagDays(today, today, 'us er')]);
    face.replies.set(TagDays, () => ({ value: [], stale: false }));
    expect(await json(at('/summary/tag/unused'))).toEqual({ tag: {}, daily: [{ date: today, tag: {} }] });
  });

  it.each([
    ['/summary?from=yesterday', "Invalid date format 'yesterday', must match YYYY-MM-DD."],
    ['/summary?to=', "Invalid date format '', must match YYYY-MM-DD."],
    ['/summary/boot?from=2026-03-09&to=2026-03-08', "Date range is invalid, 'to' cannot come before 'from'."],
    ['/summary/nothing?from=2026-03-11&to=2026-03-12', "Date range is invalid, 'from' must be in the past."],
    ['/summary/tag/user?from=2026-02-30', "Invalid date '2026-02-30', there is no such day."],
  ])('%s is refused in a sentence that is called JSON', async (path, sentence) => {
    const { status, headers, text } = await ask(at(path));
    expect([status, headers['content-type'], text]).toEqual([400, 'application/json', sentence]);
    expect(face.seen).toEqual([]);
  });

  it('there is no other part of a summary', async () => {
    expect(await ask(at('/summary/nothing'))).toMatchObject({ status: 404, text: refused });
    expect(await ask(at('/summary/boot/count/more'))).toMatchObject({ status: 404, text: refused });
  });
});

it.each(['/vmpooler', ''])('poolstat and totalrunning have no unversioned form under "%s"', async (mount) => {
  for (const path of ['/poolstat', '/totalrunning', '/config', '/full_config'])
    expect(await ask(`GET ${mount}${path}`)).toMatchObject({ status: 404, text: refused });
});
