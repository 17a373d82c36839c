import { request as httpRequest } from 'node:http';
import { AddHostToAggregate } from '#inventory';
import { OutcomeUnknown, StoreUnavailable } from '#kernel';
import { novaRoutes } from '../../../apps/server/src/facades/nova/index.js';
import { sampleHypervisor, startMemoryNova, type MemoryNova } from './memory-nova.js';

const hypervisors = [
  sampleHypervisor(1),
  sampleHypervisor(2, { cpuInfo: null, diskAvailableLeastGb: null, hypervisorHostname: 'blade-2.ironic' }),
  sampleHypervisor(3, { forcedDown: true }),
];
const [first, second] = hypervisors;
const uptimes = new Map([[first?._id ?? '', ' 09:41:03 up 31 days,  6:22,  2 users,  load average: 0.82, 0.64, 0.58']]);

let nova: MemoryNova;

beforeAll(async () => {
  nova = await startMemoryNova(hypervisors, { uptimes });
});

afterAll(() => nova.stop());

afterEach(() => {
  delete nova.trouble.thrown;
  delete nova.trouble.refused;
  delete nova.trouble.stale;
});

async function ask(
  request: string,
  headers: Readonly<Record<string, string>> = {},
  body?: unknown,
): Promise<{ status: number; headers: Headers; json: ReturnType<typeof JSON.parse> }> {
  const [method = 'GET', path = '/'] = request.split(' ');
  const answer = await fetch(`${nova.url}${path}`, {
    method,
    headers: {
      'x-auth-token': 'admin-token',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, json: text === '' ? undefined : JSON.parse(text) };
}

const at = (version: string): Record<string, string> => ({ 'openstack-api-version': `compute ${version}` });

describe('every microversion from 2.1 to 2.104', () => {
  it.each(['/v2.1/os-aggregates', '/compute/v2.1/os-hypervisors', '/v2.1/os-hypervisors/detail'])(
    'is accepted and echoed at %s',
    async (path) => {
      for (let minor = 1; minor <= 104; minor += 1) {
        const version = `2.${String(minor)}`;
        for (const asked of [at(version), { 'x-openstack-nova-api-version': version }]) {
          const { status, headers } = await ask(`GET ${path}`, asked);
          expect([
            version,
            status,
            headers.get('openstack-api-version'),
            headers.get('x-openstack-nova-api-version'),
          ]).toEqual([version, 200, `compute ${version}`, version]);
        }
      }
    },
  );

  it('is not at 2.105', async () => {
    expect((await ask('GET /v2.1/os-aggregates', at('2.105'))).status).toBe(406);
  });
});

describe('when something behind the face fails', () => {
  const create = { aggregate: { name: 'x' } };

  it.each<[string, unknown, number, string, string]>([
    ['an unknown outcome', new OutcomeUnknown('timeout'), 503, 'serviceUnavailable', 'safe to ask again'],
    ['a store that does not answer', new StoreUnavailable('closed'), 503, 'serviceUnavailable', 'nothing was changed'],
    ['what nobody foresaw', new Error('secret detail'), 500, 'computeFault', 'Unexpected API Error'],
    ['something that is no error', 'secret detail', 500, 'computeFault', 'Unexpected API Error'],
  ])('%s leaves in the envelope', async (_name, thrown, status, fault, words) => {
    nova.trouble.thrown = thrown;
    for (const request of ['POST /v2.1/os-aggregates', 'GET /v2.1/os-hypervisors/detail']) {
      const answer = await ask(request, at('2.60'), request.startsWith('POST') ? create : undefined);
      expect(answer.status).toBe(status);
      expect(answer.json).toEqual({ [fault]: { code: status, message: expect.stringContaining(words) } });
      expect(JSON.stringify(answer.json)).not.toContain('secret');
      expect(answer.headers.get('openstack-api-version')).toBe('compute 2.60');
      expect(answer.headers.get('x-compute-request-id')).toMatch(/^req-/);
      expect(answer.headers.get('retry-after')).toBe(status === 503 ? '1' : null);
    }
  });

  it('an identity service that does not answer is 503, not 401', async () => {
    const answer = await ask('GET /v2.1/os-aggregates', { 'x-auth-token': 'unknowable' });
    expect(answer.status).toBe(503);
    expect(answer.json.error.code).toBe(503);
    expect(answer.headers.get('openstack-api-version')).toBeNull();
  });

  it('a read model that is behind says so', async () => {
    nova.trouble.stale = true;
    for (const path of [
      '/v2.1/os-aggregates',
      '/v2.1/os-hypervisors',
      '/v2.1/os-hypervisors/1',
      '/v2.1/os-hypervisors/statistics',
      '/v2.1/os-hypervisors/node/search',
    ]) {
      const { headers, status } = await ask(`GET ${path}`);
      expect([path, status, headers.get('warning')]).toEqual([path, 200, expect.stringMatching(/^110 /)]);
    }
    nova.trouble.stale = false;
    expect((await ask('GET /v2.1/os-aggregates')).headers.get('warning')).toBeNull();
  });

  it.each([
    ['busy', 503, 'serviceUnavailable', 'try again'],
    [
      'host-has-servers',
      409,
      'conflictingRequest',
      'Cannot remove host from aggregate 1. Reason: The host cannot be removed because it has 2 server(s) and its availability zone would change from a to b.',
    ],
    ['service-already-so', 409, 'conflictingRequest', 'condition'],
    ['hypervisor-unknown', 404, 'itemNotFound', "Hypervisor with ID '7' could not be found."],
  ])('the refusal %s', async (code, status, fault, words) => {
    nova.trouble.refused = code;
    const answer = await ask('POST /v2.1/os-aggregates/7/action', {}, { remove_host: { host: 'h' } });
    expect(answer.status).toBe(status);
    expect(answer.json[fault].message).toContain(words);
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? '1' : null);
  });
});

describe('hypervisors as they come from elsewhere', () => {
  it('without cpu_info and free disk', async () => {
    const old = await ask('GET /v2.1/os-hypervisors/2');
    expect(old.json.hypervisor).toMatchObject({
      cpu_info: '',
      disk_available_least: null,
      hypervisor_hostname: 'blade-2.ironic',
      service: { host: 'node-2' },
    });
    expect((await ask('GET /v2.1/os-hypervisors/2', at('2.28'))).json.hypervisor.cpu_info).toEqual({});
  });

  it('with cpu_info, as text and as an object', async () => {
    expect(JSON.parse((await ask('GET /v2.1/os-hypervisors/1')).json.hypervisor.cpu_info)).toEqual(first?.cpuInfo);
    expect((await ask('GET /v2.1/os-hypervisors/1', at('2.28'))).json.hypervisor.cpu_info).toEqual(first?.cpuInfo);
  });

  it('by uuid in any case', async () => {
    const answer = await ask(`GET /v2.1/os-hypervisors/${first?._id.toUpperCase() ?? ''}`, at('2.53'));
    expect(answer.json.hypervisor.id).toBe(first?._id);
  });

  it('forced down is down', async () => {
    expect((await ask('GET /v2.1/os-hypervisors/3')).json.hypervisor.state).toBe('down');
    expect((await ask('GET /v2.1/os-hypervisors/3/uptime')).status).toBe(400);
  });

  it('an uptime that is not known is null, but an error where uptime is all that is asked for', async () => {
    expect((await ask(`GET /v2.1/os-hypervisors/${second?._id ?? ''}`, at('2.88'))).json.hypervisor.uptime).toBeNull();
    const answer = await ask('GET /v2.1/os-hypervisors/2/uptime');
    expect(answer.status).toBe(501);
    expect(answer.json).toEqual({
      notImplemented: { code: 501, message: 'The requested functionality is not supported.' },
    });
  });
});

describe('what goes along with a command', () => {
  const brought = 'req-0d9e5bd1-4a5e-4b55-9a53-1c2f1f0f7c10';

  it.each([
    ['a request id of the client correlates', brought, brought],
    ['anything else does not', 'req-1', undefined],
  ])('%s', async (_name, header, correlation) => {
    nova.seen.length = 0;
    const { headers } = await ask(
      'POST /v2.1/os-aggregates/1/action',
      { 'x-openstack-request-id': header },
      { add_host: { host: 'node-1' } },
    );
    const command = nova.seen.find((one) => one instanceof AddHostToAggregate);
    const own = headers.get('x-openstack-request-id');
    expect(command?.context).toMatchObject({
      facade: 'nova',
      requestId: own,
      correlationId: correlation ?? own,
      actor: { userId: 'admin-id' },
      repeatable: false,
    });
  });

  it('an Idempotency-Key makes the command repeatable, and must have a length', async () => {
    const key = { 'idempotency-key': 'k1' };
    nova.seen.length = 0;
    for (let time = 0; time < 2; time += 1) await ask('POST /v2.1/os-aggregates', key, { aggregate: { name: `n` } });
    const [one, two] = nova.seen as { context: { commandId: string; repeatable: boolean } }[];
    expect(one?.context).toMatchObject({ repeatable: true, commandId: two?.context.commandId });
    const tooLong = await ask(
      'POST /v2.1/os-aggregates',
      { 'idempotency-key': 'x'.repeat(256) },
      { aggregate: { name: 'n' } },
    );
    expect([tooLong.status, tooLong.json.badRequest.code]).toEqual([400, 400]);
  });

  it('nothing reaches the buses when the face refuses', async () => {
    nova.seen.length = 0;
    await ask('POST /v2.1/os-aggregates', {}, { aggregate: { name: '' } });
    await ask('POST /v2.1/os-aggregates', { 'x-auth-token': 'demo-token' }, { aggregate: { name: 'n' } });
    await ask('GET /v2.1/os-aggregates', { 'x-auth-token': 'unscoped-token' });
    expect(nova.seen).toEqual([]);
  });

  it('a token without a project has none to name', async () => {
    const answer = await ask('GET /v2.1/abc/os-aggregates', { 'x-auth-token': 'unscoped-token' });
    expect(answer.json.badRequest.message).toContain("Context's project_id 'None'");
    expect((await ask('GET /v2.1/os-aggregates', { 'x-auth-token': 'unscoped-token' })).status).toBe(403);
  });
});

describe('a request target that names the server', () => {
  /** As a proxy gets it; fetch would never send it. */
  const status = (token: string, target: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const sent = httpRequest(nova.url, { path: target, headers: { 'x-auth-token': token } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      sent.on('error', reject);
      sent.end();
    });

  it.each([
    ['admin-token', 'http://elsewhere/v2.1/os-aggregates', 200],
    ['demo-token', 'http://elsewhere/v2.1/os-aggregates', 403],
    ['nobody', 'http://elsewhere/v2.1/os-aggregates', 401],
    ['nobody', 'HTTPS://elsewhere:1/compute/v2.1/os-hypervisors/1', 401],
    ['nobody', 'http://elsewhere/compute/v2/os-hypervisors/1', 401],
    ['nobody', 'http://elsewhere/v2.1/', 200],
    ['nobody', 'http://elsewhere?x', 404],
  ])('%s asking %s gets %d', async (token, target, expected) => {
    expect(await status(token, target)).toBe(expected);
  });
});

describe('the route table', () => {
  const router = (): { hasRoute(options: { method: string; url: string }): boolean } =>
    nova.app.getHttpAdapter().getInstance();

  it('names every operation, and each is there', () => {
    const operations = new Set(
      novaRoutes.filter((row) => row.access === 'admin').map((row) => `${row.method} ${row.path} ${row.policy ?? ''}`),
    );
    expect(operations.size).toBe(16);
    for (const { method, pattern } of novaRoutes)
      expect([method, pattern, router().hasRoute({ method: method === '*' ? 'PATCH' : method, url: pattern })]).toEqual(
        [method, pattern, true],
      );
  });

  it('has each operation under eight mounts', () => {
    expect(novaRoutes.filter((row) => row.path === '/os-hypervisors/:id/uptime')).toHaveLength(8);
    expect(novaRoutes.filter((row) => row.action === 'add_host').map((row) => row.policy)).toEqual(
      Array(8).fill('os_compute_api:os-aggregates:add_host'),
    );
  });
});
