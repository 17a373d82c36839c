import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { hasRole, TokenVerifier, type Principal } from '#identity';
import { authenticate } from '../../auth/authenticate.js';
import { LeasebookProblem } from './problem.js';

export type LeasebookAccess = 'anonymous' | 'token' | 'admin';

const accessKey = Symbol('leasebook access');

/** Who may use a route; a route without it is refused to everybody. */
export const Access = (access: LeasebookAccess): MethodDecorator => SetMetadata(accessKey, access);

export function accessOf(handler: object): LeasebookAccess | undefined {
  return Reflect.getMetadata(accessKey, handler) as LeasebookAccess | undefined;
}

@Injectable()
export class LeasebookGuard implements CanActivate {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<LeasebookAccess | undefined>(accessKey, context.getHandler());
    if (access === 'anonymous') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const verification = await authenticate(this.verifier, request, 'leasebook');
    if (verification.kind === 'unavailable')
      throw new LeasebookProblem(503, 'identity-unavailable', 'The identity service does not answer.');
    if (verification.kind === 'invalid')
      throw new LeasebookProblem(401, 'unauthenticated', 'A valid X-Auth-Token is required.');
    request.principal = verification.principal;
    if (access === 'token' && verification.principal.project !== null) return true;
    if (access === 'admin' && hasRole(verification.principal, 'admin')) return true;
    throw new LeasebookProblem(
      403,
      'forbidden',
      access === 'token' ? 'A token of a project is required.' : 'Only an administrator may do that.',
    );
  }
}

/** Of a request that the guard let through. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === undefined) throw new Error('the route is anonymous');
  return request.principal;
}

/** Administrators see everything; everybody else what their own project did. */
export function onlyProject(principal: Principal): string | undefined {
  return hasRole(principal, 'admin') ? undefined : (principal.project?.id ?? '');
}
