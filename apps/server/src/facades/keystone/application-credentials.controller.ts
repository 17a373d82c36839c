import { Param, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  CreateApplicationCredential,
  DeleteApplicationCredential,
  ListApplicationCredentials,
  type Principal,
} from '#identity';
import { KeystoneFace, refuseIdempotencyKey } from './face.js';
import { KeystoneError } from './keystone-error.js';
import { errorOf } from './keystone.refusals.js';
import { applicationCredentialRequest } from './requests/application-credential.request.js';
import { nameOf, queryOf } from './requests/listing.request.js';
import { answer } from './responses.js';
import { KeystoneController, KeystoneRoute } from './routing/keystone-route.decorator.js';
import { principalOf } from './routing/keystone.guard.js';
import { applicationCredentialView, listView } from './views/resources.view.js';

const root = '/users/:userId/application_credentials';

@KeystoneController()
export class ApplicationCredentialsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly face: KeystoneFace,
  ) {}

  @KeystoneRoute('GET', root)
  async list(
    @Param('userId') userId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = await this.queries.execute(new ListApplicationCredentials(userId, nameOf(queryOf(request))));
    const base = this.face.base(request);
    const views = found.map((each) => applicationCredentialView(each, base));
    answer(request, reply, 200, listView('application_credentials', views, this.face.self(request)));
  }

  /** For the project and with roles of the token that asks. */
  @KeystoneRoute('POST', root)
  async create(
    @Param('userId') userId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    refuseIdempotencyKey(request);
    const principal = principalOf(request);
    refuseRestricted(principal, 'identity:create_application_credential');
    if (principal.project === null) throw KeystoneError.forbidden('identity:create_application_credential');
    const wanted = applicationCredentialRequest(request);
    const roles = wanted.roles.length > 0 ? wanted.roles : principal.roles.map(({ id }) => ({ id }));
    const context = this.face.context(request, principal);
    const outcome = await this.commands.execute(
      new CreateApplicationCredential(context, { ...wanted, roles, userId, projectId: principal.project.id }),
    );
    if (outcome.kind === 'refused') throw errorOf(outcome);
    const { credential, secret } = outcome.answer;
    answer(request, reply, 201, {
      application_credential: applicationCredentialView(credential, this.face.base(request), secret),
    });
  }

  @KeystoneRoute('GET', `${root}/:credentialId`)
  async show(
    @Param('userId') userId: string,
    @Param('credentialId') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const [found] = await this.queries.execute(new ListApplicationCredentials(userId, { id }));
    if (found === undefined) throw KeystoneError.notFound('application credential', id);
    const view = applicationCredentialView(found, this.face.base(request));
    answer(request, reply, 200, { application_credential: view });
  }

  @KeystoneRoute('DELETE', `${root}/:credentialId`)
  async delete(
    @Param('userId') userId: string,
    @Param('credentialId') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const principal = principalOf(request);
    refuseRestricted(principal, 'identity:delete_application_credential');
    const context = this.face.context(request, principal);
    const outcome = await this.commands.execute(new DeleteApplicationCredential(context, userId, id));
    if (outcome.kind === 'refused') throw errorOf(outcome);
    answer(request, reply, 204);
  }
}

/** A credential that leaked must not be able to make others. */
function refuseRestricted({ applicationCredential }: Principal, action: string): void {
  if (applicationCredential?.restricted === true) throw KeystoneError.forbidden(action);
}
