import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, startInProcess, type Answer, type InProcessServer } from '../in-process-server.js';
import { searcher, Slapd, suffix, type LdapEntry } from './slapd.js';

const challenge = 'Basic realm="Authentication required"';
const people: readonly LdapEntry[] = [
  { dn: 'ou=people', attributes: { objectClass: 'organizationalUnit', ou: 'people' } },
  ...['ada', 'grace', 'lin', 'zoë'].map((uid) => ({
    dn: `uid=${uid},ou=people`,
    attributes: { objectClass: 'inetOrgPerson', cn: uid, sn: uid, uid, userPassword: `pass:of ${uid}` },
  })),
];

const ways = [
  ['puts their DN together', {}],
  ['searches them', { serviceUser: searcher.dn, servicePassword: searcher.password }],
] as const;

describe.each(ways)('a server whose pool users are those of an LDAP server, and that %s', (_what, service) => {
  let slapd: Slapd;
  let server: InProcessServer;

  beforeAll(async () => {
    slapd = await Slapd.start(people);
    const atOnce = { min: 0, max: 0 };
    server = await startInProcess({
      settings: {
        strictOwnership: true,
        simulatedVms: { cloneSeconds: atOnce, bootSeconds: atOnce, failureRate: 0 },
        poolAuth: {
          provider: 'ldap',
          ldap: {
            url: `ldap://127.0.0.1:${slapd.port}`,
            startTls: true,
            caFile: slapd.caFile,
            bases: [`ou=people,${suffix}`],
            userObjects: ['uid'],
            timeoutSeconds: 5,
            administrators: ['grace'],
            ...service,
          },
        },
      },
    });
  });
  afterAll(async () => {
    await server.stop();
    await slapd.remove();
  });

  function byBasic(method: string, path: string, user: string, password: string): Promise<Answer> {
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    return ask(server.url, method, `/api/v3${path}`, { headers: { authorization } });
  }

  async function tokenOf(user: string): Promise<string> {
    const { status, json } = await byBasic('POST', '/token', user, `pass:of ${user}`);
    expect([status, json]).toEqual([200, { ok: true, token: expect.stringMatching(/^[a-y][a-z0-9]{31}$/) }]);
    return (json as { token: string }).token;
  }

  async function taken(token: string): Promise<string> {
    for (;;) {
      const { status, json } = await ask(server.url, 'POST', '/api/v1/vm/rocky-9', { token });
      if (status === 200) return (json as Record<string, { hostname: string }>)['rocky-9']?.hostname ?? '';
      // The pool is being filled.
      expect(status).toBe(503);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  const as = (token: string, method: string, path: string): Promise<Answer> =>
    ask(server.url, method, `/api/v3${path}`, { token });

  it.each(['ada', 'zoë'])('%s is told by the password, and a token shows whose it is', async (user) => {
    const token = await tokenOf(user);
    const vm = await taken(token);
    const shown = await as('', 'GET', `/token/${token}`);
    expect([shown.status, shown.json]).toMatchObject([200, { ok: true, [token]: { user, vms: { running: [vm] } } }]);
    const listed = await byBasic('GET', '/token', user, `pass:of ${user}`);
    expect([listed.status, Object.keys(listed.json as object)]).toEqual([200, ['ok', token]]);
    expect((await as(token, 'DELETE', `/vm/${vm}`)).status).toBe(200);
    expect((await byBasic('DELETE', `/token/${token}`, user, `pass:of ${user}`)).status).toBe(200);
    expect((await as(token, 'POST', '/vm/rocky-9')).status).toBe(401);
  });

  it.each([
    ['ada', 'pass:of lin'],
    ['ada', ''],
    ['nobody', 'pass:of ada'],
    ['', ''],
    ['ad*', 'pass:of ada'],
    [`ada,ou=people`, 'pass:of ada'],
  ])('%j with %j is refused with a challenge', async (user, password) => {
    for (const [method, path] of [
      ['POST', '/token'],
      ['GET', '/token'],
      ['DELETE', `/token/${'a'.repeat(32)}`],
    ] as const) {
      const { status, text, headers } = await byBasic(method, path, user, password);
      expect([status, text, headers.get('www-authenticate')]).toEqual([401, '{\n  "ok": false\n}', challenge]);
    }
  });

  it("keeps one user's machine from another, and not from an administrator", async () => {
    const [ada, lin, grace] = [await tokenOf('ada'), await tokenOf('lin'), await tokenOf('grace')];
    const vm = await taken(ada);
    expect((await as(lin, 'DELETE', `/vm/${vm}`)).status).toBe(403);
    expect((await as(lin, 'POST', `/vm/${vm}/snapshot`)).status).toBe(403);
    expect((await as(grace, 'DELETE', `/vm/${vm}`)).status).toBe(200);
  });

  it('says that it cannot tell while the LDAP server is away, and tokens go on', async () => {
    const token = await tokenOf('lin');
    await slapd.stop();
    try {
      for (const password of ['pass:of lin', 'wrong']) {
        const { status, text, headers } = await byBasic('POST', '/token', 'lin', password);
        expect([status, text, headers.get('www-authenticate')]).toEqual([503, '{\n  "ok": false\n}', null]);
        expect(headers.get('retry-after')).not.toBeNull();
      }
      const vm = await taken(token);
      expect((await as(token, 'DELETE', `/vm/${vm}`)).status).toBe(200);
    } finally {
      await slapd.start();
    }
    await tokenOf('lin');
  });
});
