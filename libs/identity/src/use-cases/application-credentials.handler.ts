import { randomBytes } from 'node:crypto';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { refuse, type CommandOutcome, type Refused } from '#kernel';
import { deriveUuid, leasebookNamespace } from '#runtime';
import {
  CreateApplicationCredential,
  DeleteApplicationCredential,
  type AccessRule,
  type ApplicationCredentialFacts,
  type IdentityRefusal,
  type Ref,
} from '../contracts.js';
import { effectiveRoles } from '../directory/effective-roles.policy.js';
import { credentialFacts, seeCredential } from '../directory/facts.js';
import type { IdentityEvent } from '../directory/identity.events.js';
import { IdentityServices, newId } from '../services.js';

type Outcome<Answer> = CommandOutcome<IdentityEvent, IdentityRefusal, Answer>;
type Made = { readonly credential: ApplicationCredentialFacts; readonly secret: string };

/** 512 random bits. */
const madeSecretBytes = 64;

@CommandHandler(CreateApplicationCredential)
export class CreateApplicationCredentialHandler implements ICommandHandler<CreateApplicationCredential> {
  constructor(private readonly services: IdentityServices) {}

  async execute({ context, wanted }: CreateApplicationCredential): Promise<Outcome<Made>> {
    const { texts, passwords } = this.services;
    const id = newId('application-credential', context);
    const { userId, projectId, name, expiresAt, unrestricted } = wanted;
    const secret = wanted.secret ?? randomBytes(madeSecretBytes).toString('base64url');
    const roleIds = await this.roleIds(wanted);
    if (!Array.isArray(roleIds)) return roleIds as Refused<IdentityRefusal>;
    const credential = {
      id,
      userId,
      projectId,
      name,
      sealedDescription: await texts.sealMaybe(userId, wanted.description),
      sealedSecret: await texts.seal(userId, await passwords.hash(secret)),
      roleIds: roleIds as readonly string[],
      expiresAt,
      unrestricted,
      accessRules: wanted.accessRules?.map((rule, index) => withId(rule, `${id}\n${String(index)}`)) ?? null,
      createdAt: context.time,
    };
    const command = { kind: 'create-credential' as const, credential };
    const outcome = await this.services.execute(command, context, (state) => seeCredential(credential, state));
    if (outcome.kind === 'refused') return outcome;
    return { ...outcome, answer: { credential: await credentialFacts(outcome.answer, texts), secret } };
  }

  /** None asked for: all that the user has in the project. */
  private roleIds({
    userId,
    projectId,
    roles,
  }: CreateApplicationCredential['wanted']): Promise<readonly string[] | Refused<IdentityRefusal>> {
    return this.services.look((state) => {
      if (roles.length === 0) return effectiveRoles(state, userId, projectId).map((role) => role.id);
      const idOf = (role: Ref): string | undefined =>
        'id' in role ? role.id : state.roleIdsByName.get(role.name.toLowerCase());
      const unknown = roles.find((role) => !state.roles.has(idOf(role) ?? ''));
      if (unknown !== undefined) return refuse('role-unknown', { id: 'id' in unknown ? unknown.id : unknown.name });
      return [...new Set(roles.flatMap((role) => idOf(role) ?? []))];
    });
  }
}

function withId(rule: Omit<AccessRule, 'id'>, name: string): AccessRule {
  return { id: deriveUuid(leasebookNamespace, `identity\naccess-rule\n${name}`).replaceAll('-', ''), ...rule };
}

@CommandHandler(DeleteApplicationCredential)
export class DeleteApplicationCredentialHandler implements ICommandHandler<DeleteApplicationCredential> {
  constructor(private readonly services: IdentityServices) {}

  execute({ context, userId, id }: DeleteApplicationCredential): Promise<Outcome<undefined>> {
    const command = { kind: 'delete-credential' as const, id, userId, deletedAt: context.time };
    return this.services.execute(command, context, () => undefined);
  }
}
