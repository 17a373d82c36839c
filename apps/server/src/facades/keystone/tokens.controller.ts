import { Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasRole, LogIn, RevokeToken, ShowToken, type Principal } from '#identity';
import { singleHeader } from '../../auth/index.js';
import { KeystoneFace, refuseIdempotencyKey } from './face.js';
import { KeystoneError } from './keystone-error.js';
import { errorOf, tooManyAttempts } from './keystone.refusals.js';
import { isSet, queryOf } from './requests/listing.request.js';
import { loginRequest } from './requests/login.request.js';
import { answer } from './responses.js';
import { KeystoneController, KeystoneRoute } from './routing/keystone-route.decorator.js';
import { principalOf } from './routing/keystone.guard.js';

interface Subject {
  readonly token: string;
  readonly principal: Principal;
}

/** Log in, look at a token, end it (contracts/identity §1, §2). */
@KeystoneController()
export class TokensController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly face: KeystoneFace,
  ) {}

  @KeystoneRoute('POST', '/auth/tokens')
  async logIn(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    refuseIdempotencyKey(request);
    const context = this.face.context(request, undefined);
    const outcome = await this.commands.execute(new LogIn(context, loginRequest(request)));
    if (outcome.kind === 'too-many-attempts') throw tooManyAttempts(outcome.retryAfterSeconds);
    if (outcome.kind === 'unauthenticated') throw KeystoneError.unauthenticated();
    request.principal = outcome.principal;
    answer(request, reply, 201, this.face.token(outcome.principal, request), { 'x-subject-token': outcome.token });
  }

  @KeystoneRoute('GET', '/auth/tokens')
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { token, principal } = await this.subject(request);
    answer(request, reply, 200, this.face.token(principal, request), { 'x-subject-token': token });
  }

  @KeystoneRoute('HEAD', '/auth/tokens')
  async check(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { token, principal } = await this.subject(request);
    answer(request, reply, 200, this.face.token(principal, request), { 'x-subject-token': token });
  }

  @KeystoneRoute('DELETE', '/auth/tokens')
  async revoke(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { token } = await this.subject(request);
    const context = this.face.context(request, principalOf(request));
    const outcome = await this.commands.execute(new RevokeToken(context, token, false));
    if (outcome.kind === 'refused') throw errorOf(outcome);
    answer(request, reply, 204);
  }

  /** 404 for what is no token comes before 403 for another's, and both after 401 for the asker. */
  private async subject(request: FastifyRequest): Promise<Subject> {
    const asker = principalOf(request);
    const token = singleHeader(request, 'x-subject-token');
    if (token === undefined) throw new KeystoneError(404, 'Could not find token: X-Subject-Token is missing.');
    const privileged = hasRole(asker, 'admin') || hasRole(asker, 'service');
    const allowExpired = privileged && request.method !== 'DELETE' && isSet(queryOf(request), 'allow_expired');
    const shown = await this.queries.execute(new ShowToken(token, allowExpired));
    if (shown.kind !== 'valid') throw new KeystoneError(404, 'Could not find token.');
    const { principal } = shown;
    if (!privileged && principal.userId !== asker.userId) throw KeystoneError.forbidden('identity:validate_token');
    if (request.method === 'DELETE' && !hasRole(asker, 'admin') && principal.userId !== asker.userId)
      throw KeystoneError.forbidden('identity:revoke_token');
    return { token, principal };
  }
}
