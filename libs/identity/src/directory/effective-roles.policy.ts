import type { RoleRef } from '../contracts.js';
import type { ApplicationCredentialState, IdentityState } from './identity.state.js';
import { expandRoleNames } from './role-implication.policy.js';

/** Given directly or by implication; none: the user has nothing to do with the project. */
export function effectiveRoles(state: Readonly<IdentityState>, userId: string, projectId: string): RoleRef[] {
  return expanded(state, state.grants.get(userId)?.get(projectId) ?? []);
}

/** Those stored with it, as far as its user still has them. */
export function credentialRoles(state: Readonly<IdentityState>, credential: ApplicationCredentialState): RoleRef[] {
  const held = new Set(effectiveRoles(state, credential.userId, credential.projectId).map((role) => role.id));
  return expanded(
    state,
    credential.roleIds.filter((id) => held.has(id)),
  );
}

/** The role admin, which nothing implies, in a project that is enabled. */
export function isAdministrator(state: Readonly<IdentityState>, userId: string): boolean {
  const admin = state.roleIdsByName.get('admin');
  if (admin === undefined) return false;
  for (const [projectId, roles] of state.grants.get(userId) ?? [])
    if (roles.has(admin) && state.projects.get(projectId)?.enabled === true) return true;
  return false;
}

function expanded(state: Readonly<IdentityState>, roleIds: Iterable<string>): RoleRef[] {
  const names: string[] = [];
  for (const id of roleIds) {
    const role = state.roles.get(id);
    if (role !== undefined) names.push(role.name);
  }
  return expandRoleNames(names).flatMap((name) => {
    const id = state.roleIdsByName.get(name.toLowerCase());
    const role = id === undefined ? undefined : state.roles.get(id);
    return role === undefined ? [] : [{ id: role.id, name: role.name }];
  });
}
