import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { logIn, ServerProcess, temporaryFolder } from '../server-process.js';
import { Slapd, searcher, suffix } from './slapd.js';
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

const markedOfPools = {
  user: 'marked-basic-password-Zq91',
  wrong: 'marked-wrong-basic-password-Zq92',
  unknownUser: 'marked-password-of-nobody-Zq93',
  badToken: 'azq94markedpooltokenthatisnone0x',
  inQuery: 'azq95markedpooltokeninaquery000x',
  inWrongPath: 'azq96markedpooltokeninwrongpath0',
} as const;

interface Heard {
  readonly status: number;
  readonly text: string;
}

async function hear(url: string, line: string, headers: Record<string, string> = {}, body?: object): Promise<Heard> {
  const [method = '', path = ''] = line.split(' ');
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${url}${path}`, { method, redirect: 'manual', headers, ...sent });
  return { status: response.status, text: await response.text() };
}

/** Every way in which the pools' face takes tokens and passwords; answers all that must be found nowhere. */
async function usePoolSecrets(url: string, user: string): Promise<readonly string[]> {
  const basic = (name: string, password: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
  });
  const good = basic(user, markedOfPools.user);
  const tokens: string[] = [];
  for (const version of ['v1', 'v2', 'v3']) {
    const issued = await hear(url, `POST /vmpooler/api/${version}/token`, good);
    expect(issued.status).toBe(200);
    const { token } = JSON.parse(issued.text) as { token: string };
    tokens.push(token);
    const by = { 'x-auth-token': token };
    const taken = await until(
      () => hear(url, 'POST /api/v1/vm/alma-9', by),
      ({ status }) => status === 200,
    );
    const vm = (JSON.parse(taken.text) as Record<string, { hostname: string }>)['alma-9']?.hostname ?? '';
    expect((await hear(url, `PUT /api/${version}/vm/${vm}`, by, { lifetime: 2 })).status).toBe(200);
    expect((await hear(url, `POST /api/${version}/vm/${vm}/snapshot`, by)).status).toBe(202);
    expect((await hear(url, `POST /api/${version}/ondemandvm`, by, { 'alma-9': 1 })).status).toBe(201);
    expect((await hear(url, `GET /api/${version}/token/${token}`)).status).toBe(200);
    expect((await hear(url, `GET /api/${version}/vm/${vm}`)).status).toBe(200);
    expect((await hear(url, `DELETE /api/${version}/vm/${vm}`, by)).status).toBe(200);
    expect((await hear(url, `PATCH /api/${version}/token/${token}`, good)).status).toBe(404);
    expect((await hear(url, `GET /api/${version}/status?token=${markedOfPools.inQuery}`, by)).status).toBe(200);
    expect((await hear(url, `GET /api/${version}/tokens/${markedOfPools.inWrongPath}`)).status).toBe(404);
    expect((await hear(url, `GET /api/${version}/token/${markedOfPools.badToken}`)).status).toBe(404);
    expect((await hear(url, `DELETE /api/${version}/token/${markedOfPools.badToken}`, good)).status).toBe(401);
    const bad = { 'x-auth-token': markedOfPools.badToken };
    expect((await hear(url, `POST /api/${version}/vm/alma-9`, bad)).status).toBe(401);
    for (const wrong of [basic(user, markedOfPools.wrong), basic('nobody', markedOfPools.unknownUser)])
      expect((await hear(url, `POST /api/${version}/token`, wrong)).status).toBe(401);
  }
  expect((await hear(url, 'GET /api/v3/token', good)).status).toBe(200);
  const [first = ''] = tokens;
  expect((await hear(url, `DELETE /api/v3/token/${first}`, good)).status).toBe(200);
  expect((await hear(url, 'POST /api/v3/vm/alma-9', { 'x-auth-token': first })).status).toBe(401);
  const inBasic = [good, basic(user, markedOfPools.wrong)].map(({ authorization = '' }) => authorization.slice(6));
  return [...tokens, ...inBasic, ...Object.values(markedOfPools)];
}

/** What anybody, and what an administrator may read. */
async function readEverything(url: string): Promise<readonly [string, string][]> {
  const headers = { 'x-auth-token': await logIn(url, 'admin', marked.administrator) };
  const paths = ['/metrics', '/prometheus', '/openapi.json', '/leasebook/v1/events?limit=1000', '/dashboard/'];
  const reports = ['full_config', 'config', 'status', 'summary', 'vm', 'poolstat?pool=alma-9', 'totalrunning'];
  const places: [string, string][] = [];
  for (const path of [...paths, ...reports.map((report) => `/api/v3/${report}`)]) {
    const { status, text } = await hear(url, `GET ${path}`, headers);
    expect([path, status]).toEqual([path, 200]);
    places.push([path, text]);
  }
  return places;
}

describe.each(['builtin', 'ldap'] as const)('secrets of the pools, with users of %s', (provider) => {
  it('stand in no log line, no file, no report and no event, whatever is done with them', async () => {
    const folder = temporaryFolder();
    const data = join(folder.path, 'data');
    const person = {
      objectClass: 'inetOrgPerson',
      cn: 'mira',
      sn: 'mira',
      uid: 'mira',
      userPassword: markedOfPools.user,
    };
    const slapd = provider === 'ldap' ? await Slapd.start([{ dn: 'uid=mira', attributes: person }]) : undefined;
    const ldap = {
      ...{ url: `ldap://127.0.0.1:${slapd?.port ?? 0}`, bases: [suffix], userObjects: ['uid'] },
      ...{ serviceUser: searcher.dn, servicePassword: searcher.password },
    };
    const pool = { name: 'alma-9', size: 3, template: 'templates/alma-9', hosts: ['kvm-1'] };
    writeFileSync(
      join(folder.path, 'leasebook.yaml'),
      stringify({
        simulatedHosts: [{ name: 'kvm-1', vcpus: 256, memoryMb: 1_048_576, localGb: 8192 }],
        pools: [pool],
        poolMetrics: { prometheus: true },
        loginFailures: 100,
        poolAuth: { provider, ...(slapd === undefined ? {} : { ldap }) },
      }),
    );
    const server = await ServerProcess.start({
      dataDir: data,
      from: 'dist',
      environment: {
        LEASEBOOK_CONFIG: join(folder.path, 'leasebook.yaml'),
        LEASEBOOK_ADMIN_PASSWORD: marked.administrator,
        LEASEBOOK_LOG_LEVEL: 'trace',
      },
    });
    try {
      if (slapd === undefined) {
        const admin = await logIn(server.url, 'admin', marked.administrator);
        const user = { user: { name: 'mira', password: markedOfPools.user } };
        expect((await ask(server.url, 'POST', '/identity/v3/users', user, admin)).status).toBe(201);
      }
      const secrets = [...(await usePoolSecrets(server.url, 'mira')), searcher.password, marked.administrator];
      await slapd?.stop();
      const while503 = await hear(server.url, 'POST /api/v3/token', {
        authorization: `Basic ${Buffer.from(`mira:${markedOfPools.wrong}`).toString('base64')}`,
      });
      expect(while503.status).toBe(slapd === undefined ? 401 : 503);
      const read = await readEverything(server.url);
      expect(await server.stop()).toBe(0);
      const places: readonly [string, string][] = [
        ...read,
        ['standard output', server.standardOutput],
        ['standard error', server.standardError],
        ...filesBelow(data).map((path): [string, string] => [path, readFileSync(path, 'latin1')]),
      ];
      const found = places.flatMap(([place, text]) =>
        secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${place}`),
      );
      expect(found).toEqual([]);
      // The search would find what is there.
      const texts = new Map(places);
      expect(texts.get('/leasebook/v1/events?limit=1000')).toContain('VmsCheckedOut');
      expect(texts.get('/api/v3/full_config')).toContain(slapd === undefined ? 'alma-9' : searcher.dn);
      expect(server.standardOutput).toContain('/api/v2/token');
      expect(places.some(([place, text]) => place.startsWith(data) && text.includes('PoolTokenIssued'))).toBe(true);
    } finally {
      await server.kill();
      await slapd?.remove();
      folder.remove();
    }
  });
});

const filterToken = 'marked-token-of-the-filter-service-Zq97';

/** Allows, forbids, fails and hangs up, in turn; keeps what it was sent. */
async function filterService() {
  const heard: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    heard.push(request);
    request.resume();
    const turn = heard.length % 4;
    if (turn === 0) request.socket.destroy();
    else if (turn === 2) response.writeHead(403).end(JSON.stringify({ message: 'not on a Friday' }));
    else response.writeHead(turn === 1 ? 204 : 500).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(port)}/filter`, heard, close: () => server.close() };
}

