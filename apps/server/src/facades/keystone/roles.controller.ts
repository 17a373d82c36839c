import { Param, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CreateRole, DeleteRole, ListRoles } from '#identity';
import { KeystoneFace } from './face.js';
import { KeystoneError } from './keystone-error.js';
import { errorOf } from './keystone.refusals.js';
import { nameOf, queryOf, value } from './requests/listing.request.js';
import { createRoleRequest } from './requests/resources.request.js';
import { answer } from './responses.js';
import { KeystoneController, KeystoneRoute } from './routing/keystone-route.decorator.js';
import { principalOf } from './routing/keystone.guard.js';
import { listView, roleView } from './views/resources.view.js';

@KeystoneController()
export class RolesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly face: KeystoneFace,
  ) {}

  @KeystoneRoute('GET', '/roles')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = queryOf(request);
    // Roles belong to no domain here: a list of those of a domain is empty.
    const ofDomain = (value(query, 'domain_id') ?? '') !== '';
    const roles = ofDomain ? [] : await this.queries.execute(new ListRoles(nameOf(query)));
    const base = this.face.base(request);
    const views = roles.map((role) => roleView(role, base));
    answer(request, reply, 200, listView('roles', views, this.face.self(request)));
  }

  @KeystoneRoute('POST', '/roles')
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const wanted = createRoleRequest(request);
    const context = this.face.context(request, principalOf(request));
    const outcome = await this.commands.execute(new CreateRole(context, wanted));
    if (outcome.kind === 'refused') throw errorOf(outcome);
    answer(request, reply, 201, { role: roleView(outcome.answer, this.face.base(request)) });
  }

  @KeystoneRoute('GET', '/roles/:roleId')
  async show(@Param('roleId') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const roles = await this.queries.execute(new ListRoles({}));
    const role = roles.find((each) => each.id === id);
    if (role === undefined) throw KeystoneError.notFound('role', id);
    answer(request, reply, 200, { role: roleView(role, this.face.base(request)) });
  }

  @KeystoneRoute('DELETE', '/roles/:roleId')
  async delete(@Param('roleId') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const context = this.face.context(request, principalOf(request));
    const outcome = await this.commands.execute(new DeleteRole(context, id));
    if (outcome.kind === 'refused') throw errorOf(outcome);
    answer(request, reply, 204);
  }
}
