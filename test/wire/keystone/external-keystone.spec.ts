import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Verification } from '#identity';
import { VirtualClock } from '#specs';
import { KeystoneVerifier } from '../../../libs/identity/src/verifiers/keystone.verifier.js';
import { startMemoryKeystone, type MemoryKeystone } from './memory-keystone.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- bodies of answers, as far as they are looked at here
type Answer = any;

const quick = { timeoutMs: 500, retries: 3, pauseMs: 1 };

function nameIn(verification: Verification): string {
  return verification.kind === 'valid' ? verification.principal.userName : verification.kind;
}

/** Passes requests on to a server, counts them, and can be told to answer otherwise. */
class Middleman {
  readonly seen: string[] = [];
  /** Consumed one by one: a status to answer instead, or `drop` for a connection that ends. */
  readonly instead: (number | 'drop')[] = [];
  private readonly server: Server;

  constructor(private readonly target: string) {
    this.server = createServer((request, response) => {
      this.seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
      const next = this.instead.shift();
      if (next === 'drop') request.socket.destroy();
      else if (next !== undefined) response.writeHead(next).end('{}');
      else void this.pass(request, response);
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get logins(): number {
    return this.seen.filter((line) => line.startsWith('POST')).length;
  }

  get questions(): number {
    return this.seen.filter((line) => line.startsWith('GET')).length;
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const headers = new Headers(request.headers as Record<string, string>);
    for (const name of ['host', 'connection', 'content-length', 'transfer-encoding']) headers.delete(name);
    const body = parts.length === 0 ? null : Buffer.concat(parts);
    const answer = await fetch(`${this.target}${request.url ?? ''}`, {
      method: request.method ?? 'GET',
      headers,
      body,
    });
    const subject = answer.headers.get('x-subject-token');
    response.writeHead(answer.status, subject === null ? {} : { 'x-subject-token': subject });
    response.end(Buffer.from(await answer.arrayBuffer()));
  }
}

describe('a Keystone elsewhere: a second Leasebook', () => {
  const clock = new VirtualClock();
  let keystone: MemoryKeystone;
  let between: Middleman;
  let url: string;
  const open: KeystoneVerifier[] = [];

  async function ask(method: string, path: string, body?: unknown): Promise<Record<string, never>> {
    const answer = await fetch(`${keystone.url}/v3${path}`, {
      method,
      headers: { 'x-auth-token': keystone.tokens.admin ?? '' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as Record<string, never>;
  }

  beforeAll(async () => {
    keystone = await startMemoryKeystone({ clock });
    between = new Middleman(keystone.url);
    url = await between.listen();
    const user = (await ask('POST', '/users', { user: { name: 'leasebook', password: 'pw' } })) as Answer;
    const project = (await ask('POST', '/projects', { project: { name: 'service' } })) as Answer;
    for (const name of ['service', 'admin']) {
      const roles = (await ask('GET', `/roles?name=${name}`)) as Answer;
      await ask('PUT', `/projects/${project.project.id}/users/${user.user.id}/roles/${roles.roles[0].id}`);
    }
  });
  afterEach(async () => {
    between.seen.length = 0;
    between.instead.length = 0;
    await Promise.all(open.splice(0).map((verifier) => verifier.close()));
  });
  afterAll(async () => {
    await between.close();
    await keystone.stop();
  });

  function verifier(more: Partial<{ password: string; cacheSeconds: number; authUrl: string }> = {}): KeystoneVerifier {
    const account = { username: 'leasebook', password: 'pw', project: 'service', domain: 'Default' };
    const made = new KeystoneVerifier({ authUrl: `${url}/v3`, ...account, cacheSeconds: 60, ...more }, clock, quick);
    open.push(made);
    return made;
  }

  it('a live token is whom Keystone says, asked once for a minute and by many at once', async () => {
    const on = verifier();
    const token = await keystone.logIn('demo', 'demo');
    const answers = await Promise.all(Array.from({ length: 20 }, () => on.verify({ token })));
    expect(new Set(answers.map(nameIn))).toEqual(new Set(['demo']));
    expect(answers[0]).toMatchObject({
      principal: {
        method: 'external',
        project: { name: 'demo' },
        roles: [{ name: 'member' }, { name: 'reader' }],
        methods: ['password'],
      },
    });
    expect([between.logins, between.questions]).toEqual([1, 1]);
    await clock.advance(61_000);
    expect(nameIn(await on.verify({ token }))).toBe('demo');
    expect([between.logins, between.questions]).toEqual([1, 2]);
  });

  it('a bad token is invalid, and Keystone is not asked about it again and again', async () => {
    const on = verifier();
    for (let n = 0; n < 5; n += 1) expect(await on.verify({ token: 'nonsense' })).toEqual({ kind: 'invalid' });
    expect(between.questions).toBe(1);
  });

  it("a revoked token lives on for the cache's time at most", async () => {
    const on = verifier();
    const token = await keystone.logIn('demo', 'demo');
    await on.verify({ token });
    await fetch(`${keystone.url}/v3/auth/tokens`, {
      method: 'DELETE',
      headers: { 'x-auth-token': token, 'x-subject-token': token },
    });
    await clock.advance(60_001);
    expect(await on.verify({ token })).toEqual({ kind: 'invalid' });
  });

  it('a cached token is checked for its own end', async () => {
    const on = verifier({ cacheSeconds: 3600 });
    const token = await keystone.logIn('demo', 'demo');
    await clock.advance(3_599_000);
    expect(nameIn(await on.verify({ token }))).toBe('demo');
    await clock.advance(1_000);
    expect(await on.verify({ token })).toEqual({ kind: 'invalid' });
  });

  it('the own token is renewed before it ends', async () => {
    const on = verifier({ cacheSeconds: 0 });
    await on.verify({ token: await keystone.logIn('demo', 'demo') });
    await clock.advance(3_540_000);
    expect(nameIn(await on.verify({ token: await keystone.logIn('demo', 'demo') }))).toBe('demo');
    expect(between.logins).toBe(2);
  });

  it('a 401 for the own token renews it once', async () => {
    const on = verifier({ cacheSeconds: 0 });
    const token = await keystone.logIn('demo', 'demo');
    await on.verify({ token });
    between.instead.push(401);
    expect(nameIn(await on.verify({ token }))).toBe('demo');
    expect(between.logins).toBe(2);
  });

  it.each<[string, (number | 'drop')[], number]>([
    ['a second 401', [401], 2],
    ['an odd answer', [418], 1],
  ])('%s is no verdict on the token', async (_what, then, questions) => {
    const on = verifier({ cacheSeconds: 0 });
    const token = await keystone.logIn('demo', 'demo');
    await on.verify({ token });
    between.seen.length = 0;
    if (questions === 2) {
      // The question, the new login passes, the question again.
      const original = between.instead;
      original.push(401);
      const asked = on.verify({ token });
      while (between.logins === 0) await new Promise((resolve) => setImmediate(resolve));
      original.push(...then);
      expect(await asked).toMatchObject({ kind: 'unavailable' });
    } else {
      between.instead.push(...then);
      expect(await on.verify({ token })).toMatchObject({ kind: 'unavailable' });
    }
  });

  it('three retries get over what passes', async () => {
    const on = verifier({ cacheSeconds: 0 });
    const token = await keystone.logIn('demo', 'demo');
    await on.verify({ token });
    between.instead.push('drop', 503, 'drop');
    expect(nameIn(await on.verify({ token }))).toBe('demo');
    between.instead.push(500, 500, 500, 500);
    expect(await on.verify({ token })).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining('500') });
  });

  it('silence and refused connections are unavailable, never invalid, and are not remembered', async () => {
    const gone = verifier({ authUrl: 'http://127.0.0.1:9' });
    expect(await gone.verify({ token: 'x' })).toMatchObject({ kind: 'unavailable' });
    const on = verifier();
    between.instead.push(503, 503, 503, 503);
    expect(await on.verify({ token: 'y' })).toMatchObject({ kind: 'unavailable' });
    expect(await on.verify({ token: 'y' })).toEqual({ kind: 'invalid' });
  });

  it('a wrong account of this server is unavailable, and says no password', async () => {
    const answer = await verifier({ password: 'hunter2' }).verify({ token: 'x' });
    expect(answer).toMatchObject({ kind: 'unavailable' });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });

  it('a service may go on with a token that has just ended', async () => {
    const on = verifier({ cacheSeconds: 0 });
    const token = await keystone.logIn('demo', 'demo');
    await clock.advance(3_600_000);
    const serviceToken = await keystone.logIn('leasebook', 'pw', 'service');
    expect(await on.verify({ token })).toEqual({ kind: 'invalid' });
    expect(nameIn(await on.verify({ token, serviceToken }))).toBe('demo');
    const plain = await keystone.logIn('demo', 'demo');
    expect(await on.verify({ token, serviceToken: plain })).toEqual({ kind: 'invalid' });
    await clock.advance(49 * 3_600_000);
    const later = await keystone.logIn('leasebook', 'pw', 'service');
    expect(await on.verify({ token, serviceToken: later })).toEqual({ kind: 'invalid' });
  });

  it('access rules of a credential hold here too', async () => {
    const on = verifier();
    const demo = await keystone.logIn('demo', 'demo');
    const me = (await (
      await fetch(`${keystone.url}/v3/auth/tokens`, { headers: { 'x-auth-token': demo, 'x-subject-token': demo } })
    ).json()) as Answer;
    const made = await fetch(`${keystone.url}/v3/users/${me.token.user.id}/application_credentials`, {
      method: 'POST',
      headers: { 'x-auth-token': demo },
      body: JSON.stringify({
        application_credential: {
          name: 'ruled',
          access_rules: [{ service: 'compute', method: 'GET', path: '/v2.1/os-aggregates' }],
        },
      }),
    });
    const { id, secret } = ((await made.json()) as Answer).application_credential;
    const login = await fetch(`${keystone.url}/v3/auth/tokens`, {
      method: 'POST',
      body: JSON.stringify({
        auth: { identity: { methods: ['application_credential'], application_credential: { id, secret } } },
      }),
    });
    const token = login.headers.get('x-subject-token') ?? '';
    const request = { serviceType: 'compute', method: 'GET', path: '/compute/v2.1/os-aggregates' };
    expect(nameIn(await on.verify({ token, request }))).toBe('demo');
    expect(await on.verify({ token, request: { ...request, method: 'DELETE' } })).toEqual({ kind: 'invalid' });
    expect(await on.verify({ token })).toEqual({ kind: 'invalid' });
  });
});
