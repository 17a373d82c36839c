import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TokenVerifier } from '#identity';
import { PublicUrls } from '../../../auth/index.js';
import { rowOf } from '../routing/route-metadata.js';
import { BlazarRequest } from './blazar-request.js';
import { checkRequest, tokenHolder, type StepMeans } from './steps.js';

/** The first step that throws decides the answer. */
@Injectable()
export class BlazarGuard implements CanActivate {
  private readonly means: StepMeans;

  constructor(@Inject(TokenVerifier) verifier: TokenVerifier, @Inject(PublicUrls) urls: PublicUrls) {
    this.means = { verifier, urls };
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const row = rowOf(context.getHandler());
    if (row === undefined) throw new Error('a route of this face without its row');
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const asked = new BlazarRequest(request, http.getResponse<FastifyReply>(), row);
    request.blazar = asked;
    asked.principal = await tokenHolder(request, this.means);
    checkRequest(asked);
    return true;
  }
}
