import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { hasRole, IDENTITY_SETTINGS, TokenVerifier, type IdentitySettings, type Principal } from '#identity';
import { authenticate } from '../../../auth/index.js';
import { KeystoneError } from '../keystone-error.js';
import type { KeystoneRouteRow } from './keystone-routes.js';
import { rowOf } from './route-metadata.js';

@Injectable()
export class KeystoneGuard implements CanActivate {
  constructor(
    private readonly verifier: TokenVerifier,
    @Inject(IDENTITY_SETTINGS) private readonly settings: Pick<IdentitySettings, 'mode'>,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const row = rowOf(context.getHandler());
    if (row === undefined) throw new Error('a route of this face without its row');
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (row.path !== '') this.refuseWhereIdentityIsElsewhere();
    if (row.access === 'anonymous') return true;
    const verification = await authenticate(this.verifier, request, 'identity');
    if (verification.kind === 'unavailable')
      throw new KeystoneError(503, 'The Keystone service is temporarily unavailable.', { 'retry-after': '1' });
    if (verification.kind === 'invalid') throw KeystoneError.unauthenticated();
    if (!mayUse(row, verification.principal, request))
      throw KeystoneError.forbidden(`${row.method} ${row.path.replace(/:(\w+)/g, '{$1}')}`);
    return true;
  }

  /** Users and tokens of this server mean nothing there, so it does not pretend. */
  private refuseWhereIdentityIsElsewhere(): void {
    const { mode } = this.settings;
    if (mode === 'keystone' || mode === 'keyrock')
      throw new KeystoneError(
        403,
        'Users and tokens of this server are kept by another identity service; log in there.',
      );
  }
}

function mayUse({ access }: KeystoneRouteRow, principal: Principal, request: FastifyRequest): boolean {
  const { userId } = request.params as { readonly userId?: string };
  const self = userId === principal.userId;
  switch (access) {
    case 'anonymous':
    case 'token':
      return true;
    case 'self':
      return self;
    case 'self-or-admin':
      return self || hasRole(principal, 'admin');
    case 'admin':
      return hasRole(principal, 'admin');
  }
}

/** Of a request that the guard let through with a token. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === undefined) throw new Error('the route is anonymous');
  return request.principal;
}
