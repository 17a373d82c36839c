import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ask,
  makePeople,
  startInProcess,
  type Answer,
  type InProcessServer,
  type People,
} from '../../in-process-server.js';

interface Operation {
  readonly operationId?: string;
  readonly security?: readonly Record<string, readonly string[]>[];
  readonly requestBody?: object;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Record<string, object> }>
  >;
}

interface Document {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly servers: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Record<string, object>; readonly securitySchemes: Record<string, object> };
}

const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;
const methods = ['get', 'post', 'put', 'patch', 'delete'];

let server: InProcessServer;
let people: People;
let answer: Answer;
let document: Document;
let ajv: Ajv2020;

beforeAll(async () => {
  server = await startInProcess();
  people = await makePeople(server.url);
  answer = await ask(server.url, 'GET', '/openapi.json');
  document = answer.json as Document;
  ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(document, 'api');
  await ask(server.url, 'POST', '/v2.1/os-aggregates', {
    token: people.admin,
    json: { aggregate: { name: 'rack-1' } },
  });
}, 60_000);

afterAll(() => server.stop());

/** The schema of that answer, by its place in the document. */
function schemaOf(path: string, method: string, status: number, type: string): ValidateFunction {
  const part = (text: string): string => encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'));
  const place = ['paths', path, method, 'responses', String(status), 'content', type, 'schema'].map(part).join('/');
  const schema = ajv.getSchema(`api#/${place}`);
  if (schema === undefined) throw new Error(`${method} ${path} ${status} ${type} is not described`);
  return schema;
}

describe('GET /openapi.json', () => {
  it('is a valid description in OpenAPI 3.1', async () => {
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json(;|$)/);
    const result = await new Validator().validate(structuredClone(document) as never);
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(document.openapi).toBe('3.1.0');
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect(document.info.version).toBe(version);
  });

  it('describes our own API and nothing else, with an operation for each of its routes', () => {
    const own = server.running.routes
      .filter(
        ({ method, path }) =>
          path.startsWith('/leasebook/v1') && !path.endsWith('/') && !path.includes('*') && method !== 'HEAD',
      )
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    const described = Object.entries(document.paths).flatMap(
      ([path, operations]) =>
      Object.keys(operations).filter((method) => methods.includes(method)).map((method) => `${method.toUpperCase()} ${path}`), // prettier-ignore
    );
    expect(described.sort()).toEqual([...new Set(own)].sort());
    expect(described.length).toBeGreaterThan(8);
  });

  it('tells of every operation who may use it, what it answers, and how it refuses', () => {
    expect(document.components.securitySchemes).toMatchObject({
      token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' },
    });
    for (const [path, operations] of Object.entries(document.paths))
      for (const [method, operation] of Object.entries(operations)) {
        const where = `${method} ${path}`;
        expect([where, operation.operationId]).toEqual([where, expect.stringMatching(/^[a-z]\w+$/)]);
        const parameters = (operation.parameters ?? []).map(({ name, in: place }) => `${place} ${name}`);
        expect([where, parameters]).toEqual([where, [...new Set(parameters)]]);
        for (const segment of path.matchAll(/\{(\w+)\}/g)) expect(parameters).toContain(`path ${segment[1] ?? ''}`);
        const open = path === '/leasebook/v1';
        expect([where, operation.security]).toEqual([where, open ? undefined : [{ token: [] }]]);
        const statuses = Object.keys(operation.responses);
        expect([where, statuses]).toEqual([where, expect.arrayContaining(open ? ['200'] : ['401', '403', '503'])]);
        for (const [status, { content }] of Object.entries(operation.responses))
          if (Number(status) >= 400)
            expect([where, status, Object.keys(content ?? {})]).toEqual([where, status, ['application/problem+json']]);
      }
  });

  it('has no leftovers of OpenAPI 3.0', () => {
    expect(answer.text).not.toContain('"nullable"');
  });
});

