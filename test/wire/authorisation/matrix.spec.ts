import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  adminPassword,
  ask,
  makePeople,
  startInProcess,
  type Answer,
  type InProcessServer,
  type People,
} from '../../in-process-server.js';
import { logIn } from '../../server-process.js';
import { routeRows, type RouteRow, type RowAccess } from './route-rows.js';

const nobody = ['no token', 'bad token', 'expired token'] as const;
const somebody = ['reader', 'member', 'stranger', 'admin'] as const;
type Person = (typeof nobody)[number] | (typeof somebody)[number];
const everybody: readonly Person[] = [...nobody, ...somebody];

const unknownId = '00000000000040008000000000000000';
const image = '7d3f8f3a-0c0e-4d6a-9d4d-3a4a0c5f2b11';

/** Bodies that Nova lets through to its policy: everything else about a request is looked at first. */
const novaBodies: Readonly<Record<string, unknown>> = {
  'POST /os-aggregates': { aggregate: { name: 'refused' } },
  'PUT /os-aggregates/:id': { aggregate: { name: 'refused' } },
  'POST /os-aggregates/:id/images': { cache: [{ id: image }] },
  add_host: { add_host: { host: 'compute-1' } },
  remove_host: { remove_host: { host: 'compute-1' } },
  set_metadata: { set_metadata: { metadata: { key: 'value' } } },
};

let server: InProcessServer;
let people: People;
let tokens: Record<Person, string | undefined>;
let projects: Record<Person, string>;

beforeAll(async () => {
  // Without pools: only what is asked for here writes to the log.
  server = await startInProcess({ settings: { pools: [] } });
  const expired = await logIn(server.url, 'admin', adminPassword);
  server.time.offset = 2 * 3_600_000;
  people = await makePeople(server.url);
  const { admin, demo, reader, stranger, ids } = people;
  tokens = {
    'no token': undefined,
    'bad token': 'gAAAAABnobody',
    'expired token': expired,
    reader,
    member: demo,
    stranger,
    admin,
  };
  const adminProject = (await ask(server.url, 'GET', '/v3/projects?name=admin', { token: admin })).json.projects[0].id;
  projects = {
    'no token': adminProject,
    'bad token': adminProject,
    'expired token': adminProject,
    reader: ids.demoProject,
    member: ids.demoProject,
    stranger: ids.strangerProject,
    admin: adminProject,
  };
}, 60_000);

afterAll(() => server.stop());

interface Asked {
  readonly person: Person;
  /** Whose user is named in the path, where one is. */
  readonly subject: Person | 'nobody';
}

/** A request that nothing but who asks is wrong with. */
function requestOf(row: RouteRow, asked: Asked): Promise<Answer> {
  const path = row.path
    .replace(':projectId(^[0-9a-f-]+$)', projects[asked.person])
    .replaceAll('(^[^/]+$)', '')
    .replace(/:userId/, userOf(asked.subject))
    .replace(/:(\w+)/g, (_all, name: string) => placeholder(row, name))
    .replace(/\/?\*$/, '/nothing-of-that-name');
  const token = tokens[asked.person];
  const body = bodyOf(row);
  return ask(server.url, row.method === '*' ? 'GET' : row.method, path, {
    ...(token === undefined ? {} : { token }),
    ...(body === undefined ? {} : { json: body }),
    headers:
      row.face === 'nova' && row.microversion !== undefined ? { 'x-openstack-nova-api-version': row.microversion } : {},
  });
}

function userOf(person: Person | 'nobody'): string {
  const { adminUser, demoUser, readerUser, strangerUser } = people.ids;
  const users: Partial<Record<Person | 'nobody', string>> = {
    admin: adminUser,
    member: demoUser,
    reader: readerUser,
    stranger: strangerUser,
  };
  return users[person] ?? unknownId;
}

function placeholder({ face, pattern }: RouteRow, name: string): string {
  if (face === 'nova')
    return name === 'id' && pattern.includes('/versions/') ? 'v2.1' : name === 'pattern' ? 'compute' : '999999';
  if (face === 'leasebook') return name === 'kind' ? 'aggregate' : '999999';
  return unknownId;
}

function bodyOf({ face, method, pattern, action }: RouteRow): unknown {
  if (method === 'GET' || method === 'HEAD' || method === 'DELETE' || method === '*') return undefined;
  // Without a name Blazar forbids it, as it does what policy does not allow.
  if (face === 'blazar') return pattern.includes('os-hosts') && method === 'POST' ? { name: 'nobody' } : {};
  if (face !== 'nova') return {};
  const after = pattern.replace(/^.*(?=\/os-)/, '').replace(/\(\^[^)]*\)/g, '');
  const body = novaBodies[action ?? `${method} ${after}`];
  if (body === undefined) throw new Error(`no body for ${action ?? ''} ${method} ${after}`);
  return body;
}

