import { afterEach, describe, expect, it } from '@jest/globals';
import { bootstrapIdentity, IdentityServices } from '#identity';
import { systemContext } from '#runtime';
import { VirtualClock } from '#specs';
import { startMemoryKeystone, tokenFrom, type MemoryKeystone, type MemoryKeystoneOptions } from './memory-keystone.js';

const running: MemoryKeystone[] = [];

async function start(options: MemoryKeystoneOptions = {}): Promise<MemoryKeystone> {
  const server = await startMemoryKeystone(options);
  running.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

async function show(server: MemoryKeystone, token: string, asker = token, query = ''): Promise<Response> {
  return fetch(`${server.url}/v3/auth/tokens${query}`, {
    headers: { 'x-auth-token': asker, 'x-subject-token': token },
  });
}

function logIn(
  server: MemoryKeystone,
  name: string,
  password: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const user = { name, password, domain: { id: 'default' } };
  return fetch(`${server.url}/v3/auth/tokens`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ auth: { identity: { methods: ['password'], password: { user } } } }),
  });
}

describe('tokens', () => {
  it('survive a restart, and are good at another process too', async () => {
    const first = await start();
    const token = await first.logIn('demo', 'demo');
    const second = await start({ durable: first.durable });
    expect((await show(second, token)).status).toBe(200);
    await first.stop();
    running.shift();
    expect((await show(second, token)).status).toBe(200);
  });

  it('of one server mean nothing to another', async () => {
    const [first, second] = [await start(), await start()];
    expect((await show(second, await first.logIn('demo', 'demo'))).status).toBe(401);
  });

  it('are dead from the instant of their end on', async () => {
    const clock = new VirtualClock();
    const server = await start({ clock, identity: { tokenSeconds: 100 } });
    const token = await server.logIn('demo', 'demo');
    await clock.advance(99_999);
    expect((await show(server, token)).status).toBe(200);
    await clock.advance(1);
    expect((await show(server, token)).status).toBe(401);
  });

  it('that ended are shown to administrators and services that ask so, for two days', async () => {
    const clock = new VirtualClock();
    const server = await start({ clock });
    const token = await server.logIn('demo', 'demo');
    await clock.advance(3_600_000);
    const admin = await server.logIn('admin', 'admin');
    expect((await show(server, token, admin)).status).toBe(404);
    expect((await show(server, token, admin, '?allow_expired=1')).status).toBe(200);
    expect((await show(server, token, await server.logIn('demo', 'demo'), '?allow_expired=1')).status).toBe(404);
    await clock.advance(48 * 3_600_000);
    expect((await show(server, token, await server.logIn('admin', 'admin'), '?allow_expired=1')).status).toBe(404);
  });

  it('do not outlive the application credential they were made with', async () => {
    const clock = new VirtualClock();
    const server = await start({ clock });
    const demo = await server.logIn('demo', 'demo');
    const me = (await (await show(server, demo)).json()) as { token: { user: { id: string } } };
    const ends = new Date(clock.now() + 60_000).toISOString();
    const made = await fetch(`${server.url}/v3/users/${me.token.user.id}/application_credentials`, {
      method: 'POST',
      headers: { 'x-auth-token': demo },
      body: JSON.stringify({ application_credential: { name: 'short', expires_at: ends } }),
    });
    const { application_credential: credential } = (await made.json()) as {
      application_credential: { id: string; secret: string };
    };
    const again = () =>
      fetch(`${server.url}/v3/auth/tokens`, {
        method: 'POST',
        body: JSON.stringify({
          auth: {
            identity: {
              methods: ['application_credential'],
              application_credential: { id: credential.id, secret: credential.secret },
            },
          },
        }),
      });
    const token = (await again()).headers.get('x-subject-token') ?? '';
    expect((await show(server, token)).status).toBe(200);
    await clock.advance(60_000);
    expect((await show(server, token)).status).toBe(401);
    expect((await again()).status).toBe(401);
  });
});

