import { createServer as createHttpServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, startInProcess } from '../../in-process-server.js';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

describe('traces', () => {
  const received: { readonly path: string; readonly body: any }[] = []; // eslint-disable-line @typescript-eslint/no-explicit-any
  let collector: Server;

  beforeAll(async () => {
    collector = createHttpServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        received.push({ path: request.url ?? '', body: JSON.parse(Buffer.concat(parts).toString()) });
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => new Promise((resolve) => collector.close(resolve)));

  it('are sent to the collector that is configured: a span for each request, in the trace of whoever asked', async () => {
    const { port } = collector.address() as AddressInfo;
    const server = await startInProcess({ settings: { otlpEndpoint: `http://127.0.0.1:${String(port)}` } });
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const parentSpanId = 'b7ad6b7169203331';
    const { headers } = await ask(server.url, 'GET', '/v2.1/os-aggregates/1?secret=in-the-query', {
      token: 'secret-token',
      headers: { traceparent: `00-${traceId}-${parentSpanId}-01` },
    });
    await server.stop();
    expect([...new Set(received.map(({ path }) => path))]).toEqual(['/v1/traces']);
    const spans = received.flatMap(({ body }) =>
      body.resourceSpans.flatMap(({ scopeSpans }: { scopeSpans: { spans: Span[] }[] }) =>
        scopeSpans.flatMap((scope) => scope.spans),
      ),
    ) as Span[];
    const span = spans.find((each) => each.traceId === traceId);
    expect(span).toMatchObject({ name: expect.stringMatching(/^GET \/v2\.1\/os-aggregates\/:id/), parentSpanId });
    const attributes = Object.fromEntries(span!.attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
    expect(attributes).toMatchObject({
      'http.request.method': 'GET',
      'http.response.status_code': 401,
      'leasebook.request': headers.get('x-openstack-request-id'),
    });
    expect(JSON.stringify(received)).not.toMatch(/secret-token|in-the-query/);
    expect(JSON.stringify(received[0]!.body.resourceSpans[0].resource)).toContain('leasebook');
  }, 60_000);
});

describe('a stop', () => {
  it('lets a request that has begun finish, takes no new ones, and ends', async () => {
    const server = await startInProcess();
    const { hostname, port } = new URL(server.url);
    const socket = connect({ host: hostname, port: Number(port) });
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const body = JSON.stringify({ auth: {} });
    socket.write(
      `POST /v3/auth/tokens HTTP/1.1\r\nHost: a\r\nContent-Length: ${String(body.length)}\r\n\r\n${body.slice(0, 5)}`,
    );
    // The server has seen the request when it answers one that came later.
    await ask(server.url, 'GET', '/healthz');
    const stopped = server.stop();
    socket.write(body.slice(5));
    await Promise.all([stopped, closed]);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    await expect(ask(server.url, 'GET', '/healthz')).rejects.toThrow('fetch failed');
  }, 60_000);
});