function mayUse({ access }: RouteRow, { person, subject }: Asked): boolean {
  const isNobody = (nobody as readonly string[]).includes(person);
  switch (access) {
    case 'anonymous':
      return true;
    case 'token':
      return !isNobody;
    case 'member':
      return !isNobody && person !== 'reader';
    case 'admin':
      return person === 'admin';
    case 'self':
      return !isNobody && person === subject;
    case 'self-or-admin':
      return !isNobody && (person === subject || person === 'admin');
    case 'other':
    case 'pool-token':
      throw new Error('these are looked at apart');
  }
}

/** The refusal in the face's own words. */
function expectRefusal(row: RouteRow, person: Person, answer: Answer): void {
  const status = (nobody as readonly string[]).includes(person) ? 401 : 403;
  expect([person, answer.status]).toEqual([person, status]);
  if (row.method === 'HEAD') return;
  if (row.face === 'leasebook') {
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.json).toMatchObject({ status, code: status === 401 ? 'unauthenticated' : 'forbidden' });
  } else if (row.face === 'nova' && status === 403) {
    const message = `Policy doesn't allow ${row.policy ?? ''} to be performed.`;
    expect(answer.json).toEqual({ forbidden: { code: 403, message } });
  } else if (row.face === 'blazar' && status === 403) {
    const message = `Policy doesn't allow ${row.policy ?? ''} to be performed`;
    expect(answer.json).toEqual({ error_code: 403, error_message: message, error_name: 403 });
  } else if (row.face !== 'image') {
    const title = status === 401 ? 'Unauthorized' : 'Forbidden';
    expect(answer.json).toMatchObject({ error: { code: status, title } });
    if (status === 401) expect(answer.headers.get('www-authenticate')).toBe(`Keystone uri="${server.url}/v3"`);
  }
}

const nameOf = ({ method, pattern, path, action, microversion, face }: RouteRow): string =>
  [method, pattern === path ? path : `${path} (${pattern})`, action, face === 'nova' ? microversion : undefined].filter((part) => part !== undefined).join(' '); // prettier-ignore

const apart: readonly RowAccess[] = ['other', 'pool-token'];
const here = routeRows.filter(({ access }) => !apart.includes(access));
const guarded = here.filter(({ access }) => access !== 'anonymous');

describe('the route table', () => {
  it('names every registered route, and no route that is not registered', () => {
    const registered = new Set(server.running.routes.map(({ method, path }) => `${method} ${path}`));
    const all = new Set(routeRows.filter(({ method }) => method === '*').map(({ pattern }) => pattern));
    const single = new Set(
      routeRows.filter(({ method }) => method !== '*').map(({ method, pattern }) => `${method} ${pattern}`),
    );
    const unnamed = [...registered].filter(
      (route) => !single.has(route) && !all.has(route.slice(route.indexOf(' ') + 1)),
    );
    expect(unnamed).toEqual([]);
    const missing = [...single].filter(
      (route) => !registered.has(route) && !all.has(route.slice(route.indexOf(' ') + 1)),
    );
    const missingAll = [...all].filter((pattern) => !registered.has(`GET ${pattern}`));
    expect([...missing, ...missingAll]).toEqual([]);
    expect(registered.size).toBeGreaterThan(200);
  });
});

describe('who may not', () => {
  it.each(guarded.map((row) => [nameOf(row), row] as const))('%s', async (_name, row) => {
    const before = await server.running.ports.eventStore.head();
    const subjects: readonly (Person | 'nobody')[] = row.pattern.includes(':userId')
      ? ['nobody', 'admin', 'member']
      : ['nobody'];
    for (const person of everybody)
      for (const subject of subjects)
        if (!mayUse(row, { person, subject })) expectRefusal(row, person, await requestOf(row, { person, subject }));
    expect(await server.running.ports.eventStore.head()).toEqual(before);
  });
});

describe('who may', () => {
  const named = here.map((row) => [nameOf(row), row] as const);
  it.each(named)('%s', async (_name, row) => {
    for (const person of everybody) {
      const asked: Asked = { person, subject: row.access.startsWith('self') ? person : 'nobody' };
      if (!mayUse(row, asked)) continue;
      const { status } = await requestOf(row, asked);
      expect([person, [401, 403].includes(status), status >= 500]).toEqual([person, false, false]);
    }
  });
});

/** Nova's root answers every path with its versions (300); inside their APIs Nova and Blazar ask for the token before they look at the path. */
function elsewhere({ face, pattern }: RouteRow, person: Person): readonly number[] {
  if ((face !== 'nova' && face !== 'blazar') || pattern === '/reservation/*') return [404];
  if (pattern === '/compute/*') return [300];
  return (nobody as readonly string[]).includes(person) ? [401] : [404];
}

describe('what no route takes', () => {
  it.each(routeRows.filter(({ access }) => access === 'other').map((row) => [nameOf(row), row] as const))(
    '%s',
    async (_name, row) => {
      for (const person of everybody) {
        const { status } = await requestOf(row, { person, subject: 'nobody' });
        expect([person, elsewhere(row, person).includes(status), status]).toEqual([person, true, status]);
      }
    },
  );
});