describe('guessing passwords', () => {
  it('ends with 429 for that user and address until the window is over, also for the right one', async () => {
    const clock = new VirtualClock();
    const server = await start({ clock, identity: { loginFailures: 3, loginWindowSeconds: 60 } });
    for (let n = 0; n < 3; n += 1) expect((await logIn(server, 'demo', `wrong${String(n)}`)).status).toBe(401);
    const limited = await logIn(server, 'demo', 'demo');
    expect(limited.status).toBe(429);
    expect(limited.headers.get('retry-after')).toBe('60');
    expect(await limited.json()).toMatchObject({ error: { code: 429, title: 'Too Many Requests' } });
    expect((await logIn(server, 'admin', 'admin')).status).toBe(201);
    await clock.advance(60_000);
    expect((await logIn(server, 'demo', 'demo')).status).toBe(201);
  });

  it('is no quicker for names that nobody has, nor for ids in place of names', async () => {
    const server = await start({ identity: { loginFailures: 2 } });
    for (const expected of [401, 401, 429])
      expect((await logIn(server, 'nobody', `x${String(expected)}`)).status).toBe(expected);
  });

  it('an address of its own is believed only behind a trusted proxy', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const open = await start({ identity: { loginFailures: 1 } });
    expect((await logIn(open, 'demo', 'x', from('192.0.2.1'))).status).toBe(401);
    expect((await logIn(open, 'demo', 'x', from('192.0.2.2'))).status).toBe(429);
    const proxied = await start({ identity: { loginFailures: 1 }, trustedProxies: ['127.0.0.1'] });
    expect((await logIn(proxied, 'demo', 'x', from('192.0.2.1'))).status).toBe(401);
    expect((await logIn(proxied, 'demo', 'x', from('192.0.2.2'))).status).toBe(401);
    expect((await logIn(proxied, 'demo', 'x', from('192.0.2.1'))).status).toBe(429);
  });

  it('does not stop many clients that log in rightly at once', async () => {
    const server = await start({ identity: { loginFailures: 2 } });
    const all = await Promise.all(Array.from({ length: 40 }, () => logIn(server, 'demo', 'demo')));
    expect(new Set(all.map((answer) => answer.status))).toEqual(new Set([201]));
  });

  it('leaves events, coalesced', async () => {
    const server = await start();
    for (let n = 0; n < 6; n += 1) await logIn(server, 'demo', `wrong${String(n)}`);
    const refusals = () => server.durable.log.events.filter((event) => event.type === 'identity/LoginRefused@1');
    expect(refusals()).toHaveLength(1);
    await server.stop();
    running.pop();
    expect(refusals().map((event) => (JSON.parse(event.data) as { count: number }).count)).toEqual([1, 5]);
  });
});

describe('what the log holds', () => {
  it('no name, address, password, hash, secret or token in clear', async () => {
    const server = await start();
    const admin = await server.logIn('admin', 'admin');
    const user = {
      name: 'Mira Musterfrau',
      email: 'mira@example.test',
      description: 'of the lab',
      password: 'correct horse',
    };
    const made = await fetch(`${server.url}/v3/users`, {
      method: 'POST',
      headers: { 'x-auth-token': admin },
      body: JSON.stringify({ user }),
    });
    expect(made.status).toBe(201);
    await logIn(server, 'Mira Musterfrau', 'battery staple');
    const log = JSON.stringify(server.durable.log.events);
    for (const text of [...Object.values(user), 'battery staple', 'scrypt', admin, '127.0.0.1', '"demo"}'])
      expect(log).not.toContain(text);
  });

  it('a deleted user cannot be read any more, and the name is free', async () => {
    const server = await start();
    const headers = { 'x-auth-token': await server.logIn('admin', 'admin') };
    const create = () =>
      fetch(`${server.url}/v3/users`, { method: 'POST', headers, body: JSON.stringify({ user: { name: 'mira' } }) });
    const { user } = (await (await create()).json()) as { user: { id: string } };
    const event = server.durable.log.events.find(
      (each) => each.type === 'identity/UserCreated@1' && each.data.includes(user.id),
    );
    const { sealedName } = JSON.parse(event?.data ?? '{}') as { sealedName: string };
    expect(await server.durable.vault.open(`user:${user.id}`, sealedName)).toBe('mira');
    expect((await fetch(`${server.url}/v3/users/${user.id}`, { method: 'DELETE', headers })).status).toBe(204);
    expect(await server.durable.vault.open(`user:${user.id}`, sealedName)).toBeUndefined();
    expect((await create()).status).toBe(201);
  });
});

