import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OverridePools, ResetPoolOverride, ResetPools } from '#pools';
import { refuse } from '#kernel';
import { ListPools } from '#projections/pools/pools.query';
import { samplePool } from '../../../apps/server/src/facades/vmpooler/reports/sample-pools.js';
import { askVmpooler, refused, token, type Heard } from './ask-vmpooler.js';
import { startMemoryVmpooler, type MemoryVmpooler } from './memory-vmpooler.js';

const versions = ['/api/v1', '/api/v2', '/vmpooler/api/v3'] as const;
const settings = { experimentalFeatures: true } as const;
const pools = [
  samplePool('alma-9', { size: 2, aliases: ['alma'] }, { sizeOverride: 7 }),
  samplePool('suse-15', { template: 'a/b' }),
];

let on: MemoryVmpooler;
let off: MemoryVmpooler;
let open: MemoryVmpooler;

beforeAll(async () => {
  const known = pools.map((pool) => pool.settings);
  on = await startMemoryVmpooler({ ...settings, pools: known });
  off = await startMemoryVmpooler({ pools: known });
  open = await startMemoryVmpooler({ ...settings, pools: known, authConfigured: false });
});
afterAll(async () => {
  for (const face of [on, off, open]) await face.stop();
});
beforeEach(() => {
  for (const { seen, replies } of [on, off, open]) {
    seen.length = 0;
    replies.clear();
    replies.set(ListPools, () => ({ value: pools, stale: false }));
  }
});

const ask = (line: string, body?: unknown, at = on, headers = token): Promise<Heard> =>
  askVmpooler(line, {
    at,
    headers,
    body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
  });
const said = ({ status, text }: Heard): unknown => [status, JSON.parse(text)];
const commands = (): readonly object[] => on.seen.filter((message) => !(message instanceof ListPools));

const changes = [
  ['POST /config/poolsize', { 'alma-9': 3 }],
  ['POST /config/pooltemplate', { 'alma-9': 'a/c' }],
  ['POST /config/clonetarget', { 'alma-9': 'cluster-2' }],
  ['POST /poolreset', { 'alma-9': 1 }],
  ['DELETE /config/poolsize/alma-9', undefined],
  ['DELETE /config/pooltemplate/alma-9', undefined],
] as const;
const lines: readonly string[] = changes.map(([line]) => line);
const under = (mount: string, line: string): string => line.replace(' ', ` ${mount}`);

