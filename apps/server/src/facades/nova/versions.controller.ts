import { All, Controller, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PublicUrls } from '../../auth/index.js';
import { NovaFault } from './nova-fault.js';
import { NovaFaultFilter } from './nova-fault.filter.js';
import { NovaGuard } from './pipeline/nova.guard.js';
import type { NovaRequest } from './pipeline/nova-request.js';
import { requestIdHeaders } from './pipeline/request-ids.js';
import { novaRoot, ownPaths, versionMounts, versionOfRoot } from './routing/mounts.js';
import { Asked, NovaController, NovaRoute } from './routing/route.decorators.js';
import { versionChoices, versionDocument, versionList } from './version.view.js';

/** `…/versions/v2.1`: with a token, like any other route. */
@NovaController(versionMounts)
export class VersionsController {
  constructor(private readonly urls: PublicUrls) {}

  @NovaRoute('GET', '/versions/:id', { access: 'token' })
  show(@Asked() asked: NovaRequest): Buffer {
    const root = `${this.urls.base(asked.http)}${novaRoot(asked.http.url)}`;
    const text = versionDocument(root, asked.parameter('id'));
    if (text === undefined) throw NovaFault.notFound();
    return Buffer.from(text);
  }
}

/**
 * Whatever is Nova's and has no route of its own (contracts/nova §1, §4). Inside the API the guard refuses it, but for
 * the version documents at its roots; these, the paths around the API, and OPTIONS need no token.
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
    const version = versionOfRoot(request.url);
    if (version !== undefined) {
      reply.code(200).send(Buffer.from(versionDocument(root, version) ?? ''));
      return;
    }
    const isRoot = path === '' || path === '/';
    reply.headers(requestIdHeaders(request.id)).header('content-type', 'application/json');
    reply.code(isRoot ? 200 : 300).send(Buffer.from(isRoot ? versionList(root) : versionChoices(root, path)));
  }
}
