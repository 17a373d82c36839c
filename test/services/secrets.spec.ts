import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { logIn, ServerProcess, temporaryFolder } from '../server-process.js';
import { until } from './writers.js';

interface Answer {
  readonly status: number;
  readonly token: string | null;
  readonly body: unknown;
}

async function ask(url: string, method: string, path: string, body?: unknown, token?: string): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { 'x-auth-token': token }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    token: response.headers.get('x-subject-token'),
    body: text === '' ? undefined : JSON.parse(text),
  };
}

const marked = {
  administrator: 'marked-administrator-password-Zq81',
  user: 'marked-user-password-Zq82',
  changed: 'marked-changed-password-Zq83',
  wrong: 'marked-wrong-password-Zq84',
  credential: 'marked-credential-secret-Zq85',
  unparsed: 'marked-password-in-broken-json-Zq86',
  inQuery: 'marked-token-in-query-Zq87',
  badToken: 'marked-token-that-is-none-Zq88',
} as const;

/** Everything that a server handles that is secret, sent through it in every way that there is. */
async function useSecrets(url: string): Promise<readonly string[]> {
  const admin = await logIn(url, 'admin', marked.administrator);
  const made = await ask(url, 'POST', '/identity/v3/users', { user: { name: 'mira', password: marked.user } }, admin);
  expect(made.status).toBe(201);
  const { id } = (made.body as { user: { id: string } }).user;
  const projects = await ask(url, 'GET', '/identity/v3/projects?name=demo', undefined, admin);
  const roles = await ask(url, 'GET', '/identity/v3/roles?name=member', undefined, admin);
  const project = (projects.body as { projects: { id: string }[] }).projects[0]?.id ?? '';
  const role = (roles.body as { roles: { id: string }[] }).roles[0]?.id ?? '';
  const grant = `/identity/v3/projects/${project}/users/${id}/roles/${role}`;
  expect((await ask(url, 'PUT', grant, undefined, admin)).status).toBe(204);
  const mira = await logIn(url, 'mira', marked.user, 'demo');
  const credential = { name: 'robot', secret: marked.credential };
  const path = `/identity/v3/users/${id}/application_credentials`;
  expect((await ask(url, 'POST', path, { application_credential: credential }, mira)).status).toBe(201);
  const change = { user: { password: marked.changed, original_password: marked.user } };
  expect((await ask(url, 'POST', `/identity/v3/users/${id}/password`, change, mira)).status).toBe(204);
  const again = await logIn(url, 'mira', marked.changed, 'demo');
  await expect(logIn(url, 'mira', marked.wrong, 'demo')).rejects.toThrow('401');
  const broken = await fetch(`${url}/identity/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"auth": {"identity": {"password": "${marked.unparsed}"`,
  });
  expect(broken.status).toBe(400);
  await ask(url, 'GET', `/leasebook/v1/events?token=${marked.inQuery}`, undefined, admin);
  expect((await ask(url, 'GET', '/compute/v2.1/os-aggregates', undefined, marked.badToken)).status).toBe(401);
  expect((await ask(url, 'POST', '/compute/v2.1/os-aggregates', { aggregate: { name: 'a' } }, admin)).status).toBe(200);
  return [...Object.values(marked), admin, mira, again];
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

describe('secrets', () => {
  it('stand in no log line and in no file, whatever is done with them', async () => {
    const folder = temporaryFolder();
    const server = await ServerProcess.start({
      dataDir: folder.path,
      from: 'dist',
      environment: { LEASEBOOK_ADMIN_PASSWORD: marked.administrator, LEASEBOOK_LOG_LEVEL: 'trace' },
    });
    try {
      const secrets = await useSecrets(server.url);
      await until(
        async () => server.standardOutput,
        (log) => log.includes('os-aggregates'),
      );
      expect(await server.stop()).toBe(0);
      const places: [string, string][] = [
        ['standard output', server.standardOutput],
        ['standard error', server.standardError],
        ...filesBelow(folder.path).map((path): [string, string] => [path, readFileSync(path, 'latin1')]),
      ];
      expect(places.length).toBeGreaterThan(3);
      const found = places.flatMap(([place, text]) =>
        secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${place}`),
      );
      expect(found).toEqual([]);
      // The search would find what is there.
      expect(places.some(([, text]) => text.includes('AggregateCreated'))).toBe(true);
    } finally {
      await server.kill();
      folder.remove();
    }
  });

  it('show a made password once, and keep it for its owner only', async () => {
    const folder = temporaryFolder();
    const environment = { LEASEBOOK_ADMIN_PASSWORD: '' };
    const first = await ServerProcess.start({ dataDir: folder.path, from: 'dist', environment });
    let second: ServerProcess | undefined;
    try {
      const path = join(folder.path, 'admin-password');
      const password = readFileSync(path, 'utf8').trim();
      expect(password.length).toBeGreaterThanOrEqual(16);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(
        (
          await until(
            async () => first.standardError,
            (text) => text.includes('password:'),
          )
        ).split(password),
      ).toHaveLength(2);
      expect(first.standardOutput).not.toContain(password);
      await logIn(first.url, 'admin', password);
      await first.stop();
      second = await ServerProcess.start({ dataDir: folder.path, from: 'dist', environment });
      await until(
        async () => second?.standardError ?? '',
        (text) => text.includes('password:'),
      );
      expect(second.standardError).not.toContain(password);
      await logIn(second.url, 'admin', password);
    } finally {
      await first.kill();
      await second?.kill();
      folder.remove();
    }
  });
});
