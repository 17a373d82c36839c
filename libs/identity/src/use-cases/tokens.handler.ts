import { CommandHandler, QueryHandler, type ICommandHandler, type IQueryHandler } from '@nestjs/cqrs';
import { refuse, type CommandOutcome } from '#kernel';
import {
  CheckPassword,
  LogIn,
  RevokeToken,
  ShowToken,
  type IdentityRefusal,
  type LoginOutcome,
  type PasswordVerdict,
  type Verification,
} from '../contracts.js';
import type { IdentityEvent } from '../directory/identity.events.js';
import { IdentityServices } from '../services.js';

@CommandHandler(LogIn)
export class LogInHandler implements ICommandHandler<LogIn> {
  constructor(private readonly services: IdentityServices) {}

  execute({ context, request }: LogIn): Promise<LoginOutcome> {
    return this.services.login.run(request, context);
  }
}

@CommandHandler(CheckPassword)
export class CheckPasswordHandler implements ICommandHandler<CheckPassword> {
  constructor(private readonly services: IdentityServices) {}

  execute({ context, user, password }: CheckPassword): Promise<PasswordVerdict> {
    return this.services.login.check(user, password, context);
  }
}

@QueryHandler(ShowToken)
export class ShowTokenHandler implements IQueryHandler<ShowToken> {
  constructor(private readonly services: IdentityServices) {}

  async execute({ token, allowExpired }: ShowToken): Promise<Verification> {
    const read = await this.services.tokens.read(token, allowExpired);
    return read === undefined ? { kind: 'invalid' } : { kind: 'valid', principal: read.principal };
  }
}

@CommandHandler(RevokeToken)
export class RevokeTokenHandler implements ICommandHandler<RevokeToken> {
  constructor(private readonly services: IdentityServices) {}

  async execute({ context, token, chain }: RevokeToken): Promise<CommandOutcome<IdentityEvent, IdentityRefusal>> {
    const read = await this.services.tokens.read(token);
    if (read === undefined) return refuse('token-unknown');
    const { auditId, chainId, userId, expiresAt } = read.claims;
    const revoked = { auditId: chain ? chainId : auditId, chain, userId, expiresAt, revokedAt: context.time };
    return this.services.execute({ kind: 'revoke-token', token: revoked }, context, () => undefined);
  }
}
