import { Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GrantRole, ListAssignments, RevokeRole, ShowProject, ShowUser, type Assignment } from '#identity';
import { KeystoneFace } from './face.js';
import { KeystoneError } from './keystone-error.js';
import { errorOf } from './keystone.refusals.js';
import { isSet, queryOf, value } from './requests/listing.request.js';
import { answer } from './responses.js';
import { KeystoneController, KeystoneRoute } from './routing/keystone-route.decorator.js';
import { principalOf } from './routing/keystone.guard.js';
import { assignmentView, listView, roleView } from './views/resources.view.js';

const roles = '/projects/:projectId/users/:userId/roles';
/** Assignments to groups, domains and the system do not exist here. */
const elsewhere = ['group.id', 'scope.domain.id', 'scope.system'];

/** Who has which role in which project. */
@KeystoneController()
export class AssignmentsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly face: KeystoneFace,
  ) {}

  @KeystoneRoute('GET', '/role_assignments')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = queryOf(request);
    const [userId, projectId, roleId] = ['user.id', 'scope.project.id', 'role.id'].map((name) => value(query, name));
    const filter = {
      ...(userId === undefined ? {} : { userId }),
      ...(projectId === undefined ? {} : { projectId }),
      ...(roleId === undefined ? {} : { roleId }),
      effective: isSet(query, 'effective'),
    };
    const none = elsewhere.some((name) => value(query, name) !== undefined);
    const assignments = none ? [] : await this.queries.execute(new ListAssignments(filter));
    const base = this.face.base(request);
    const views = assignments.map((each) => assignmentView(each, base, isSet(query, 'include_names')));
    answer(request, reply, 200, listView('role_assignments', views, this.face.self(request)));
  }

  @KeystoneRoute('GET', roles)
  async ofUser(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { userId, projectId } = request.params as Assignment;
    if ((await this.queries.execute(new ShowUser(userId))) === undefined) throw KeystoneError.notFound('user', userId);
    if ((await this.queries.execute(new ShowProject(projectId))) === undefined)
      throw KeystoneError.notFound('project', projectId);
    const assignments = await this.queries.execute(new ListAssignments({ userId, projectId, effective: false }));
    const base = this.face.base(request);
    const views = assignments.map(({ role }) => roleView({ ...role, description: '' }, base));
    answer(request, reply, 200, listView('roles', views, this.face.self(request)));
  }

  @KeystoneRoute('GET', `${roles}/:roleId`)
  show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.check(request, reply);
  }

  @KeystoneRoute('HEAD', `${roles}/:roleId`)
  async check(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const assignment = assignmentOf(request);
    const found = await this.queries.execute(new ListAssignments({ ...assignment, effective: false }));
    if (found.length === 0) throw KeystoneError.notFound('role assignment', assignment.roleId);
    answer(request, reply, 204);
  }

  @KeystoneRoute('PUT', `${roles}/:roleId`)
  async grant(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const context = this.face.context(request, principalOf(request));
    const outcome = await this.commands.execute(new GrantRole(context, assignmentOf(request)));
    if (outcome.kind === 'refused') throw errorOf(outcome);
    answer(request, reply, 204);
  }

  @KeystoneRoute('DELETE', `${roles}/:roleId`)
  async revoke(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const context = this.face.context(request, principalOf(request));
    const outcome = await this.commands.execute(new RevokeRole(context, assignmentOf(request)));
    if (outcome.kind === 'refused') throw errorOf(outcome);
    answer(request, reply, 204);
  }
}

function assignmentOf(request: FastifyRequest): Assignment {
  const { userId, projectId, roleId } = request.params as Assignment;
  return { userId, projectId, roleId };
}
