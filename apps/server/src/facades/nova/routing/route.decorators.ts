import {
  applyDecorators,
  Controller,
  createParamDecorator,
  HttpCode,
  RequestMapping,
  RequestMethod,
  UseFilters,
  UseGuards,
  type ExecutionContext,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { NovaFaultFilter } from '../nova-fault.filter.js';
import { NovaGuard } from '../pipeline/nova.guard.js';
import type { NovaRequest } from '../pipeline/nova-request.js';
import { apiMounts, routePattern } from './mounts.js';
import { setRouteRules, type NovaMethod, type RouteRules } from './route.type.js';

type Rules = Omit<RouteRules, 'method' | 'paths' | 'access'>;

/** A route of the API, for administrators; the controller has the mounts. */
export function NovaRoute(method: NovaMethod, path: string, rules: Rules, status: 200 | 202 = 200): MethodDecorator {
  return mapped({ ...rules, method, paths: [path], access: 'admin' }, routePattern(path), status);
}

/** A document at paths of its own. */
export function NovaDocument(paths: readonly string[], access: 'open' | 'token'): MethodDecorator {
  return mapped({ method: 'GET', paths, access }, paths.map(routePattern), 200);
}

function mapped(rules: RouteRules, pattern: string | string[], status: number): MethodDecorator {
  return applyDecorators(
    RequestMapping({ method: RequestMethod[rules.method], path: pattern }),
    HttpCode(status),
    (_target: object, _name: string | symbol, descriptor: PropertyDescriptor) => {
      setRouteRules(descriptor.value as object, rules);
    },
  );
}

/** Routes under every mount, guarded, with this face's faults. */
export function NovaController(): ClassDecorator {
  return guarded([...apiMounts]);
}

/** The same, for routes that say their whole path. */
export function NovaDocumentController(): ClassDecorator {
  return guarded([]);
}

function guarded(mounts: string[]): ClassDecorator {
  return applyDecorators(
    mounts.length === 0 ? Controller() : Controller(mounts),
    UseGuards(NovaGuard),
    UseFilters(NovaFaultFilter),
  );
}

/** The request as the guard left it. */
export const Asked = createParamDecorator((_data: unknown, context: ExecutionContext): NovaRequest => {
  const { nova } = context.switchToHttp().getRequest<FastifyRequest>();
  if (nova === undefined) throw new Error('a Nova route without NovaGuard');
  return nova;
});
