import { accept, refuse, unreachable, type Decision } from '#kernel';
import type { IdentityRefusal } from '../contracts.js';
import { effectiveRoles } from './effective-roles.policy.js';
import type { ApplicationCredentialCreated, IdentityEvent } from './identity.events.js';
import type { IdentityState } from './identity.state.js';

export type CredentialCommand =
  | { readonly kind: 'create-credential'; readonly credential: ApplicationCredentialCreated['data'] }
  | { readonly kind: 'delete-credential'; readonly id: string; readonly userId: string; readonly deletedAt: number };

type CredentialDecision = Decision<IdentityEvent, IdentityRefusal>;

/** Bound on what one user can pile up. */
export const maxCredentialsPerUser = 1_000;

export function decideOnCredential(command: CredentialCommand, state: Readonly<IdentityState>): CredentialDecision {
  switch (command.kind) {
    case 'create-credential':
      return create(command.credential, state);
    case 'delete-credential': {
      const { id, userId, deletedAt } = command;
      if (state.credentials.get(id)?.userId !== userId) return refuse('credential-unknown', { id });
      return accept({ type: 'ApplicationCredentialDeleted', data: { id, userId, deletedAt } });
    }
    default:
      return unreachable(command);
  }
}

function create(wanted: ApplicationCredentialCreated['data'], state: Readonly<IdentityState>): CredentialDecision {
  const { id, userId, projectId, name, expiresAt, createdAt } = wanted;
  if (!state.users.has(userId)) return refuse('user-unknown', { id: userId });
  if (!state.projects.has(projectId)) return refuse('project-unknown', { id: projectId });
  if (expiresAt !== null && expiresAt <= createdAt) return refuse('credential-expired', { id });
  const own = state.credentialsOfUser.get(userId);
  if (own?.has(name) === true || state.credentials.has(id)) return refuse('credential-name-taken', { name });
  if ((own?.size ?? 0) >= maxCredentialsPerUser)
    return refuse('too-many-credentials', { limit: maxCredentialsPerUser });
  const held = new Set(effectiveRoles(state, userId, projectId).map((role) => role.id));
  const missing = wanted.roleIds.find((roleId) => !held.has(roleId));
  if (missing !== undefined || wanted.roleIds.length === 0) return refuse('role-not-held', { id: missing ?? null });
  return accept({ type: 'ApplicationCredentialCreated', data: wanted });
}
