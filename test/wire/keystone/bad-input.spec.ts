import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keystoneMounts, keystoneRoutes } from '../../../apps/server/src/facades/keystone/index.js';
import { startMemoryKeystone, type MemoryKeystone } from './memory-keystone.js';

/** Words that the bodies know, so that chance gets further than the first check. */
const words = [
  'auth identity methods password token application_credential user project domain scope name id secret enabled',
  'default_project_id domain_id email description options roles expires_at access_rules unrestricted role tags',
  'parent_id is_domain original_password path method service unscoped system default Default demo admin __proto__',
]
  .join(' ')
  .split(' ');

const { json } = fc.letrec((tie) => ({
  leaf: fc.oneof(fc.constantFrom<unknown>(...words, null, true, 0, -1, 1e300, '', '\u0000', '\ud800'), fc.string()),
  json: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    tie('leaf'),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...words), tie('json'), { maxKeys: 6 }),
  ),
}));

const member: Readonly<Record<string, string>> = {
  '/auth/tokens': 'auth',
  '/users': 'user',
  '/projects': 'project',
  '/roles': 'role',
};

function memberOf(path: string): string {
  if (path.endsWith('application_credentials')) return 'application_credential';
  return member[path] ?? (path.startsWith('/users') ? 'user' : 'project');
}

const segment = fc.oneof(
  fc.constantFrom('x', '0'.repeat(32), '%00', '%2F', '..', '%ff', 'a%20b'),
  fc.stringMatching(/^[0-9a-f]{1,32}$/),
);

describe('bad input', () => {
  let server: MemoryKeystone;
  const seed = Number(process.env.LEASEBOOK_TEST_SEED ?? Date.now() % 1_000_000);

  beforeAll(async () => {
    server = await startMemoryKeystone({ identity: { loginFailures: 10_000 } });
  });
  afterAll(async () => {
    await server.stop();
  });

  const requests = fc.record({
    row: fc.constantFrom(...keystoneRoutes.filter((row) => row.method !== 'HEAD' && row.method !== 'DELETE')),
    mount: fc.constantFrom(...keystoneMounts),
    segments: fc.array(segment, { minLength: 4, maxLength: 4 }),
    query: fc.oneof(
      fc.constant(''),
      fc.constantFrom('?limit=-1', '?limit=1&marker=x', '?name=%ff', '?enabled', '?%', '?a=1&a=2'),
    ),
    body: fc.oneof(json, fc.constant(undefined)),
    wrapped: fc.boolean(),
  });

  it(`never makes the server fail (seed ${String(seed)})`, async () => {
    await fc.assert(
      fc.asyncProperty(requests, async ({ row, mount, segments, query, body, wrapped }) => {
        const rest = [...segments];
        const path = row.path.replace(/:\w+/g, () =>
          encodeURI(rest.pop() ?? 'x')
            .replaceAll('%25', '%')
            .replace(/^$/, 'x'),
        );
        const text = body === undefined ? null : JSON.stringify(wrapped ? { [memberOf(row.path)]: body } : body);
        const answer = await fetch(`${server.url}${mount}${path}${query}`, {
          method: row.method,
          headers: { 'x-auth-token': server.tokens.admin ?? '', 'x-subject-token': 'x' },
          ...(row.method === 'GET' ? {} : { body: text }),
        });
        const said = await answer.text();
        expect([answer.status < 500, said]).toEqual([true, said]);
        if (answer.status >= 400) expect(JSON.parse(said)).toMatchObject({ error: { code: answer.status } });
      }),
      { seed, numRuns: fc.readConfigureGlobal().numRuns ?? 1_500 },
    );
  }, 60_000);
});