describe.each(versions)('under %s', (mount) => {
  it.each(changes)('%s is switched off unless configured, whoever asks', async (line, body) => {
    for (const headers of [token, { 'x-auth-token': 'bad' }])
      expect(said(await ask(under(mount, line), body, off, headers))).toEqual([405, { ok: false }]);
    expect(off.seen).toEqual([]);
  });

  it.each(lines)('%s needs a token before its body is looked at', async (line) => {
    const body = line.startsWith('POST') ? '{' : undefined;
    const refusal = await ask(under(mount, line), body, on, { 'x-auth-token': 'bad' });
    expect(said(refusal)).toEqual([401, { ok: false }]);
    expect(refusal.headers['www-authenticate']).toBe('Basic realm="Authentication required"');
    expect(on.seen).toEqual([]);
  });

  it.each([
    ['POST /config/poolsize', { 'alma-9': 0, 'suse-15': '4' }, 'size', { 'alma-9': 0, 'suse-15': 4 }],
    ['POST /config/pooltemplate', { 'alma-9': 'a/c' }, 'template', { 'alma-9': 'a/c' }],
    ['POST /config/clonetarget/', { 'suse-15': 'cluster-2' }, 'cloneTarget', { 'suse-15': 'cluster-2' }],
    ['POST /config/poolsize', {}, 'size', {}],
  ])('%s %j sets what it names', async (line, body, setting, values) => {
    for (const [changed, status] of [
      [true, 201],
      [false, 200],
    ] as const) {
      // prettier-ignore
      on.seen.length = 0;
      on.replies.set(OverridePools, () => ({ kind: 'accepted', answer: { changed } }));
      expect(said(await ask(under(mount, line), body))).toEqual([status, { ok: true }]);
      const [command] = commands() as [OverridePools];
      expect(command.overrides.setting).toBe(setting);
      expect(Object.fromEntries(command.overrides.values)).toEqual(values);
      expect(command.context.actor).toMatchObject({ userId: 'u-1', method: 'pool_token' });
    }
  });

  it.each([
    [
      'POST /config/poolsize',
      { nope: 'x', 'alma-9': -1, alma: 3 },
      { not_configured: ['nope', 'nope', 'alma-9', 'alma'] },
    ],
    ['POST /config/pooltemplate', { 'alma-9': '/a/b', alma: 'a/b' }, { bad_templates: ['alma-9', 'alma'] }],
    ['POST /config/clonetarget', { nope: 'x' }, { bad_templates: ['nope'] }],
    ['POST /poolreset', { 'alma-9': 1, alma: 1 }, { bad_pools: ['alma'] }],
  ])('%s %j names what is wrong, and changes nothing', async (line, body, names) => {
    expect(said(await ask(under(mount, line), body))).toEqual([400, { ok: false, ...names }]);
    expect(commands()).toEqual([]);
  });

  it.each(lines.filter((line) => line.startsWith('POST')))('%s of what is no object is refused', async (line) => {
    expect(said(await ask(under(mount, line), 'null'))).toEqual([404, { ok: false }]);
    for (const body of [undefined, '', '{', '[]', '"alma-9"', '7'])
      expect(said(await ask(under(mount, line), body))).toEqual([400, { ok: false }]);
    expect(commands()).toEqual([]);
  });

  it('a reset of pools is accepted, whatever its values are', async () => {
    on.replies.set(ResetPools, () => ({ kind: 'accepted', answer: undefined }));
    expect(said(await ask(under(mount, 'POST /poolreset'), { 'suse-15': null, 'alma-9': 'x' }))).toEqual([
      201,
      { ok: true },
    ]);
    expect(commands()).toMatchObject([{ pools: ['suse-15', 'alma-9'] }]);
  });

  it.each([
    ['size', { reset: 7, overrides: 2 }, 201, { pool_size_before_reset: 7, pool_size_before_overrides: 2 }],
    ['size', null, 200, { pool_size_before_reset: 2, pool_size_before_overrides: 2 }],
    ['size', { reset: 2, overrides: 2 }, 200, { pool_size_before_reset: 2, pool_size_before_overrides: 2 }],
    [
      'template',
      { reset: 'x/y', overrides: 'a/b' },
      201,
      { template_before_reset: 'x/y', template_before_overrides: 'a/b' },
    ],
    [
      'template',
      null,
      200,
      { template_before_reset: 'templates/alma-9', template_before_overrides: 'templates/alma-9' },
    ],
  ] as const)('a reset of the %s tells what was before (%j): %d', async (setting, before, status, told) => {
    on.replies.set(ResetPoolOverride, () => ({ kind: 'accepted', answer: { before } }));
    const answer = await ask(under(mount, `DELETE /config/pool${setting}/alma-9`));
    expect([answer.status, Object.entries(JSON.parse(answer.text) as object)]).toEqual([status, Object.entries({ ok: true, ...told })]); // prettier-ignore
    expect(commands()).toMatchObject([{ pool: 'alma-9', setting }]);
  });

  it('a reset of what is no pool is refused, an alias too', async () => {
    for (const name of ['nope', 'alma', '%00', 'a%2Fb'])
      for (const setting of ['size', 'template'])
        expect(said(await ask(under(mount, `DELETE /config/pool${setting}/${name}`)))).toEqual([404, { ok: false }]);
    expect(commands()).toEqual([]);
  });

  it('the configuration has what is in effect', async () => {
    const { status, text } = await ask(`GET ${mount}/config`, undefined, off, {} as typeof token);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      pool_configuration: [
        { name: 'alma-9', alias: ['alma'], size: 7, template_ready: true },
        { name: 'suse-15', size: 2, template: 'a/b', template_ready: true },
      ],
      status: { ok: true },
    });
    off.replies.set(ListPools, () => ({ value: [], stale: false }));
    expect(await ask(`GET ${mount}/config/`, undefined, off)).toMatchObject({ status: 404, text: refused });
  });

  it('the full configuration is there without pools too', async () => {
    off.replies.set(ListPools, () => ({ value: [], stale: false }));
    expect(said(await ask(`GET ${mount}/full_config`, undefined, off, {} as typeof token))).toMatchObject([
      200,
      { full_config: { config: { vm_lifetime: 24 }, pools: [] }, status: { ok: true } },
    ]);
  });
});

it('asks nobody for a token where there are none', async () => {
  open.replies.set(OverridePools, () => ({ kind: 'accepted', answer: { changed: true } }));
  expect(said(await ask('POST /api/v3/config/poolsize', { 'alma-9': 1 }, open, {} as typeof token))).toEqual([
    201,
    { ok: true },
  ]);
});

it('takes what curl sends by itself', async () => {
  on.replies.set(OverridePools, () => ({ kind: 'accepted', answer: { changed: true } }));
  const headers = { ...token, 'content-type': 'application/x-www-form-urlencoded' };
  expect(said(await ask('POST /api/v3/config/poolsize', { 'alma-9': '3' }, on, headers))).toEqual([201, { ok: true }]);
});

it.each([
  ['busy', {}, 503, {}],
  ['pool-unknown', { pool: 'alma-9' }, 404, {}],
  ['size-invalid', { pool: 'alma-9' }, 400, { not_configured: ['alma-9'] }],
] as const)('tells a refusal of the pools themselves: %s', async (code, facts, status, more) => {
  on.replies.set(OverridePools, () => refuse(code, facts));
  expect(said(await ask('POST /api/v3/config/poolsize', { 'alma-9': 3 }))).toEqual([status, { ok: false, ...more }]);
});
