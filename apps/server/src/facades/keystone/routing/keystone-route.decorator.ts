import { applyDecorators, Controller, RequestMapping, RequestMethod, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { KeystoneErrorFilter } from '../keystone-error.filter.js';
import { KeystoneGuard } from './keystone.guard.js';
import { keystoneMounts, keystoneRoutes, type KeystoneRouteRow } from './keystone-routes.js';
import { setRow } from './route-metadata.js';

/** With a second slash at the end: Nest takes one off, and the route with the other matches what it says. */
const withSlash = (path: string): string => `${path}//`;

/** A handler for a row of the table; Keystone takes a slash at the end of any path. */
export function KeystoneRoute(method: KeystoneRouteRow['method'], path: string): MethodDecorator {
  const row = keystoneRoutes.find((each) => each.method === method && each.path === path);
  if (row === undefined) throw new Error(`${method} ${path} is not in keystoneRoutes`);
  const paths = keystoneMounts.flatMap((mount) => [`${mount}${path}`, withSlash(`${mount}${path}`)]);
  return marked(row, paths);
}

/** A document at whole paths of its own, for everybody. */
export function KeystoneDocument(...paths: readonly string[]): MethodDecorator {
  return marked({ method: 'GET', path: '', access: 'anonymous' }, paths);
}

function marked(row: KeystoneRouteRow, paths: readonly string[]): MethodDecorator {
  return applyDecorators(
    RequestMapping({ method: RequestMethod[row.method], path: [...paths] }),
    (_target: object, _name: string | symbol, descriptor: PropertyDescriptor) => {
      setRow(descriptor.value as object, row);
    },
  );
}

/** Guarded by the table, with this face's errors. */
export function KeystoneController(): ClassDecorator {
  return applyDecorators(
    Controller(),
    UseGuards(KeystoneGuard),
    UseFilters(KeystoneErrorFilter),
    ApiExcludeController(),
  );
}
