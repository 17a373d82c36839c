import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Client } from 'ldapts';
import { LdapConnection, LdapUnavailable } from '../../apps/server/src/auth/pool-users/ldap-connection.js';
import { LdapPoolUsers } from '../../apps/server/src/auth/pool-users/ldap-pool-users.js';
import type { PoolLdapSettings } from '../../apps/server/src/auth/pool-users/pool-auth.settings.js';
import { MemoryEventStore } from '../../libs/event-store/src/adapters/memory/index.js';
import { IdentityServices } from '../../libs/identity/src/index.js';
import { MemoryVault, StoreCommandExecutor, systemContext } from '../../libs/runtime/src/index.js';
import { VirtualClock } from '../../libs/specs/src/virtual-clock.js';
import { searcher, Slapd, suffix, type LdapEntry } from './slapd.js';

const people = `ou=people,${suffix}`;
const guests = `ou=guests,${suffix}`;
const oddName = 'a,b+c"d\\e<f>g;h=i #j*(k)/l é 漢 ☃';

const unit = (dn: string, ou: string): LdapEntry => ({ dn, attributes: { objectClass: 'organizationalUnit', ou } });
const person = (dn: string, uid: string, more: Readonly<Record<string, string>> = {}): LdapEntry => ({
  dn,
  attributes: { objectClass: 'inetOrgPerson', cn: uid, sn: uid, uid, ...more },
});
const entries: readonly LdapEntry[] = [
  unit('ou=people', 'people'),
  unit('ou=guests', 'guests'),
  unit('ou=deep,ou=people', 'deep'),
  person('uid=ada,ou=people', 'ada', { userPassword: 'analytical engine', mail: 'ada@lab.example' }),
  person('uid=lin,ou=guests', 'lin', { userPassword: 'pass of lin' }),
  person('cn=karl,ou=people', 'k17', { cn: 'karl', userPassword: 'pass of karl' }),
  person('uid=grace,ou=deep,ou=people', 'grace', { userPassword: 'pass of grace' }),
  person('uid=twin,ou=people', 'twin', { userPassword: 'same' }),
  person('uid=twin,ou=deep,ou=people', 'twin', { userPassword: 'same' }),
  person('uid=mute,ou=people', 'mute'),
  person(`uid=${oddName.replaceAll(/[,+"\\<>;=#]/g, '\\$&')},ou=people`, oddName, { userPassword: 'odd' }),
];

let slapd: Slapd;
beforeAll(async () => {
  Logger.overrideLogger(false);
  slapd = await Slapd.start(entries);
});
afterAll(async () => {
  await slapd.remove();
});

function world(more: Partial<PoolLdapSettings> = {}) {
  const clock = new VirtualClock();
  const executor = new StoreCommandExecutor({ store: new MemoryEventStore({ clock }), vault: new MemoryVault() });
  const identity = new IdentityServices(executor, new MemoryVault(), {
    ...{ mode: 'builtin', tokenSeconds: 3600, loginFailures: 5, loginWindowSeconds: 60, clock },
  });
  const users = new LdapPoolUsers(
    {
      ...{
        url: `ldap://127.0.0.1:${slapd.port}`,
        startTls: false,
        bases: [people, guests],
        userObjects: ['uid', 'cn'],
      },
      ...{ timeoutSeconds: 10, administrators: [], ...more },
    },
    identity.outsideChecks,
  );
  const context = () => ({ ...systemContext(clock.now()), clientAddress: '192.0.2.1' });
  return { clock, users, check: (user: string, password: string) => users.check(user, password, context()) };
}

const known = (name: string) => ({ kind: 'known', user: { userId: `ldap:${name}`, name, projectId: null } });
const service = { serviceUser: searcher.dn, servicePassword: searcher.password };
const ways: [string, Partial<PoolLdapSettings>][] = [
  ['a DN put together', {}],
  ['a search', service],
];

