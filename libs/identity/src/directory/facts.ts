import type { ApplicationCredentialFacts, ProjectFacts, RoleFacts, UserFacts } from '../contracts.js';
import type {
  ApplicationCredentialState,
  IdentityState,
  ProjectState,
  RoleState,
  UserState,
} from './identity.state.js';
import type { PersonalTexts } from './personal-texts.js';

export async function userFacts(user: UserState, texts: PersonalTexts): Promise<UserFacts> {
  const { id, enabled, defaultProjectId } = user;
  const [name, email, description] = await Promise.all([
    texts.open(id, user.sealedName),
    texts.openMaybe(id, user.sealedEmail),
    texts.openMaybe(id, user.sealedDescription),
  ]);
  return { id, name: name ?? '', email, description, enabled, defaultProjectId };
}

export function projectFacts({ id, name, description, enabled }: ProjectState): ProjectFacts {
  return { id, name, description, enabled };
}

export function roleFacts({ id, name, description }: RoleState): RoleFacts {
  return { id, name, description };
}

/** A credential with the names of its roles, as they are now. */
export interface SeenCredential {
  readonly credential: ApplicationCredentialState;
  readonly roles: readonly RoleState[];
}

export function seeCredential(credential: ApplicationCredentialState, state: Readonly<IdentityState>): SeenCredential {
  return { credential, roles: credential.roleIds.flatMap((id) => state.roles.get(id) ?? []) };
}

export async function credentialFacts(
  { credential, roles }: SeenCredential,
  texts: PersonalTexts,
): Promise<ApplicationCredentialFacts> {
  const { id, userId, projectId, name, expiresAt, unrestricted, accessRules } = credential;
  return {
    id,
    userId,
    projectId,
    name,
    description: await texts.openMaybe(userId, credential.sealedDescription),
    roles: roles.map((role) => ({ id: role.id, name: role.name })),
    expiresAt,
    unrestricted,
    accessRules,
  };
}
