import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { patternsOf, versionOf } from './routing/mounts.js';
import { rowOf } from './routing/route-metadata.js';
import { vmpoolerRoutes, type VmpoolerRouteRow } from './routing/vmpooler-routes.js';
import { vmpoolerControllers } from './vmpooler.module.js';

const named = ({ method, path }: VmpoolerRouteRow): string => `${method} ${path}`;

const handled = vmpoolerControllers.flatMap(({ prototype }: { readonly prototype: object }) =>
  Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { value }]) => {
    const row = typeof value === 'function' ? rowOf(value as object) : undefined;
    return row === undefined ? [] : [{ name, row }];
  }),
);
const isHead = (name: string): boolean => name.endsWith('Head');

describe('the table of routes', () => {
  it('has each route once', () => {
    expect(new Set(vmpoolerRoutes.map(named)).size).toBe(vmpoolerRoutes.length);
  });

  it('has a handler for every row, and no handler besides', () => {
    expect(handled.filter(({ name }) => !isHead(name)).map(({ row }) => named(row)).sort()).toEqual(
      vmpoolerRoutes.map(named).sort(),
    ); // prettier-ignore
  });

  it('answers HEAD wherever it answers GET', () => {
    const gets = vmpoolerRoutes.filter(({ method }) => method === 'GET');
    expect(handled.filter(({ name }) => isHead(name)).map(({ row }) => named(row)).sort()).toEqual(
      gets.map(named).sort(),
    ); // prettier-ignore
  });

  it('changes nothing for anybody unasked, but checkouts and machines that were taken without a token', () => {
    const open = ['anonymous', 'tokens'];
    expect(vmpoolerRoutes.filter(({ method, access }) => method !== 'GET' && open.includes(access))).toEqual([]);
    expect(vmpoolerRoutes.filter(({ access }) => /optional|-if-/.test(access)).map(named)).toEqual([
      'POST /vm',
      'POST /vm/*',
      'PUT /vm/:host',
      'DELETE /vm/:host',
    ]);
  });

  it('has unversioned routes as in the contract', () => {
    const unversioned = vmpoolerRoutes.filter(({ place }) => place === 'both').map(named);
    expect(unversioned.sort()).toEqual(
      [
        'GET /status',
        'GET /summary',
        'GET /summary/:section',
        'GET /summary/:section/:part',
        'GET /token',
        'GET /token/:token',
        'GET /vm',
        'GET /vm/:host',
        'POST /token',
        'POST /vm',
        'POST /vm/*',
        'POST /vm/:host/snapshot',
        'POST /vm/:host/snapshot/:snapshot',
        'DELETE /token/:token',
        'DELETE /vm/:host',
        'PUT /vm/:host',
      ].sort(),
    );
  });
});

describe('patterns', () => {
  it('have a slash at the end or none, under every mount', () => {
    const patterns = patternsOf({ method: 'GET', path: '/vm/:host', access: 'anonymous', place: 'both' });
    expect(patterns).toHaveLength(16);
    expect(patterns).toContain('/vmpooler/api/v3/vm/:host(^[^/]+$)/');
    expect(patterns).toContain('/vm/:host(^[^/]+$)');
  });

  it.each([
    ['/api/v3/vm', 3],
    ['/vmpooler/api/v2/vm/*', 2],
    ['/api/v1/status', 1],
    ['/vm', 1],
    ['/vmpooler/vm/', 1],
    ['', 1],
  ])('%s is of version %d', (pattern, version) => {
    expect(versionOf(pattern)).toBe(version);
  });
});
