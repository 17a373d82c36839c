import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { POOLS_SETTINGS, type PoolsSettings } from '#pools';
import { VmpoolerAuth } from '../vmpooler-auth.js';
import { VmpoolerError } from '../vmpooler-error.js';
import { versionOf } from './mounts.js';
import { rowOf } from './route-metadata.js';

/** In the contract's order: switched-off features, then whether there are tokens at all, then who asks. */
@Injectable()
export class VmpoolerGuard implements CanActivate {
  constructor(
    private readonly auth: VmpoolerAuth,
    @Inject(POOLS_SETTINGS) private readonly settings: Pick<PoolsSettings, 'experimentalFeatures'>,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const row = rowOf(context.getHandler());
    if (row === undefined) throw new Error('a route of this face without its row');
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    request.vmpooler = { version: versionOf(request.routeOptions.url ?? ''), holder: null, user: null };
    switch (row.access) {
      case 'anonymous':
      case 'token-if-lifetime':
      case 'token-if-taken':
        return true;
      case 'tokens':
        this.auth.requireTokens();
        return true;
      case 'basic':
        return this.auth.requireUser(request);
      case 'optional-token':
        return request.headers['x-auth-token'] === undefined ? true : this.auth.requireHolder(request);
      case 'token':
        return this.auth.requireHolder(request);
      case 'experimental':
        if (!this.settings.experimentalFeatures) throw new VmpoolerError(405);
        return this.auth.requireHolder(request);
    }
  }
}
