import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { keystoneControllers } from './keystone.module.js';
import { keystoneRoutes, methodsFor } from './routing/keystone-routes.js';
import { rowOf } from './routing/route-metadata.js';

const named = ({ method, path }: { readonly method: string; readonly path: string }): string => `${method} ${path}`;

const handled = keystoneControllers.flatMap(({ prototype }) =>
  Object.values(Object.getOwnPropertyDescriptors(prototype)).flatMap(({ value }) => {
    const row = typeof value === 'function' ? rowOf(value as object) : undefined;
    return row === undefined ? [] : [row];
  }),
);

describe('the table of routes', () => {
  it('has each route once', () => {
    expect(new Set(keystoneRoutes.map(named)).size).toBe(keystoneRoutes.length);
  });

  it('has a handler for every row, and no handler besides them and the two root documents', () => {
    const documents = ['GET ', 'GET '];
    expect(handled.map(named).sort()).toEqual([...keystoneRoutes.map(named), ...documents].sort());
  });

  it('lets nobody in unasked but to documents and to log in', () => {
    const open = keystoneRoutes.filter((row) => row.access === 'anonymous').map(named);
    expect(open).toEqual(['GET ', 'POST /auth/tokens']);
  });

  it('says which methods a path has', () => {
    expect(methodsFor('/users/0a')).toEqual(['GET', 'PATCH', 'DELETE']);
    expect(methodsFor('/users/')).toEqual([]);
    expect(methodsFor('/nothing')).toEqual([]);
  });
});
