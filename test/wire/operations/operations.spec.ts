import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore, StoreCondition } from '#event-store';
import { adminPassword, ask, startInProcess, type InProcessServer } from '../../in-process-server.js';
import { logIn } from '../../server-process.js';

let server: InProcessServer;
let token: string;
let down: string | undefined;

/** The store as it is, but for what it says of itself. */
function saying(store: EventStore): EventStore {
  const condition = (): StoreCondition => (down === undefined ? store.condition() : { ready: false, reason: down });
  return new Proxy(store, { get: (target, name) => (name === 'condition' ? condition : bound(target, name)) });
}

function bound(target: EventStore, name: string | symbol): unknown {
  const value = Reflect.get(target, name) as unknown;
  return typeof value === 'function' ? (value.bind(target) as unknown) : value;
}

beforeAll(async () => {
  server = await startInProcess({
    settings: { bodyLimitBytes: 20_000, connections: 8 },
    wrap: (ports) => ({ ...ports, eventStore: saying(ports.eventStore) }),
  });
  token = await logIn(server.url, 'admin', adminPassword);
}, 60_000);

afterAll(() => server.stop());

const address = (): { readonly host: string; readonly port: number } => {
  const { hostname, port } = new URL(server.url);
  return { host: hostname, port: Number(port) };
};

