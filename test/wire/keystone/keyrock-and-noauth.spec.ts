import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TokenVerifier, type Verification } from '#identity';
import { VirtualClock } from '#specs';
import { KeyrockVerifier } from '../../../libs/identity/src/verifiers/keyrock.verifier.js';
import { NoauthVerifier } from '../../../libs/identity/src/verifiers/noauth.verifier.js';

const quick = { timeoutMs: 500, retries: 3, pauseMs: 1 };

describe('a KeyRock', () => {
  const clock = new VirtualClock();
  const user = {
    id: 'keyrock-user',
    displayName: 'Mira',
    email: 'mira@example.test',
    roles: [{ id: 'r1', name: 'member' }],
    organizations: [
      {
        id: 'o1',
        name: 'lab',
        roles: [
          { id: 'r2', name: 'InfrastructureManager' },
          { id: 'r1', name: 'member' },
        ],
      },
    ],
  };
  let server: Server;
  let url: string;
  let asked: string[] = [];
  const open: KeyrockVerifier[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = request.url ?? '';
      asked.push(path);
      const good = path.endsWith('access_token=good%2Btoken');
      const v3 =
        path === '/v3/auth/tokens' &&
        request.headers['x-subject-token'] === 'good' &&
        request.headers['x-auth-token'] === 'good';
      const token = {
        user: { id: 'u', name: 'mira' },
        expires_at: '2026-01-01T01:00:00.000000Z',
        roles: [{ name: 'member' }],
      };
      if (path.includes('down')) response.writeHead(503).end();
      else if (path.includes('odd')) response.writeHead(200).end('<html>');
      else if (good) response.writeHead(200).end(JSON.stringify(user));
      else if (v3) response.writeHead(200).end(JSON.stringify({ token }));
      else response.writeHead(401).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  afterEach(async () => {
    asked = [];
    await Promise.all(open.splice(0).map((verifier) => verifier.close()));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  function verifier(form: 'userinfo' | 'v3', path: string, project?: string): KeyrockVerifier {
    const settings = { url: `${url}${path}`, form, cacheSeconds: 60, ...(project === undefined ? {} : { project }) };
    const made = new KeyrockVerifier(settings, clock, quick);
    open.push(made);
    return made;
  }

  it.each(['/user?access_token=', '/user/?access_token='])('is asked at %s with the token', async (path) => {
    const on = verifier('userinfo', path);
    const answer = await on.verify({ token: 'good+token' });
    expect(answer).toMatchObject({
      principal: {
        userId: 'keyrock-user',
        userName: 'Mira',
        project: { id: 'o1', name: 'lab' },
        roles: [{ name: 'member' }, { name: 'InfrastructureManager' }],
      },
    });
    await on.verify({ token: 'good+token' });
    expect(asked).toEqual([`${path}good%2Btoken`]);
  });

  it('puts everybody into the configured project', async () => {
    expect(await verifier('userinfo', '/user?access_token=', 'shared').verify({ token: 'good+token' })).toMatchObject({
      principal: { project: { id: 'shared', name: 'shared' } },
    });
  });

  it('refuses by anything but a user', async () => {
    expect(await verifier('userinfo', '/user?access_token=').verify({ token: 'bad' })).toEqual({ kind: 'invalid' });
    expect(await verifier('userinfo', '/odd?access_token=').verify({ token: 'x' })).toEqual({ kind: 'invalid' });
  });

  it('is unavailable when it is', async () => {
    expect(await verifier('userinfo', '/down?access_token=').verify({ token: 'x' })).toMatchObject({
      kind: 'unavailable',
    });
  });

  it.each(['', '/v3', '/v3/auth/tokens'])('is asked in the form of Keystone (%s)', async (path) => {
    expect(await verifier('v3', path, 'shared').verify({ token: 'good' })).toMatchObject({
      principal: { userName: 'mira', project: { id: 'shared' }, roles: [{ name: 'member' }] },
    });
    expect(await verifier('v3', path).verify({ token: 'bad' })).toEqual({ kind: 'invalid' });
  });
});

describe('no authentication, for tests', () => {
  class Nothing extends TokenVerifier {
    override verify(): Promise<Verification> {
      return Promise.resolve({ kind: 'invalid' });
    }
  }
  const on = new NoauthVerifier(new Nothing(), new VirtualClock());
  const roles = async (token: string) => {
    const answer = await on.verify({ token });
    return answer.kind === 'valid'
      ? [answer.principal.userId, answer.principal.project?.id, ...answer.principal.roles.map((role) => role.name)]
      : answer.kind;
  };

  it.each<[string, unknown]>([
    ['admin:lab', ['admin', 'lab', 'admin', 'manager', 'member', 'reader']],
    ['admin', ['admin', 'admin', 'admin', 'manager', 'member', 'reader']],
    ['mira:lab', ['mira', 'lab', 'member', 'reader']],
    ['mira', ['mira', 'mira', 'member', 'reader']],
    ['mira:lab:more', 'invalid'],
    [':', 'invalid'],
    ['', 'invalid'],
  ])('%s is %j', async (token, expected) => {
    expect(await roles(token)).toEqual(expected);
  });
});
