import type { RoleRef } from '../contracts.js';
import { credentialRoles, effectiveRoles } from '../directory/effective-roles.policy.js';
import type { ApplicationCredentialState, IdentityState, UserState } from '../directory/identity.state.js';

/** The claims of a token that say whom it is for; all of TokenClaims will do. */
export interface StandingClaims {
  readonly userId: string;
  readonly projectId: string | null;
  readonly applicationCredentialId: string | null;
  readonly auditId: string;
  readonly chainId: string;
  readonly userGeneration: number;
  readonly projectGeneration: number;
}

/** What a token stands for now. Time is not looked at: no token outlives its credential. */
export interface Standing {
  readonly user: Pick<UserState, 'id' | 'sealedName'>;
  readonly project: { readonly id: string; readonly name: string } | null;
  readonly roles: readonly RoleRef[];
  readonly credential: ApplicationCredentialState | null;
}

/** Undefined: revoked, or its user, project, role or credential is gone, disabled or changed. */
export function standingOf(claims: StandingClaims, state: Readonly<IdentityState>): Standing | undefined {
  const user = state.users.get(claims.userId);
  if (user?.enabled !== true || user.generation !== claims.userGeneration) return undefined;
  if (state.revokedTokens.has(claims.auditId) || state.revokedChains.has(claims.chainId)) return undefined;
  const named = { id: user.id, sealedName: user.sealedName };
  if (claims.projectId === null) return { user: named, project: null, roles: [], credential: null };
  const project = state.projects.get(claims.projectId);
  if (project?.enabled !== true || project.generation !== claims.projectGeneration) return undefined;
  let credential: ApplicationCredentialState | null = null;
  if (claims.applicationCredentialId !== null) {
    credential = state.credentials.get(claims.applicationCredentialId) ?? null;
    if (credential === null) return undefined;
  }
  const roles = credential === null ? effectiveRoles(state, user.id, project.id) : credentialRoles(state, credential);
  if (roles.length === 0) return undefined;
  return { user: named, project: { id: project.id, name: project.name }, roles, credential };
}
