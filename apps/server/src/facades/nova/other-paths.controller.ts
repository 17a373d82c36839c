import { All, Controller, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PublicUrls } from '../../auth/index.js';
import { NovaFaultFilter } from './nova-fault.filter.js';
import { NovaGuard } from './pipeline/nova.guard.js';
import { requestIdHeaders } from './pipeline/request-ids.js';
import { novaRoot, ownPaths } from './routing/mounts.js';
import { versionChoices, versionList } from './version.view.js';

/**
 * Whatever is Nova's and has no route of its own. Inside the API the guard refuses it; here arrive OPTIONS, and the
 * paths around the API, which lead to it without asking for a token (contracts/nova §1, §4).
 */
@Controller()
@UseGuards(NovaGuard)
@UseFilters(NovaFaultFilter)
export class OtherPathsController {
  constructor(private readonly urls: PublicUrls) {}

  @All([...ownPaths])
  answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    if (request.method === 'OPTIONS') {
      reply.code(200).send();
      return;
    }
    const prefix = novaRoot(request.url);
    const root = `${this.urls.base(request)}${prefix}`;
    const path = (request.url.split('?', 1)[0] ?? '').slice(prefix.length);
    const isRoot = prefix !== '' && (path === '' || path === '/');
    reply.headers(requestIdHeaders(request.id)).header('content-type', 'application/json');
    reply.code(isRoot ? 200 : 300).send(isRoot ? versionList(root) : versionChoices(root, path));
  }
}
