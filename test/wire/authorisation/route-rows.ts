import 'reflect-metadata';
import { RequestMethod } from '@nestjs/common';
import {
  blazarOtherPaths,
  blazarPatternsOf,
  blazarRoutes,
  blazarVersionPaths,
} from '../../../apps/server/src/facades/blazar/index.js';
import { imageRoutes } from '../../../apps/server/src/facades/image/index.js';
import { keystoneMounts, keystoneRoutes } from '../../../apps/server/src/facades/keystone/index.js';
import { accessOf, LeasebookModule } from '../../../apps/server/src/facades/leasebook/index.js';
import { novaRoutes } from '../../../apps/server/src/facades/nova/index.js';
import { vmpoolerPatternsOf, vmpoolerRoutes } from '../../../apps/server/src/facades/vmpooler/index.js';

export type Face = 'nova' | 'blazar' | 'keystone' | 'image' | 'leasebook' | 'vmpooler' | 'operations';

/**
 * Who may use a route; `member`: who is more than a reader; `other`: whatever no other route of the face takes, refused by the face's own errors;
 * `pool-token`: by rules of its own, which vmpooler-matrix.spec.ts looks at.
 */
export type RowAccess = 'anonymous' | 'token' | 'member' | 'admin' | 'self' | 'self-or-admin' | 'other' | 'pool-token';

/** One row of the matrix. */
export interface RouteRow {
  readonly face: Face;
  /** `*`: any. */
  readonly method: string;
  /** As the router knows it. */
  readonly pattern: string;
  /** What is asked for, where the pattern stands for more than this row. */
  readonly path: string;
  readonly access: RowAccess;
  /** Nova: an operation named in the body, the microversion; Nova and Blazar: the policy's name. */
  readonly action?: string;
  readonly policy?: string;
  readonly microversion?: string;
}

const slashed = (path: string): readonly string[] => (path.endsWith('/') ? [path] : [path, `${path}/`]);

/** Wildcards, and routes that came later than the version at which their mount is frozen. */
const isElsewhere = (method: string, pattern: string, from = 1): boolean =>
  (method === '*' && pattern.endsWith('*')) || (from > 1 && /^(?:\/compute)?\/v2\//.test(pattern));

function ofNova(): readonly RouteRow[] {
  return novaRoutes.map(({ method, pattern, path, access, action, policy, from, to }) => ({
    face: 'nova',
    method,
    pattern,
    path: pattern.endsWith('*') ? path : pattern,
    access: isElsewhere(method, pattern, from) ? 'other' : access === 'open' ? 'anonymous' : access,
    ...(action === undefined ? {} : { action }),
    ...(policy === undefined ? {} : { policy }),
    microversion: `2.${String(to ?? from ?? 1)}`,
  }));
}

function ofKeystone(): readonly RouteRow[] {
  const rows = keystoneRoutes.flatMap(({ method, path, access }) =>
    keystoneMounts.flatMap((mount) => slashed(`${mount}${path}`)).map((pattern) => ({ method, pattern, access })),
  );
  const documents = ['/', '/identity', '/identity/'].map((pattern) => ({
    method: 'GET',
    pattern,
    access: 'anonymous' as const,
  }));
  const others = ['/identity/*', '/v3*'].map((pattern) => ({ method: '*', pattern, access: 'other' as const }));
  return [...rows, ...documents, ...others].map((row) => ({ ...row, face: 'keystone', path: row.pattern }));
}

function ofImage(): readonly RouteRow[] {
  const rows = imageRoutes.flatMap(({ method, path, access }) =>
    slashed(path).map((pattern) => ({ method, pattern, access })),
  );
  const others = [{ method: '*', pattern: '/image/*', access: 'other' as const }];
  return [...rows, ...others].map((row) => ({ ...row, face: 'image', path: row.pattern }));
}

type ControllerClass = (new (...args: never[]) => object) & object;

/** From what the controllers' own decorators say. */
function ofLeasebook(): readonly RouteRow[] {
  const controllers = Reflect.getMetadata('controllers', LeasebookModule) as readonly ControllerClass[];
  return controllers.flatMap((controller) => {
    const prefix = Reflect.getMetadata('path', controller) as string;
    const members = Object.entries(Object.getOwnPropertyDescriptors(controller.prototype));
    return members.flatMap(([name, { value }]) => {
      if (name === 'constructor') return [];
      const handler = value as object;
      const paths = (Reflect.getMetadata('path', handler) as string | readonly string[] | undefined) ?? [];
      const method = RequestMethod[Reflect.getMetadata('method', handler) as RequestMethod];
      return [paths].flat().map((path): RouteRow => {
        const pattern = asRegistered(prefix, path);
        const declared = accessOf(handler);
        if (declared === undefined) throw new Error(`${method} ${pattern} does not say who may use it`);
        const isAll = method === 'ALL';
        const access = isAll ? 'other' : declared;
        return { face: 'leasebook', method: isAll ? '*' : method, pattern, path: pattern, access };
      });
    });
  });
}

/** As Nest joins them: one slash at the end is taken off. */
function asRegistered(prefix: string, path: string): string {
  return `/${prefix}/${path === '/' ? '' : path}`
    .replace(/^\/+/, '/')
    .replace(/(?<=[^/])\/+(?=[^/])/g, '/')
    .replace(/\/$/, '');
}

/** HEAD is GET there. Whoever has a token for a project may read. */
function ofBlazar(): readonly RouteRow[] {
  const rows = blazarRoutes.flatMap((row) =>
    blazarPatternsOf(row).flatMap((pattern) =>
      (row.method === 'GET' ? ['GET', 'HEAD'] : [row.method]).map((method) => ({
        method,
        pattern,
        path: pattern,
        access: row.access === 'reader' ? ('token' as const) : row.access,
        policy: `blazar:${row.rule}`,
      })),
    ),
  );
  const documents = blazarVersionPaths
    .map((path) => path.replace(/\/\/$/, '/'))
    .map((pattern) => ({ method: '*', pattern, path: pattern, access: 'anonymous' as const }));
  const others = blazarOtherPaths.map((pattern) => {
    const path = `${pattern.replace(/\/?\*$/, '')}/nothing/of-that-name`;
    return { method: '*', pattern, path, access: 'other' as const };
  });
  return [...rows, ...documents, ...others].map((row) => ({ ...row, face: 'blazar' }));
}

/** HEAD is GET there. */
function ofVmpooler(): readonly RouteRow[] {
  return vmpoolerRoutes.flatMap((row) =>
    vmpoolerPatternsOf(row).flatMap((pattern) =>
      (row.method === 'GET' ? ['GET', 'HEAD'] : [row.method]).map((method): RouteRow => ({
        face: 'vmpooler',
        method,
        pattern,
        path: pattern,
        access: 'pool-token',
      })),
    ),
  );
}

function ofOperations(): readonly RouteRow[] {
  return ['/healthz', '/readyz', '/metrics', '/openapi.json'].map((pattern) => ({
    face: 'operations',
    method: 'GET',
    pattern,
    path: pattern,
    access: 'anonymous',
  }));
}

/** Every route that any face declares, and who may use it. */
export const routeRows: readonly RouteRow[] = [
  ...ofNova(),
  ...ofBlazar(),
  ...ofKeystone(),
  ...ofImage(),
  ...ofLeasebook(),
  ...ofVmpooler(),
  ...ofOperations(),
];