/** Leases are made, changed and deleted, whatever the service says to it: the statuses. */
async function useFilter(url: string, admin: string): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < 6; n += 1) {
    const wanted = { name: `l${String(n)}`, start_date: '2041-01-01 09:00', end_date: '2041-01-01 17:00' };
    const made = await ask(url, 'POST', '/v1/leases', { ...wanted, reservations: [], events: [] }, admin);
    statuses.push(made.status);
    const id = (made.body as { lease?: { id: string } }).lease?.id;
    if (id === undefined) continue;
    const changed = await ask(url, 'PUT', `/v1/leases/${id}`, { end_date: '2041-01-01 18:00' }, admin);
    statuses.push(changed.status, (await ask(url, 'DELETE', `/v1/leases/${id}`, undefined, admin)).status);
  }
  return statuses;
}

describe.each(['token', 'tokenFile'] as const)('the %s of the filter service', (kind) => {
  it('is sent to it, and stands in no log line, no file, no report and no event', async () => {
    const folder = temporaryFolder();
    const data = join(folder.path, 'data');
    const service = await filterService();
    const tokenFile = join(folder.path, 'filter-token');
    writeFileSync(tokenFile, `${filterToken}\n`, { mode: 0o600 });
    const credential = kind === 'token' ? { token: filterToken } : { tokenFile };
    writeFileSync(
      join(folder.path, 'leasebook.yaml'),
      stringify({
        simulatedHosts: [{ name: 'node-1', vcpus: 16, memoryMb: 65_536, localGb: 500 }],
        pools: [{ name: 'alma-9', size: 0, template: 'templates/alma-9', hosts: ['node-1'] }],
        poolMetrics: { prometheus: true },
        leaseFilterService: { url: service.url, ...credential },
      }),
    );
    const server = await ServerProcess.start({
      dataDir: data,
      from: 'dist',
      environment: {
        LEASEBOOK_CONFIG: join(folder.path, 'leasebook.yaml'),
        LEASEBOOK_ADMIN_PASSWORD: marked.administrator,
        LEASEBOOK_LOG_LEVEL: 'trace',
      },
    });
    try {
      const statuses = await useFilter(server.url, await logIn(server.url, 'admin', marked.administrator));
      expect(statuses).toEqual(expect.arrayContaining([202, 204, 400]));
      expect(service.heard.length).toBeGreaterThan(4);
      for (const { headers } of service.heard) expect(headers['x-auth-token']).toBe(filterToken);
      const read = await readEverything(server.url);
      expect(await server.stop()).toBe(0);
      const places: readonly [string, string][] = [
        ...read,
        ['standard output', server.standardOutput],
        ['standard error', server.standardError],
        ...filesBelow(data).map((path): [string, string] => [path, readFileSync(path, 'latin1')]),
      ];
      expect(places.filter(([, text]) => text.includes(filterToken)).map(([place]) => place)).toEqual([]);
      // The search would find what is there.
      const found = places.filter(([, text]) => text.includes(service.url)).map(([place]) => place);
      expect(found).toContain('/leasebook/v1/events?limit=1000');
    } finally {
      await server.kill();
      service.close();
      folder.remove();
    }
  });
});