describe.each(ways)('users of an LDAP server, by %s', (_, way) => {
  it.each([
    ['ada', 'analytical engine'],
    ['lin', 'pass of lin'],
    ['karl', 'pass of karl'],
    [oddName, 'odd'],
  ])('%s is known by the password', async (name, password) => {
    const { check } = world(way);
    expect(await check(name, password)).toEqual(known(name.toLowerCase()));
    expect(await check(name, `${password}!`)).toEqual({ kind: 'unknown' });
  });

  it.each(['ADA', ' ada ', 'Ada', 'ａｄａ'])('%j is ada too, under the one name', async (typed) => {
    expect(await world(way).check(typed, 'analytical engine')).toEqual(known('ada'));
  });

  it.each([
    ['nobody', 'analytical engine'],
    ['ada', 'Analytical engine'],
    ['ada', 'pass of lin'],
    ['mute', 'anything'],
    ['', 'analytical engine'],
    [' ', 'analytical engine'],
    ['a\u00adda', 'analytical engine'],
    ['ada\u0000', 'analytical engine'],
    ['a'.repeat(256), 'analytical engine'],
  ])('%j with %j is not', async (name, password) => {
    expect(await world(way).check(name, password)).toEqual({ kind: 'unknown' });
  });

  it.each([
    'ada,ou=people',
    `ada,${people}`,
    'ada+cn=ada',
    '*',
    'ad*',
    'ada)(uid=*',
    '*)(|(uid=*',
    'ada)(|(uid=*))',
    'x)(|(uid=ada',
    '\\61da',
    '#04036164',
    '"ada"',
    'nobody,ou=guests,dc=lab,dc=example\\',
  ])('%j is a name like any other, and nobody has it', async (name) => {
    expect(await world(way).check(name, 'analytical engine')).toEqual({ kind: 'unknown' });
  });

  it('a name does not reach below the base', async () => {
    const { check } = world({ ...way, bases: [suffix] });
    expect(await check('ada,ou=people', 'analytical engine')).toEqual({ kind: 'unknown' });
  });

  it('an empty password proves nothing, though the server lets it in', async () => {
    const client = new Client({ url: `ldap://127.0.0.1:${slapd.port}` });
    await client.bind(`uid=ada,${people}`, '');
    await client.unbind();
    expect(await world(way).check('ada', '')).toEqual({ kind: 'unknown' });
  });

  it('are safe over StartTLS and over TLS, with a server whose certificate is trusted', async () => {
    const tls = { ...way, caFile: slapd.caFile };
    const { port, tlsPort } = slapd;
    for (const url of [`ldap://127.0.0.1:${port}`, `ldap://localhost:${port}`])
      expect(await world({ ...tls, url, startTls: true }).check('ada', 'analytical engine')).toEqual(known('ada'));
    for (const url of [`ldaps://127.0.0.1:${tlsPort}`, `ldaps://localhost:${tlsPort}`])
      expect(await world({ ...tls, url }).check('ada', 'analytical engine')).toEqual(known('ada'));
    // The address that the certificate does not name works as well, as long as nobody looks at the certificate.
    expect(await world({ ...way, url: `ldap://127.0.0.2:${port}` }).check('ada', 'analytical engine')).toEqual(
      known('ada'),
    );
    const { check } = world({ ...tls, startTls: true });
    expect(await check('ada', 'wrong')).toEqual({ kind: 'unknown' });
    expect(await check('lin', 'pass of lin')).toEqual(known('lin'));
  });

  it.each<[string, () => Partial<PoolLdapSettings>]>([
    ['an unknown certificate, StartTLS', () => ({ startTls: true })],
    ['an unknown certificate, TLS', () => ({ url: `ldaps://127.0.0.1:${slapd.tlsPort}` })],
    [
      'a certificate of another name',
      () => ({ url: `ldap://127.0.0.2:${slapd.port}`, startTls: true, caFile: slapd.caFile }),
    ],
    ['no TLS where it is wanted', () => ({ url: `ldaps://127.0.0.1:${slapd.port}`, caFile: slapd.caFile })],
    ['nobody there', () => ({ url: 'ldap://127.0.0.3:1' })],
  ])('are not asked of a server with %s', async (_what, more) => {
    expect(await world({ ...way, ...more() }).check('ada', 'analytical engine')).toEqual({ kind: 'unavailable' });
  });

  it('are unknown when the base is not there', async () => {
    const { check } = world({ ...way, bases: [`ou=nowhere,${suffix}`] });
    expect(await check('ada', 'analytical engine')).toEqual({ kind: 'unknown' });
  });

  it('may fail so often from one address, and then wait', async () => {
    const { check, clock } = world(way);
    for (const typed of ['ada', 'ADA', ' ada', 'Ada', 'aDa'])
      expect(await check(typed, 'no')).toEqual({ kind: 'unknown' });
    expect(await check('ada', 'analytical engine')).toEqual({ kind: 'limited', retryAfterSeconds: 60 });
    expect(await check('lin', 'pass of lin')).toEqual(known('lin'));
    await clock.advance(60_000);
    expect(await check('ada', 'analytical engine')).toEqual(known('ada'));
  });

  it('are checked many at a time, and more are asked to wait', async () => {
    const { check } = world(way);
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, (_each, n) =>
        check(n % 2 ? 'lin' : 'ada', n % 2 ? 'pass of lin' : 'analytical engine'),
      ),
    );
    const kinds = verdicts.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'limited').length).toBeGreaterThan(0);
    expect(kinds.filter((kind) => kind === 'known').length).toBeGreaterThan(0);
    expect(kinds).not.toContain('unknown');
    expect(await check('ada', 'analytical engine')).toEqual(known('ada'));
  });

  it('leave no connection behind', async () => {
    const { check } = world(way);
    await check('ada', 'analytical engine');
    await check('ada', 'no');
    await until(() => connectionsTo(slapd.port) === 0);
  });

  it('are unavailable while the server is silent or away, and failures do not count then', async () => {
    const { check } = world({ ...way, timeoutSeconds: 1 });
    slapd.freeze();
    try {
      expect(await check('ada', 'analytical engine')).toEqual({ kind: 'unavailable' });
    } finally {
      slapd.thaw();
    }
    await slapd.stop();
    for (let n = 0; n < 6; n += 1) expect(await check('ada', 'no')).toEqual({ kind: 'unavailable' });
    await slapd.start();
    expect(await check('ada', 'analytical engine')).toEqual(known('ada'));
  });
});

