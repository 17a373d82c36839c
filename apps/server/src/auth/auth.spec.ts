import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { TokenVerifier, type Presented, type Principal, type Verification } from '#identity';
import { authenticate } from './authenticate.js';
import { commandContext, IdempotencyKeyInvalid } from './command-context.js';
import { PublicUrls } from './public-urls.js';
import { identityUnavailable, unauthenticated } from './refusals.js';

const principal = { userId: 'u', userName: 'mira', project: { id: 'p', name: 'lab' }, method: 'password' } as Principal;

function request(more: Readonly<Record<string, unknown>> = {}): FastifyRequest {
  const socket = { localAddress: '127.0.0.1', localPort: 8080 };
  const plain = { id: 'req-1', method: 'POST', url: '/v2.1/os-aggregates?x=1', headers: {}, ip: '192.0.2.7', socket };
  return { protocol: 'http', host: 'cloud.test', ...plain, ...more } as unknown as FastifyRequest;
}

class Asked extends TokenVerifier {
  readonly seen: Presented[] = [];

  override verify(presented: Presented): Promise<Verification> {
    this.seen.push(presented);
    return Promise.resolve({ kind: 'valid', principal });
  }
}

describe('authenticating a request', () => {
  it('asks with both tokens and what is asked for, and tells the log of requests who it is', async () => {
    const verifier = new Asked();
    const made = request({ headers: { 'x-auth-token': 't', 'x-service-token': 's' } });
    expect(await authenticate(verifier, made, 'compute')).toEqual({ kind: 'valid', principal });
    const asked = { serviceType: 'compute', method: 'POST', path: '/v2.1/os-aggregates' };
    expect(verifier.seen).toEqual([{ token: 't', serviceToken: 's', request: asked }]);
    expect(made.principal).toBe(principal);
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['no token', {}],
    ['an empty one', { 'x-auth-token': '' }],
    ['two', { 'x-auth-token': ['a', 'b'] }],
    ['an endless one', { 'x-auth-token': 'x'.repeat(10_000) }],
  ])('%s is refused without asking', async (_what, headers) => {
    const verifier = new Asked();
    expect(await authenticate(verifier, request({ headers }), 'compute')).toEqual({ kind: 'invalid' });
    expect(verifier.seen).toEqual([]);
  });

  it('takes identity headers off', async () => {
    const headers: Record<string, string> = {
      'x-user-id': 'admin',
      'x-roles': 'admin',
      'x-project-id': 'p',
      'x-identity-status': 'Confirmed',
      'x-service-roles': 'service',
      'x-is-admin-project': 'True',
      'openstack-system-scope': 'all',
      'x-other': 'stays',
    };
    await authenticate(new Asked(), request({ headers }), 'compute');
    expect(headers).toEqual({ 'x-other': 'stays' });
  });

  it('refuses in the words of the token layer', () => {
    const { status, headers, body } = unauthenticated('http://k/v3');
    expect([status, headers['www-authenticate']]).toEqual([401, 'Keystone uri="http://k/v3"']);
    expect(JSON.parse(body)).toEqual({
      error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' },
    });
    expect(identityUnavailable()).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  });
});

describe('the context of a command', () => {
  const keyed = (more: Readonly<Record<string, unknown>> = {}): FastifyRequest =>
    request({ headers: { 'idempotency-key': 'k' }, body: Buffer.from('{}'), ...more });

  it('says who, when, where and through what', () => {
    expect(commandContext(request(), principal, 'nova', 5)).toMatchObject({
      repeatable: false,
      time: 5,
      actor: { userId: 'u', projectId: 'p', method: 'password', name: 'mira' },
      facade: 'nova',
      requestId: 'req-1',
      correlationId: 'req-1',
      causationId: null,
      clientAddress: '192.0.2.7',
    });
    expect(commandContext(request(), undefined, 'nova').actor).toMatchObject({ userId: 'anonymous', name: null });
  });

  it('without a key each request is a command of its own', () => {
    const ids = [1, 2].map(() => commandContext(request(), principal, 'nova').commandId);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('with a key the same request is the same command, and any other is another', () => {
    const idOf = (made: FastifyRequest, who: Principal = principal) => commandContext(made, who, 'nova').commandId;
    expect(commandContext(keyed(), principal, 'nova').repeatable).toBe(true);
    expect(idOf(keyed())).toBe(idOf(keyed({ id: 'req-2', ip: '192.0.2.8' })));
    const others = [
      idOf(keyed({ headers: { 'idempotency-key': 'l' } })),
      idOf(keyed({ method: 'PUT' })),
      idOf(keyed({ url: '/v2.1/os-aggregates' })),
      idOf(keyed({ body: Buffer.from('{ }') })),
      idOf(keyed({ body: undefined })),
      idOf(keyed(), { ...principal, userId: 'v' }),
      idOf(keyed(), { ...principal, project: null }),
    ];
    expect(new Set([idOf(keyed()), ...others]).size).toBe(others.length + 1);
  });

  it.each(['', 'x'.repeat(256), ['a', 'b']])('a key that is none is a bad request', (key) => {
    expect(() => commandContext(keyed({ headers: { 'idempotency-key': key } }), principal, 'nova')).toThrow(
      IdempotencyKeyInvalid,
    );
  });
});

describe('public URLs', () => {
  const urls = new PublicUrls({});

  it('come from the setting, else from Host', () => {
    expect(new PublicUrls({ publicUrl: 'https://cloud.example/' }).base(request())).toBe('https://cloud.example');
    expect(urls.base(request())).toBe('http://cloud.test');
    expect(urls.base(request({ protocol: 'https', host: '[::1]:8443' }))).toBe('https://[::1]:8443');
  });

  it.each(['', undefined, 'a b', 'a/b', 'a@b', 'a"b', 'a:99999999', 'x'.repeat(300)])('not from Host %p', (host) => {
    expect(urls.base(request({ host }))).toBe('http://127.0.0.1:8080');
  });

  it('say where a token is to be had', () => {
    expect(urls.identity(request())).toBe('http://cloud.test/v3');
    expect(new PublicUrls({ identityUrl: 'http://k:5000/' }).identity(request())).toBe('http://k:5000');
  });
});