describe('every start', () => {
  const keepPassword = (): Promise<void> => Promise.resolve();

  it('adds nothing to what is there, and keeps the ids', async () => {
    const first = await start();
    const events = first.durable.log.events.length;
    await start({ durable: first.durable });
    expect(first.durable.log.events).toHaveLength(events);
    const other = await start();
    const projectOf = async (server: MemoryKeystone) =>
      (
        (await (await show(server, await server.logIn('demo', 'demo'))).json()) as {
          token: { project: { id: string } };
        }
      ).token.project.id;
    expect(await projectOf(other)).toBe(await projectOf(first));
  });

  it("a changed setting changes the administrator's password, the same setting leaves a later one alone", async () => {
    const server = await start();
    const services = server.app.get(IdentityServices);
    const set = (adminPassword: string) => bootstrapIdentity(services, { adminPassword, demo: false, keepPassword });
    await set('second');
    await expect(tokenFrom(server.url, 'admin', 'admin', 'admin')).rejects.toThrow('401');
    const token = await tokenFrom(server.url, 'admin', 'second', 'admin');
    const { token: shown } = (await (await show(server, token)).json()) as { token: { user: { id: string } } };
    const changed = await fetch(`${server.url}/v3/users/${shown.user.id}/password`, {
      method: 'POST',
      headers: { 'x-auth-token': token },
      body: JSON.stringify({ user: { original_password: 'second', password: 'third' } }),
    });
    expect(changed.status).toBe(204);
    await set('second');
    await expect(tokenFrom(server.url, 'admin', 'third', 'admin')).resolves.toMatch(/./);
    await set('fourth');
    await expect(tokenFrom(server.url, 'admin', 'fourth', 'admin')).resolves.toMatch(/./);
  });

  it('without a setting the password is made and kept before the administrator is', async () => {
    const server = await start();
    const headers = { 'x-auth-token': await server.logIn('admin', 'admin') };
    const me = (await (await show(server, headers['x-auth-token'])).json()) as { token: { user: { id: string } } };
    await fetch(`${server.url}/v3/users/${me.token.user.id}`, { method: 'DELETE', headers });
    const before = server.durable.log.events.length;
    let kept = '';
    const { made } = await bootstrapIdentity(server.app.get(IdentityServices), {
      demo: true,
      keepPassword: (password) => {
        expect(server.durable.log.events).toHaveLength(before);
        kept = password;
        return Promise.resolve();
      },
    });
    expect(made).toBe(kept);
    expect(kept.length).toBeGreaterThanOrEqual(24);
    expect((await show(server, headers['x-auth-token'])).status).toBe(401);
    await expect(tokenFrom(server.url, 'admin', kept, 'admin')).resolves.toMatch(/./);
  });
});

describe('a deleted user', () => {
  it('whose key outlived the deletion, because the server died in between, is erased when it is asked for again', async () => {
    const server = await start();
    const headers = { 'x-auth-token': await server.logIn('admin', 'admin') };
    const demo = await server.logIn('demo', 'demo');
    const { token } = (await (await show(server, demo)).json()) as { token: { user: { id: string } } };
    const { id } = token.user;
    const identity = server.app.get(IdentityServices);
    const { texts } = identity;
    const sealed = await texts.seal(id, 'demo');
    await identity.execute({ kind: 'delete-user', id, deletedAt: 1 }, systemContext(1), () => undefined);
    expect(await texts.openSecret(id, sealed)).toBe('demo');
    expect((await fetch(`${server.url}/v3/users/${id}`, { method: 'DELETE', headers })).status).toBe(404);
    expect(await texts.openSecret(id, sealed)).toBeUndefined();
  });
});

describe('where another service keeps identity', () => {
  it('only the documents are served, and logging in says so', async () => {
    const keyrock = { url: 'http://127.0.0.1:9/user?access_token=', form: 'userinfo' as const, cacheSeconds: 0 };
    const server = await start({ identity: { mode: 'keyrock', keyrock } });
    expect((await fetch(`${server.url}/v3`)).status).toBe(200);
    expect((await logIn(server, 'demo', 'demo')).status).toBe(403);
  });
});