describe('users that are searched', () => {
  it('may stand anywhere below the bases, and have a name of their own', async () => {
    expect(await world(service).check('grace', 'pass of grace')).toEqual(known('grace'));
    expect(await world().check('grace', 'pass of grace')).toEqual({ kind: 'unknown' });
    expect(await world(service).check('twin', 'same')).toEqual({ kind: 'unknown' });
  });

  it('may be searched by another attribute', async () => {
    const { check } = world({ ...service, searchFilterObject: 'mail' });
    expect(await check('ada@lab.example', 'analytical engine')).toEqual(known('ada@lab.example'));
    expect(await check('ada', 'analytical engine')).toEqual({ kind: 'unknown' });
  });

  it.each([{ servicePassword: 'wrong' }, { servicePassword: '' }, { serviceUser: `cn=nobody,${suffix}` }])(
    'cannot be told when the service account is refused: %j',
    async (wrong) => {
      const { check } = world({ ...service, ...wrong });
      expect(await check('ada', 'analytical engine')).toEqual({ kind: 'unavailable' });
    },
  );
});

/** Speaks TLS when asked to, refuses the first bind and hangs up. */
async function hangingUp() {
  const received: Buffer[] = [];
  let connections = 0;
  const tls = { isServer: true, key: readFileSync(slapd.keyFile), cert: readFileSync(slapd.caFile) };
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    socket.once('data', (request) => {
      received.push(request);
      socket.write(answer(request, '78070a010004000400'), () => {
        const safe = new TLSSocket(socket, tls);
        safe.on('error', () => undefined);
        safe.once('data', (bind: Buffer) => safe.end(answer(bind, '61070a013104000400')));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { server, url: `ldap://127.0.0.1:${port}`, seen: () => ({ connections, clear: Buffer.concat(received) }) };
}

/** With the id of the message that it answers; both are short. */
function answer(request: Buffer, operation: string): Buffer {
  return Buffer.from(`300c0201${request.toString('hex', 4, 5)}${operation}`, 'hex');
}

describe('a server that hangs up after a refused bind', () => {
  it('is not connected to again, which would be in clear', async () => {
    const { server, url, seen } = await hangingUp();
    const settings = { url, startTls: true, timeoutSeconds: 10 };
    try {
      const attempts = LdapConnection.with(settings, readFileSync(slapd.caFile, 'utf8'), async (connection) => {
        expect(await connection.bind('uid=ada', 'analytical engine')).toBe(false);
        await until(() => connectionsTo(Number(new URL(url).port)) === 0);
        return connection.bind('cn=ada', 'analytical engine');
      });
      await expect(attempts).rejects.toBeInstanceOf(LdapUnavailable);
      expect(seen().connections).toBe(1);
      expect(seen().clear.toString('latin1')).not.toContain('analytical engine');
    } finally {
      server.close();
    }
  });
});

/** Established ones, as the kernel lists them. */
function connectionsTo(port: number): number {
  const remote = new RegExp(
    `^\\s*\\d+: [0-9A-F]+:[0-9A-F]{4} 0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 01 `,
  );
  return readFileSync('/proc/self/net/tcp', 'utf8')
    .split('\n')
    .filter((line) => remote.test(line)).length;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}
