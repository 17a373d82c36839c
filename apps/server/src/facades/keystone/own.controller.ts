import { Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ListProjects } from '#identity';
import { KeystoneFace } from './face.js';
import { KeystoneError } from './keystone-error.js';
import { pagingOf, queryOf } from './requests/listing.request.js';
import { answer } from './responses.js';
import { KeystoneController, KeystoneRoute } from './routing/keystone-route.decorator.js';
import { principalOf } from './routing/keystone.guard.js';
import { domainView, listView, pageView, projectView } from './views/resources.view.js';

/** What the holder of a token may reach. */
@KeystoneController()
export class OwnController {
  constructor(
    private readonly queries: QueryBus,
    private readonly face: KeystoneFace,
  ) {}

  @KeystoneRoute('GET', '/auth/catalog')
  catalog(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    if (principalOf(request).project === null) throw KeystoneError.forbidden('identity:get_auth_catalog');
    const links = { self: this.face.self(request), next: null, previous: null };
    answer(request, reply, 200, { catalog: this.face.catalog(request), links });
  }

  @KeystoneRoute('GET', '/auth/projects')
  async projects(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { userId } = principalOf(request);
    const page = await this.queries.execute(new ListProjects({ userId, enabled: true }, pagingOf(queryOf(request))));
    const base = this.face.base(request);
    const view = pageView('projects', page, (project) => projectView(project, base), this.face.self(request));
    answer(request, reply, 200, view);
  }

  @KeystoneRoute('GET', '/auth/domains')
  domains(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    answer(request, reply, 200, listView('domains', [], this.face.self(request)));
  }

  @KeystoneRoute('GET', '/domains')
  allDomains(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const wanted = queryOf(request).name?.at(-1);
    const own = domainView(this.face.base(request));
    const fitting = wanted === undefined || wanted === own.name ? [own] : [];
    answer(request, reply, 200, listView('domains', fitting, this.face.self(request)));
  }

  @KeystoneRoute('GET', '/domains/:domainId')
  domain(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { domainId } = request.params as { readonly domainId: string };
    const own = domainView(this.face.base(request));
    if (domainId !== own.id) throw KeystoneError.notFound('domain', domainId);
    answer(request, reply, 200, { domain: own });
  }
}
