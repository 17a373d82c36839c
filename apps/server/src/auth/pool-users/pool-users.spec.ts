import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Global, Logger, Module, type DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import fc from 'fast-check';
import { MemoryEventStore } from '#event-store/adapters/memory';
import { bootstrapIdentity, builtInId, IDENTITY_SETTINGS, IdentityModule, IdentityServices } from '#identity';
import { PoolUsers } from '#pools';
import { CommandExecutor, MemoryVault, StoreCommandExecutor, Vault } from '#runtime';
import { sampleContext, VirtualClock } from '#specs';
import { POOL_AUTH_SETTINGS, PoolUsersModule, type PoolAuthSettings, type PoolLdapSettings } from './index.js';
import { userDn, userNameOf } from './ldap-names.js';

const ldap: PoolLdapSettings = {
  ...{ url: 'ldap://127.0.0.1:1', startTls: false, bases: ['dc=lab'], userObjects: ['uid'] },
  ...{ timeoutSeconds: 10, administrators: [] },
};

@Global()
@Module({})
class World {
  static of(provided: ReadonlyMap<unknown, unknown>): DynamicModule {
    const providers = Array.from(provided, ([provide, useValue]) => ({ provide: provide as string, useValue }));
    return { module: World, providers, exports: providers.map(({ provide }) => provide) };
  }
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function usersOf(poolAuth: PoolAuthSettings) {
  Logger.overrideLogger(false);
  const clock = new VirtualClock();
  const executor = new StoreCommandExecutor({ store: new MemoryEventStore({ clock }), vault: new MemoryVault() });
  const settings = {
    ...{ mode: 'builtin', tokenSeconds: 3600, loginFailures: 3, loginWindowSeconds: 60 },
    ...{ clock, passwordCost: { log2N: 4, r: 8, p: 1 } },
  };
  const world = World.of(
    new Map<unknown, unknown>([
      [CommandExecutor, executor],
      [Vault, new MemoryVault()],
      [IDENTITY_SETTINGS, settings],
      [POOL_AUTH_SETTINGS, poolAuth],
    ]),
  );
  const app = await Test.createTestingModule({ imports: [world, IdentityModule, PoolUsersModule] }).compile();
  await app.init();
  closing.push(() => app.close());
  const wishes = { adminPassword: 'secret', demo: true, keepPassword: async () => undefined };
  await bootstrapIdentity(app.get(IdentityServices), wishes);
  const users = app.get(PoolUsers);
  const context = sampleContext({ time: clock.now(), clientAddress: '192.0.2.1' });
  return { users, check: (user: string, password: string) => users.check(user, password, context) };
}

describe('pool users of this server', () => {
  it('are proved by their password, and stand as the book says', async () => {
    const { users, check } = await usersOf({ provider: 'builtin' });
    const [admin, demo] = [builtInId('user', 'admin'), builtInId('user', 'demo')];
    const user = { userId: demo, name: 'demo', projectId: builtInId('project', 'demo') };
    expect(await check('demo', 'demo')).toEqual({ kind: 'known', user });
    expect(await check('demo', 'other')).toEqual({ kind: 'unknown' });
    expect(await check('nobody', 'demo')).toEqual({ kind: 'unknown' });
    expect(await users.standing(demo)).toEqual({ administrator: false });
    expect(await users.standing(admin)).toEqual({ administrator: true });
    expect(await users.standing('ldap:ada')).toBeUndefined();
  });

  it('may fail so often, and then wait', async () => {
    const { check } = await usersOf({ provider: 'builtin' });
    for (const guess of ['a', 'b', 'c']) expect(await check('demo', guess)).toEqual({ kind: 'unknown' });
    expect(await check('demo', 'demo')).toEqual({ kind: 'limited', retryAfterSeconds: 60 });
  });
});

describe('dummy pool users', () => {
  it('are all whose password differs from their name', async () => {
    const { users, check } = await usersOf({ provider: 'dummy' });
    expect(await check('jdoe', 'anything')).toEqual({
      kind: 'known',
      user: { userId: 'dummy:jdoe', name: 'jdoe', projectId: null },
    });
    expect(await check('jdoe', '')).toMatchObject({ kind: 'known' });
    expect(await check('jdoe', 'jdoe')).toEqual({ kind: 'unknown' });
    expect(await check('j'.repeat(256), 'anything')).toEqual({ kind: 'unknown' });
    expect(await users.standing('dummy:jdoe')).toEqual({ administrator: false });
    expect(await users.standing(builtInId('user', 'admin'))).toBeUndefined();
  });
});

describe('no pool users', () => {
  it('are known to nobody', async () => {
    const { users, check } = await usersOf({ provider: 'none' });
    expect(await check('jdoe', 'anything')).toEqual({ kind: 'unknown' });
    expect(await users.standing('dummy:jdoe')).toBeUndefined();
  });
});

/** Takes connections and answers whatever comes in one way; then hangs up, where it is told to. */
async function deaf(answer: ((request: Buffer) => Buffer) | undefined, hangUp: boolean) {
  const received: Buffer[] = [];
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      received.push(bytes);
      if (answer !== undefined) socket.write(answer(bytes));
      if (hangUp) socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `ldap://127.0.0.1:${port}`,
    connections: () => sockets.length,
    received: () => Buffer.concat(received),
  };
}

