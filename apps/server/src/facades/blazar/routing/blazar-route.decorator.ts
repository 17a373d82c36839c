import {
  applyDecorators,
  Controller,
  createParamDecorator,
  RequestMapping,
  RequestMethod,
  Res,
  UseFilters,
  UseGuards,
  type ExecutionContext,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { BlazarErrorFilter } from '../blazar-error.filter.js';
import type { BlazarRequest } from '../pipeline/blazar-request.js';
import { BlazarGuard } from '../pipeline/blazar.guard.js';
import { blazarRoutes, type BlazarRouteRow } from './blazar-routes.js';
import { patternsOf } from './mounts.js';
import { setRow } from './route-metadata.js';

type Handler = (this: object, ...parameters: unknown[]) => unknown;

/** A handler for a row of the table, under all mounts; it answers by itself, and one for GET answers HEAD as well. */
export function BlazarRoute(method: BlazarRouteRow['method'], path: string): MethodDecorator {
  const row = blazarRoutes.find((each) => each.method === method && each.path === path);
  if (row === undefined) throw new Error(`${method} ${path} is not in blazarRoutes`);
  return (target, name, descriptor) => {
    // Nest leaves the answer to handlers that take the response.
    Res()(target, name, 1);
    mapped(row, method)(target, name, descriptor);
    if (method === 'GET') addHead(row, target, name, descriptor.value as Handler);
  };
}

function mapped(row: BlazarRouteRow, method: BlazarRouteRow['method'] | 'HEAD'): MethodDecorator {
  return applyDecorators(
    RequestMapping({ method: RequestMethod[method], path: [...patternsOf(row)] }),
    (_target: object, _name: string | symbol, descriptor: PropertyDescriptor) => {
      setRow(descriptor.value as object, row);
    },
  );
}

/** Nest knows one HTTP method for each handler, so HEAD has one of its own, with the same parameters. */
function addHead(row: BlazarRouteRow, target: object, name: string | symbol, handler: Handler): void {
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

/** Guarded by the table, with this face's errors. */
export function BlazarController(): ClassDecorator {
  return applyDecorators(Controller(), UseGuards(BlazarGuard), UseFilters(BlazarErrorFilter), ApiExcludeController());
}

/** The request as the guard left it. */
export const Asked = createParamDecorator((_data: unknown, context: ExecutionContext): BlazarRequest => {
  const { blazar } = context.switchToHttp().getRequest<FastifyRequest>();
  if (blazar === undefined) throw new Error('a route of this face without its guard');
  return blazar;
});
