import { Param, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  CreateProject,
  DeleteProject,
  ListProjects,
  ShowProject,
  UpdateProject,
  type Page,
  type ProjectFacts,
} from '#identity';
import { KeystoneFace } from './face.js';
import { KeystoneError } from './keystone-error.js';
import { errorOf } from './keystone.refusals.js';
import { enabledOf, isOwnDomainAsked, nameOf, pagingOf, queryOf } from './requests/listing.request.js';
import { createProjectRequest, updateProjectRequest } from './requests/resources.request.js';
import { answer } from './responses.js';
import { KeystoneController, KeystoneRoute } from './routing/keystone-route.decorator.js';
import { principalOf } from './routing/keystone.guard.js';
import { pageView, projectView } from './views/resources.view.js';

const none: Page<ProjectFacts> = { items: [], next: null };

@KeystoneController()
export class ProjectsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly face: KeystoneFace,
  ) {}

  @KeystoneRoute('GET', '/projects')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = queryOf(request);
    const wanted = new ListProjects({ ...nameOf(query), ...enabledOf(query) }, pagingOf(query));
    const page = isOwnDomainAsked(query) ? await this.queries.execute(wanted) : none;
    const base = this.face.base(request);
    const view = pageView('projects', page, (project) => projectView(project, base), this.face.self(request));
    answer(request, reply, 200, view);
  }

  @KeystoneRoute('POST', '/projects')
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const wanted = createProjectRequest(request);
    const context = this.face.context(request, principalOf(request));
    const outcome = await this.commands.execute(new CreateProject(context, wanted));
    if (outcome.kind === 'refused') throw errorOf(outcome);
    this.answerProject(request, reply, 201, outcome.answer);
  }

  @KeystoneRoute('GET', '/projects/:projectId')
  async show(
    @Param('projectId') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const project = await this.queries.execute(new ShowProject(id));
    if (project === undefined) throw KeystoneError.notFound('project', id);
    this.answerProject(request, reply, 200, project);
  }

  @KeystoneRoute('PATCH', '/projects/:projectId')
  async update(
    @Param('projectId') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const change = updateProjectRequest(request);
    const context = this.face.context(request, principalOf(request));
    const outcome = await this.commands.execute(new UpdateProject(context, id, change));
    if (outcome.kind === 'refused') throw errorOf(outcome);
    this.answerProject(request, reply, 200, outcome.answer);
  }

  @KeystoneRoute('DELETE', '/projects/:projectId')
  async delete(
    @Param('projectId') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const context = this.face.context(request, principalOf(request));
    const outcome = await this.commands.execute(new DeleteProject(context, id));
    if (outcome.kind === 'refused') throw errorOf(outcome);
    answer(request, reply, 204);
  }

  private answerProject(request: FastifyRequest, reply: FastifyReply, status: number, project: ProjectFacts): void {
    answer(request, reply, status, { project: projectView(project, this.face.base(request)) });
  }
}
