import { applyDecorators, Controller, RequestMapping, RequestMethod, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { RequestLimitGuard } from '../limits/request-limit.guard.js';
import { VmpoolerErrorFilter } from '../vmpooler-error.filter.js';
import { patternsOf } from './mounts.js';
import { setRow } from './route-metadata.js';
import { VmpoolerGuard } from './vmpooler.guard.js';
import { vmpoolerRoutes, type VmpoolerRouteRow } from './vmpooler-routes.js';

type Handler = (this: object, ...parameters: unknown[]) => unknown;

/** A handler for a row of the table, under all mounts of the row; one for GET answers HEAD as well. */
export function VmpoolerRoute(method: VmpoolerRouteRow['method'], path: string): MethodDecorator {
  const row = vmpoolerRoutes.find((each) => each.method === method && each.path === path);
  if (row === undefined) throw new Error(`${method} ${path} is not in vmpoolerRoutes`);
  return (target, name, descriptor) => {
    mapped(row, method)(target, name, descriptor);
    if (method === 'GET') addHead(row, target, name, descriptor.value as Handler);
  };
}

function mapped(row: VmpoolerRouteRow, method: VmpoolerRouteRow['method'] | 'HEAD'): MethodDecorator {
  // Nest takes one slash off the end of a path.
  const path = patternsOf(row).map((pattern) => (pattern.endsWith('/') ? `${pattern}/` : pattern));
  return applyDecorators(
    RequestMapping({ method: RequestMethod[method], path }),
    (_target: object, _name: string | symbol, descriptor: PropertyDescriptor) => {
      setRow(descriptor.value as object, row);
    },
  );
}

/** Nest knows one HTTP method for each handler, so HEAD has one of its own, with the same parameters. */
function addHead(row: VmpoolerRouteRow, target: object, name: string | symbol, handler: Handler): void {
  const own = `${String(name)}Head`;
  const descriptor: PropertyDescriptor = {
    configurable: true,
    writable: true,
    value: function (this: object, ...parameters: unknown[]): unknown {
      return handler.apply(this, parameters);
    },
  };
  Object.defineProperty(target, own, descriptor);
  for (const key of Reflect.getMetadataKeys(target.constructor, name) as readonly unknown[])
    Reflect.defineMetadata(key, Reflect.getMetadata(key, target.constructor, name), target.constructor, own);
  mapped(row, 'HEAD')(target, own, descriptor);
}

/** Limited, then guarded by the table, with this face's errors. */
export function VmpoolerController(): ClassDecorator {
  return applyDecorators(
    Controller(),
    UseGuards(RequestLimitGuard, VmpoolerGuard),
    UseFilters(VmpoolerErrorFilter),
    ApiExcludeController(),
  );
}
