import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandOutcome } from '#kernel';
import { CreateRole, DeleteRole, GrantRole, RevokeRole, type IdentityRefusal, type RoleFacts } from '../contracts.js';
import type { IdentityEvent } from '../directory/identity.events.js';
import { IdentityServices, newId } from '../services.js';

type Outcome<Answer> = CommandOutcome<IdentityEvent, IdentityRefusal, Answer>;

@CommandHandler(CreateRole)
export class CreateRoleHandler implements ICommandHandler<CreateRole> {
  constructor(private readonly services: IdentityServices) {}

  execute({ context, wanted }: CreateRole): Promise<Outcome<RoleFacts>> {
    const facts = { id: newId('role', context), ...wanted };
    const role = { ...facts, createdAt: context.time };
    return this.services.execute({ kind: 'create-role', role }, context, () => facts);
  }
}

@CommandHandler(DeleteRole)
export class DeleteRoleHandler implements ICommandHandler<DeleteRole> {
  constructor(private readonly services: IdentityServices) {}

  execute({ context, id }: DeleteRole): Promise<Outcome<undefined>> {
    return this.services.execute({ kind: 'delete-role', id, deletedAt: context.time }, context, () => undefined);
  }
}

@CommandHandler(GrantRole)
export class GrantRoleHandler implements ICommandHandler<GrantRole> {
  constructor(private readonly services: IdentityServices) {}

  execute({ context, assignment }: GrantRole): Promise<Outcome<undefined>> {
    const grant = { ...assignment, grantedAt: context.time };
    return this.services.execute({ kind: 'grant-role', grant }, context, () => undefined);
  }
}

@CommandHandler(RevokeRole)
export class RevokeRoleHandler implements ICommandHandler<RevokeRole> {
  constructor(private readonly services: IdentityServices) {}

  execute({ context, assignment }: RevokeRole): Promise<Outcome<undefined>> {
    const grant = { ...assignment, revokedAt: context.time };
    return this.services.execute({ kind: 'revoke-role', grant }, context, () => undefined);
  }
}
