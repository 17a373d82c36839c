import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TokenVerifier } from '#identity';
import { PublicUrls } from '../../../auth/index.js';
import { isInApi, versionOfRoot } from '../routing/mounts.js';
import { rootDocument, routeRules, type RouteRules } from '../routing/route.type.js';
import { NovaRequest } from './nova-request.js';
import { requestIdHeaders } from './request-ids.js';
import { steps, type StepMeans } from './steps.js';

/** Runs the steps in order; the first that throws decides the answer. */
@Injectable()
export class NovaGuard implements CanActivate {
  private readonly means: StepMeans;

  constructor(@Inject(TokenVerifier) verifier: TokenVerifier, @Inject(PublicUrls) urls: PublicUrls) {
    this.means = { verifier, urls };
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const rules = rulesFor(request, context.getHandler());
    // In front of the token layer: what browsers ask first, and the way to the API. Whatever has rules is checked.
    if (rules === undefined && (request.method === 'OPTIONS' || !isInApi(request.url))) return true;
    const asked = new NovaRequest(request, reply, rules);
    request.nova = asked;
    for (const step of steps) {
      const wait = step(asked, this.means);
      if (wait !== undefined) await wait;
    }
    reply.headers(requestIdHeaders(request.id));
    if (asked.version?.headers !== undefined) reply.headers(asked.version.headers);
    reply.header('content-type', asked.responseType);
    return true;
  }
}

function rulesFor(request: FastifyRequest, handler: object): RouteRules | undefined {
  const rules = routeRules(handler);
  if (rules !== undefined || request.method !== 'GET') return rules;
  return versionOfRoot(request.url) === undefined ? undefined : rootDocument;
}
