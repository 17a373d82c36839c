import { Param, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  ChangeOwnPassword,
  CreateUser,
  DeleteUser,
  ListProjects,
  ListUsers,
  ShowUser,
  UpdateUser,
  type Page,
  type UserFacts,
} from '#identity';
import { KeystoneFace } from './face.js';
import { KeystoneError } from './keystone-error.js';
import { errorOf, tooManyAttempts } from './keystone.refusals.js';
import { enabledOf, isOwnDomainAsked, nameOf, pagingOf, queryOf } from './requests/listing.request.js';
import { createUserRequest, passwordRequest, updateUserRequest } from './requests/resources.request.js';
import { answer } from './responses.js';
import { KeystoneController, KeystoneRoute } from './routing/keystone-route.decorator.js';
import { principalOf } from './routing/keystone.guard.js';
import { pageView, projectView, userView } from './views/resources.view.js';

const nobody: Page<UserFacts> = { items: [], next: null };

@KeystoneController()
export class UsersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly face: KeystoneFace,
  ) {}

  @KeystoneRoute('GET', '/users')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = queryOf(request);
    const wanted = new ListUsers({ ...nameOf(query), ...enabledOf(query) }, pagingOf(query));
    const page = isOwnDomainAsked(query) ? await this.queries.execute(wanted) : nobody;
    const base = this.face.base(request);
    answer(
      request,
      reply,
      200,
      pageView('users', page, (user) => userView(user, base), this.face.self(request)),
    );
  }

  @KeystoneRoute('POST', '/users')
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const wanted = createUserRequest(request);
    const context = this.face.context(request, principalOf(request));
    const outcome = await this.commands.execute(new CreateUser(context, wanted));
    if (outcome.kind === 'refused') throw errorOf(outcome);
    this.answerUser(request, reply, 201, outcome.answer);
  }

  @KeystoneRoute('GET', '/users/:userId')
  async show(@Param('userId') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.answerUser(request, reply, 200, await this.known(id));
  }

  @KeystoneRoute('PATCH', '/users/:userId')
  async update(@Param('userId') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const change = updateUserRequest(request);
    const context = this.face.context(request, principalOf(request));
    const outcome = await this.commands.execute(new UpdateUser(context, id, change));
    if (outcome.kind === 'refused') throw errorOf(outcome);
    this.answerUser(request, reply, 200, outcome.answer);
  }

  @KeystoneRoute('DELETE', '/users/:userId')
  async delete(@Param('userId') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const context = this.face.context(request, principalOf(request));
    const outcome = await this.commands.execute(new DeleteUser(context, id));
    if (outcome.kind === 'refused') throw errorOf(outcome);
    answer(request, reply, 204);
  }

  @KeystoneRoute('POST', '/users/:userId/password')
  async changePassword(
    @Param('userId') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { original, password } = passwordRequest(request);
    const context = this.face.context(request, principalOf(request));
    const outcome = await this.commands.execute(new ChangeOwnPassword(context, id, original, password));
    if (outcome.kind === 'too-many-attempts') throw tooManyAttempts(outcome.retryAfterSeconds);
    if (outcome.kind === 'refused') throw errorOf(outcome);
    answer(request, reply, 204);
  }

  @KeystoneRoute('GET', '/users/:userId/projects')
  async projects(
    @Param('userId') userId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.known(userId);
    const query = queryOf(request);
    const page = await this.queries.execute(
      new ListProjects({ userId, ...nameOf(query), ...enabledOf(query) }, pagingOf(query)),
    );
    const base = this.face.base(request);
    const view = pageView('projects', page, (project) => projectView(project, base), this.face.self(request));
    answer(request, reply, 200, view);
  }

  private async known(id: string): Promise<UserFacts> {
    const user = await this.queries.execute(new ShowUser(id));
    if (user === undefined) throw KeystoneError.notFound('user', id);
    return user;
  }

  private answerUser(request: FastifyRequest, reply: FastifyReply, status: number, user: UserFacts): void {
    answer(request, reply, status, { user: userView(user, this.face.base(request)) });
  }
}
