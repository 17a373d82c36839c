import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { refuse, type CommandContext, type CommandOutcome } from '#kernel';
import {
  ChangeOwnPassword,
  CreateUser,
  DeleteUser,
  UpdateUser,
  type IdentityRefusal,
  type TooManyAttempts,
  type UserFacts,
} from '../contracts.js';
import { userFacts } from '../directory/facts.js';
import type { IdentityEvent } from '../directory/identity.events.js';
import type { UserState } from '../directory/identity.state.js';
import { IdentityServices, newId } from '../services.js';

type Outcome<Answer> = CommandOutcome<IdentityEvent, IdentityRefusal, Answer>;

async function withFacts(
  outcome: Outcome<UserState | undefined>,
  { texts }: IdentityServices,
): Promise<Outcome<UserFacts>> {
  if (outcome.kind === 'refused') return outcome;
  if (outcome.answer === undefined) throw new Error('the user is gone right after the change');
  return { ...outcome, answer: await userFacts(outcome.answer, texts) };
}

/** Sealed with the user's own key, as all that is theirs. */
async function sealedHash(password: string, userId: string, { passwords, texts }: IdentityServices): Promise<string> {
  return texts.seal(userId, await passwords.hash(password));
}

@CommandHandler(CreateUser)
export class CreateUserHandler implements ICommandHandler<CreateUser> {
  constructor(private readonly services: IdentityServices) {}

  async execute({ context, wanted }: CreateUser): Promise<Outcome<UserFacts>> {
    const { texts } = this.services;
    const id = newId('user', context);
    const nameDigest = await texts.nameDigest(wanted.name);
    // Before anything is sealed: a refused user leaves no key behind, and costs no hashing.
    const owner = await this.services.look((state) => state.userIdsByName.get(nameDigest));
    if (owner !== undefined && owner !== id) return refuse('user-name-taken');
    const user = {
      id,
      nameDigest,
      sealedName: await texts.seal(id, wanted.name),
      sealedEmail: await texts.sealMaybe(id, wanted.email),
      sealedDescription: await texts.sealMaybe(id, wanted.description),
      sealedPassword: wanted.password === null ? null : await sealedHash(wanted.password, id, this.services),
      passwordSource: 'administrator' as const,
      defaultProjectId: wanted.defaultProjectId,
      enabled: wanted.enabled,
      createdAt: context.time,
    };
    const outcome = await this.services.execute({ kind: 'create-user', user }, context, (state) => state.users.get(id));
    return withFacts(outcome, this.services);
  }
}

@CommandHandler(UpdateUser)
export class UpdateUserHandler implements ICommandHandler<UpdateUser> {
  constructor(private readonly services: IdentityServices) {}

  async execute({ context, id, change }: UpdateUser): Promise<Outcome<UserFacts>> {
    const { defaultProjectId, enabled, password } = change;
    const user = await this.services.look((state) => state.users.get(id));
    if (user === undefined) return refuse('user-unknown', { id });
    const command = {
      kind: 'change-user' as const,
      change: {
        id,
        ...(await this.sealed(user, change)),
        ...(defaultProjectId === undefined ? {} : { defaultProjectId }),
        ...(enabled === undefined ? {} : { enabled }),
        changedAt: context.time,
      },
      ...(password === undefined ? {} : { sealedPassword: await sealedHash(password, id, this.services) }),
    };
    const outcome = await this.services.execute(command, context, (state) => state.users.get(id));
    return withFacts(outcome, this.services);
  }

  /** Only what is to change: the same text sealed anew would look like a change. */
  private async sealed(
    user: UserState,
    { name, email, description }: UpdateUser['change'],
  ): Promise<{
    readonly nameDigest?: string;
    readonly sealedName?: string;
    readonly sealedEmail?: string | null;
    readonly sealedDescription?: string | null;
  }> {
    const { texts } = this.services;
    const { id } = user;
    const now = await userFacts(user, texts);
    const named = name === undefined || name === now.name;
    return {
      ...(named ? {} : { nameDigest: await texts.nameDigest(name), sealedName: await texts.seal(id, name) }),
      ...(email === undefined || email === now.email ? {} : { sealedEmail: await texts.sealMaybe(id, email) }),
      ...(description === undefined || description === now.description
        ? {}
        : { sealedDescription: await texts.sealMaybe(id, description) }),
    };
  }
}

@CommandHandler(ChangeOwnPassword)
export class ChangeOwnPasswordHandler implements ICommandHandler<ChangeOwnPassword> {
  constructor(private readonly services: IdentityServices) {}

  async execute(command: ChangeOwnPassword): Promise<Outcome<undefined> | TooManyAttempts> {
    const { context, id, original, password } = command;
    const user = await this.services.look((state) => state.users.get(id));
    const proven = await this.services.secrets.password({ user: { id }, password: original }, context);
    if (proven === 'no') return { kind: 'refused', code: 'password-wrong', facts: { id } };
    if ('retryAfterSeconds' in proven) return { kind: 'too-many-attempts', ...proven };
    return this.services.execute(
      {
        kind: 'set-password',
        id,
        sealedPassword: await sealedHash(password, id, this.services),
        source: 'user',
        // Looked at before the proof: if it is no longer the same, the proof may have been of a newer one.
        ...(user?.sealedPassword == null ? {} : { expectedSealedPassword: user.sealedPassword }),
        changedAt: context.time,
      },
      context,
      () => undefined,
    );
  }
}

@CommandHandler(DeleteUser)
export class DeleteUserHandler implements ICommandHandler<DeleteUser> {
  constructor(private readonly services: IdentityServices) {}

  async execute({ context, id }: DeleteUser): Promise<Outcome<undefined>> {
    const outcome = await this.delete(id, context);
    // A server that died between the two left the key: whoever asks again completes it.
    if (outcome.kind === 'accepted' || outcome.code === 'user-unknown') await this.services.texts.erase(id);
    return outcome;
  }

  private delete(id: string, context: CommandContext): Promise<Outcome<undefined>> {
    return this.services.execute({ kind: 'delete-user', id, deletedAt: context.time }, context, () => undefined);
  }
}