describe('answers are as described', () => {
  it.each<[string, string, string, number, object | undefined]>(
    (
      [
        ['get', '/leasebook/v1', '/leasebook/v1', 200],
        ['get', '/leasebook/v1/events', '/leasebook/v1/events?limit=500', 200],
        ['get', '/leasebook/v1/events', '/leasebook/v1/events?limit=1', 200],
        ['get', '/leasebook/v1/events', '/leasebook/v1/events?limit=0', 400],
        ['get', '/leasebook/v1/history/{kind}/{id}', '/leasebook/v1/history/aggregate/1', 200],
        ['get', '/leasebook/v1/history/{kind}/{id}', '/leasebook/v1/history/configuration/all', 200],
        ['get', '/leasebook/v1/history/{kind}/{id}', '/leasebook/v1/history/aggregate/1?after=x', 400],
        ['get', '/leasebook/v1/read-models', '/leasebook/v1/read-models', 200],
        ['post', '/leasebook/v1/read-models/{name}/retry', '/leasebook/v1/read-models/aggregates/retry', 409],
        ['post', '/leasebook/v1/read-models/{name}/skip', '/leasebook/v1/read-models/nothing/skip', 404],
        [
          'get',
          '/leasebook/v1/host-availabilities',
          '/leasebook/v1/host-availabilities?from=2046-01-01T00:00:00Z&to=2046-01-02T00:00:00Z&host=1',
          200,
        ],
        ['get', '/leasebook/v1/host-availabilities', '/leasebook/v1/host-availabilities?from=x', 400],
        [
          'post',
          '/leasebook/v1/lease-plans',
          '/leasebook/v1/lease-plans',
          200,
          { endsAt: '2046-01-01T00:00:00Z', reservations: [] },
        ],
        ['post', '/leasebook/v1/lease-plans', '/leasebook/v1/lease-plans', 400, {}],
        ['get', '/leasebook/v1/hypervisors/{id}', '/leasebook/v1/hypervisors/1', 200],
        ['get', '/leasebook/v1/hypervisors/{id}', '/leasebook/v1/hypervisors/none', 404],
        ['post', '/leasebook/v1/hypervisors/{id}/enable', '/leasebook/v1/hypervisors/999/enable', 404],
        ['post', '/leasebook/v1/hypervisors/{id}/disable', '/leasebook/v1/hypervisors/1/disable', 400, { reason: 7 }],
      ] as [string, string, string, number, object?][]
    ).map(([method, path, url, status, json]) => [method, path, url, status, json]),
  )('%s %s (%s): %i', async (method, path, url, status, json) => {
    const given = await ask(server.url, method.toUpperCase(), url, {
      token: people.admin,
      ...(json === undefined ? {} : { json }),
    });
    expect(given.status).toBe(status);
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    expect(given.headers.get('content-type')?.split(';', 1)[0]).toBe(type);
    const fits = schemaOf(path, method, status, type);
    fits(given.json);
    expect(fits.errors ?? []).toEqual([]);
  });

  it('also where a reservation is on a hypervisor', () => {
    const id = '5f3a1c0e-6f0b-4b35-8b7e-6d2a5c9e0411';
    const names = { id: 1, uuid: id, hypervisorHostname: 'compute-1', serviceHost: 'compute-1', partition: 'default' };
    const fits = schemaOf('/leasebook/v1/hypervisors/{id}', 'get', 200, 'application/json');
    expect(fits({ ...names, takenBy: { leaseId: id, reservationId: id, fencingToken: 7 } })).toBe(true);
    expect(fits({ ...names, takenBy: null })).toBe(true);
    expect(fits({ ...names, takenBy: { leaseId: id } })).toBe(false);
  });

  it('and a schema refuses what is not so', () => {
    const fits = schemaOf('/leasebook/v1/events', 'get', 200, 'application/json');
    expect(fits({ events: [{ position: 'one' }], next: null })).toBe(false);
  });
});
