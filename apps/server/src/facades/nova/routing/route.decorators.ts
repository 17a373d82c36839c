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
import { setControllerMounts, setRouteRules, type NovaAccess, type NovaMethod, type RouteRules } from './route.type.js';

type Rules = Omit<RouteRules, 'method' | 'path' | 'access'> & { readonly access?: NovaAccess };

/** A route of the API, for administrators unless told otherwise; `path` comes after the controller's mounts. */
export function NovaRoute(method: NovaMethod, path: string, rules: Rules, status: 200 | 202 = 200): MethodDecorator {
  return applyDecorators(
    RequestMapping({ method: RequestMethod[method], path: routePattern(path) }),
    HttpCode(status),
    (_target: object, _name: string | symbol, descriptor: PropertyDescriptor) => {
      setRouteRules(descriptor.value as object, { access: 'admin', ...rules, method, path });
    },
  );
}

/** Routes under every mount, guarded, with this face's faults. */
export function NovaController(mounts: readonly string[] = apiMounts): ClassDecorator {
  return applyDecorators(Controller([...mounts]), UseGuards(NovaGuard), UseFilters(NovaFaultFilter), (target: object) =>
    setControllerMounts(target, mounts),
  );
}

/** The request as the guard left it. */
export const Asked = createParamDecorator((_data: unknown, context: ExecutionContext): NovaRequest => {
  const { nova } = context.switchToHttp().getRequest<FastifyRequest>();
  if (nova === undefined) throw new Error('a Nova route without NovaGuard');
  return nova;
});