/** The extended operation (StartTLS) was a success. */
const startTlsDone = (request: Buffer) =>
  Buffer.from(`300c0201${request.toString('hex', 4, 5)}78070a010004000400`, 'hex');

describe('users of an LDAP server', () => {
  it('need the settings of one', async () => {
    await expect(usersOf({ provider: 'ldap' })).rejects.toThrow('needs the section ldap');
  });

  it('stand as long as they are of that server; administrators are those of the settings', async () => {
    const { users } = await usersOf({ provider: 'ldap', ldap: { ...ldap, administrators: ['Ada', ' '] } });
    expect(await users.standing('ldap:ada')).toEqual({ administrator: true });
    expect(await users.standing('ldap:lin')).toEqual({ administrator: false });
    expect(await users.standing('ldap:')).toEqual({ administrator: false });
    for (const userId of ['ada', 'dummy:ada', builtInId('user', 'admin')])
      expect(await users.standing(userId)).toBeUndefined();
  });

  it.each([true, false])('are unavailable behind a server that never answers, StartTLS %p', async (startTls) => {
    const { url } = await deaf(undefined, false);
    const { check } = await usersOf({ provider: 'ldap', ldap: { ...ldap, url, startTls, timeoutSeconds: 0.1 } });
    expect(await check('ada', 'analytical engine')).toEqual({ kind: 'unavailable' });
  });

  it('are unavailable behind a server that begins TLS and never goes on', async () => {
    const { url, received } = await deaf(startTlsDone, false);
    const { check } = await usersOf({ provider: 'ldap', ldap: { ...ldap, url, startTls: true, timeoutSeconds: 0.2 } });
    expect(await check('ada', 'analytical engine')).toEqual({ kind: 'unavailable' });
    // A TLS handshake has begun.
    expect(received().subarray(31, 33).toString('hex')).toBe('1603');
    expect(received().toString('latin1')).not.toContain('analytical engine');
  });

  it.each([
    ['hangs up', undefined],
    ['agrees to TLS and hangs up', startTlsDone],
    ['talks nonsense', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('send no password in clear to a server that %s, and do not connect again', async (_, answer) => {
    const { url, connections, received } = await deaf(answer, true);
    const { check } = await usersOf({ provider: 'ldap', ldap: { ...ldap, url, startTls: true, timeoutSeconds: 1 } });
    expect(await check('ada', 'analytical engine')).toEqual({ kind: 'unavailable' });
    expect(connections()).toBe(1);
    expect(received().toString('latin1')).not.toContain('analytical engine');
  });

  it('are not there when the file with certificates is not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'leasebook-ca-'));
    closing.push(() => rmSync(folder, { recursive: true }));
    const caFile = join(folder, 'ca.pem');
    await expect(usersOf({ provider: 'ldap', ldap: { ...ldap, caFile } })).rejects.toThrow('ENOENT');
    writeFileSync(caFile, 'no certificate');
    const { check } = await usersOf({ provider: 'ldap', ldap: { ...ldap, caFile } });
    expect(await check('ada', 'analytical engine')).toEqual({ kind: 'unavailable' });
  });
});

describe('names of LDAP users', () => {
  it.each([
    ['Ada', 'ada'],
    ['  Ada   Lovelace ', 'ada lovelace'],
    ['ａｄａ', 'ada'],
    ['É', 'é'],
    ['\u03d4\u0301', '\u03cb\u0301'.normalize('NFKC')],
    ['', undefined],
    [' \t ', undefined],
    ['a\u200bda', undefined],
    ['a\u00adda', undefined],
    ['ada\n', undefined],
    ['\ud800', undefined],
    ['a'.repeat(256), undefined],
  ])('%j is %j', (typed, name) => {
    expect(userNameOf(typed)).toBe(name);
  });

  it('have one spelling', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (typed) => {
        const name = userNameOf(typed);
        if (name === undefined) return;
        expect(userNameOf(name)).toBe(name);
        for (const other of [` ${typed}`, `${typed} `]) expect(userNameOf(other)).toBe(name);
      }),
    );
  });

  it('are one value in a DN, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => {
        const dn = userDn('uid', name, 'dc=lab');
        const [, value] = /^uid=((?:[A-Za-z0-9]|\\[0-9a-f]{2})+),dc=lab$/.exec(dn) ?? [];
        expect(value).toBeDefined();
        const bytes = value?.replaceAll(
          /\\(..)|(.)/g,
          (_, hex: string | undefined, plain: string) => hex ?? plain.charCodeAt(0).toString(16),
        );
        expect(Buffer.from(bytes ?? '', 'hex')).toEqual(Buffer.from(name));
      }),
    );
  });
});