/** Everything that the server sends on a connection of its own, until it ends it. */
function raw(text: string | Buffer): Promise<string> {
  const socket = connect(address());
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  socket.write(text);
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

describe('/healthz and /readyz', () => {
  it('say that all is well', async () => {
    expect((await ask(server.url, 'GET', '/healthz')).json).toEqual({ status: 'ok' });
    const { status, json } = await ask(server.url, 'GET', '/readyz');
    expect(status).toBe(200);
    expect(json.status).toBe('ready');
    const names = json.checks.map(({ name }: { name: string }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['server', 'event store', 'read store', 'timers', 'read model auditTrail']),
    );
  });

  it('name what is down, while the process lives on; and when it is up again, that it is', async () => {
    down = 'the disk is full';
    const { status, json } = await ask(server.url, 'GET', '/readyz');
    expect(status).toBe(503);
    expect(json).toMatchObject({ status: 'not ready' });
    const wrong = json.checks.filter(({ ready }: { ready: boolean }) => !ready);
    expect(wrong).toEqual([{ name: 'event store', ready: false, reason: 'the disk is full' }]);
    expect((await ask(server.url, 'GET', '/healthz')).status).toBe(200);
    down = undefined;
    expect((await ask(server.url, 'GET', '/readyz')).status).toBe(200);
  });
});

const metricLine =
  /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (-?[\d.e+-]+|NaN|[+-]Inf)$/;

describe('/metrics', () => {
  it('is in the text format of Prometheus, and counts what happened', async () => {
    await ask(server.url, 'POST', '/v2.1/os-aggregates', { token, json: { aggregate: { name: 'counted' } } });
    await ask(server.url, 'GET', '/v2.1/os-aggregates/471147114711', { token });
    const { status, headers, text } = await ask(server.url, 'GET', '/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const samples = new Map<string, number>();
    const typed = new Set<string>();
    for (const line of text.trimEnd().split('\n')) {
      if (line === '') continue;
      const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
      if (comment !== null) {
        if (comment[1] === 'TYPE') typed.add(comment[2]!);
        continue;
      }
      const [, name, labels, value] = metricLine.exec(line) ?? [];
      expect([line, name]).toEqual([line, expect.any(String)]);
      expect(typed.has(name!.replace(/_(bucket|sum|count)$/, '')) || typed.has(name!)).toBe(true);
      samples.set(`${name!}{${labels ?? ''}}`, Number(value));
    }
    expect(samples.get('leasebook_events_appended_total{aggregate="hostAggregates"}')).toBe(3);
    expect(samples.get('leasebook_commands_total{aggregate="hostAggregates"}')).toBe(2);
    expect(
      samples.get('leasebook_http_request_duration_seconds_count{method="GET",route="/healthz",status="200"}'),
    ).toBeGreaterThan(0);
    expect(samples.get('leasebook_projection_position{projection="aggregates"}')).toBeGreaterThan(0);
    // Labels hold patterns: what clients put into paths would make a series each.
    expect(text).not.toContain('471147114711');
    expect(text).toContain(':id');
  });
});

describe('the log of requests', () => {
  it('has a line for each: who asked for what, how it went; and nothing secret', async () => {
    const secret = 'Secret-in-a-query-1';
    const answer = await ask(server.url, 'GET', `/v2.1/os-aggregates/999?password=${secret}`, { token });
    await expect(logIn(server.url, 'admin', 'Secret-in-a-body-2')).rejects.toThrow('401');
    const lines = server.log.filter(({ request }) => request === answer.headers.get('x-openstack-request-id'));
    expect(lines).toEqual([
      expect.objectContaining({
        msg: 'answered',
        service: 'leasebook',
        method: 'GET',
        path: '/v2.1/os-aggregates/999',
        route: expect.stringContaining('/v2.1/os-aggregates/:id'),
        status: 404,
        actor: expect.stringMatching(/^[0-9a-f]{32}$/),
        project: expect.stringMatching(/^[0-9a-f]{32}$/),
        milliseconds: expect.any(Number),
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      }),
    ]);
    const all = JSON.stringify(server.log);
    for (const text of [token, secret, 'Secret-in-a-body-2', adminPassword]) expect(all).not.toContain(text);
  });

  it('keeps a token out that stands in a path, as clients of Keystone 2.0 write it, and stays short', async () => {
    const { headers } = await ask(server.url, 'GET', `/identity/v2.0/tokens/${token}/endpoints`);
    const id = headers.get('x-openstack-request-id');
    expect(server.log.find(({ request }) => request === id)).toMatchObject({
      path: '/identity/v2.0/tokens/…/endpoints',
    });
    expect(JSON.stringify(server.log)).not.toContain(token);
    const long = await ask(server.url, 'GET', `/v3${'/a'.repeat(5_000)}`);
    const line = server.log.find(({ request }) => request === long.headers.get('x-openstack-request-id'));
    expect(String(line?.path).length).toBeLessThan(1_000);
  });

  it('keeps pool tokens out, however their path is written, and says who sent them', async () => {
    const authorization = `Basic ${Buffer.from('demo:demo').toString('base64')}`;
    const issued = await ask(server.url, 'POST', '/api/v3/token', { headers: { authorization } });
    const poolToken = (issued.json as { readonly token: string }).token;
    const count = server.log.length;
    for (const path of ['/token', '/vmpooler/token', '/api/v1/%74oken', '/api/v3/token', '/api/v3/nothing/token'])
      for (const end of ['', '/', '/more']) await ask(server.url, 'GET', `${path}/${poolToken}${end}`);
    await ask(server.url, 'POST', '/api/v3/vm/nothing', { token: poolToken });
    const lines = server.log.slice(count).filter(({ msg }) => msg === 'answered');
    expect(lines.length).toBeGreaterThanOrEqual(16);
    expect(lines.at(-1)).toMatchObject({ path: '/api/v3/vm/nothing', actor: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(JSON.stringify(server.log)).not.toContain(poolToken);
  });

  it('says of what nobody foresaw no more to the client than its request id', async () => {
    for (const path of ['/healthz', '/leasebook/v1', '/v3', '/v2.1/os-aggregates'])
      expect((await ask(server.url, 'GET', path)).text).not.toMatch(/node_modules|\.ts:|at \w+ \(/);
  });
});

describe('headers that protect', () => {
  it.each([
    '/healthz',
    '/v3',
    '/v2.1',
    '/v2.1/os-aggregates',
    '/leasebook/v1/events',
    '/image/v2',
    '/nothing',
    '/openapi.json',
  ])('stand on every answer: %s', async (path) => {
    const { headers } = await ask(server.url, 'GET', path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/default-src '(none|self)'/);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('server')).toBeNull();
  });
});

describe('limits', () => {
  it.each([
    ['keystone', '/v3/auth/tokens'],
    ['nova', '/v2.1/os-aggregates'],
    ['leasebook', '/leasebook/v1/hypervisors/1/disable'],
    ['nobody', '/nothing'],
  ])('of the length of a body (%s)', async (_face, path) => {
    const { status } = await ask(server.url, 'POST', path, { token, json: { filler: 'x'.repeat(30_000) } });
    expect(status).toBe(413);
  });

  it('of a body whose length is not told', async () => {
    const chunk = `7530\r\n${'x'.repeat(30_000)}\r\n0\r\n\r\n`;
    const head = 'POST /v3/auth/tokens HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(await raw(`${head}${chunk}`)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('of connections: one too many is closed, and the others go on', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 12 }, () => new Promise<Socket>((resolve) => {
        const socket: Socket = connect(address(), () => resolve(socket));
        socket.on('error', () => undefined);
      })), // prettier-ignore
    );
    const closed = await Promise.any(
      sockets.map((socket) => new Promise((resolve) => socket.once('close', () => resolve(true)))),
    );
    expect(closed).toBe(true);
    const answers = sockets.map((socket) => new Promise<string>((resolve) => {
      socket.once('data', (chunk: Buffer) => resolve(chunk.toString()));
      socket.once('close', () => resolve('closed'));
      if (socket.destroyed) resolve('closed');
      else socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    })); // prettier-ignore
    const heard = await Promise.all(answers);
    expect(heard.filter((answer) => answer === 'closed').length).toBeGreaterThan(0);
    expect(heard.filter((answer) => answer.startsWith('HTTP/1.1 200')).length).toBeGreaterThan(0);
    for (const socket of sockets) socket.destroy();
    expect((await ask(server.url, 'GET', '/healthz')).status).toBe(200);
  });

  it.each([
    ['what is no HTTP', 'HELLO\r\n\r\n', 400],
    ['a method that there is not', 'FETCH / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a header without a name', 'GET /healthz HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n', 400],
    ['headers that are too long', `GET /healthz HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, 431],
    [
      'two lengths',
      'POST /v3/auth/tokens HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
    ],
    [
      'a length and chunks',
      'POST /v3/auth/tokens HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
    ['a path that cannot be decoded', 'GET /nothing/%ff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 400],
  ])('of what is understood: %s', async (_name, text, status) => {
    expect(await raw(text)).toMatch(new RegExp(`^HTTP/1\\.1 ${String(status)} `));
    expect((await ask(server.url, 'GET', '/healthz')).status).toBe(200);
  });
});
