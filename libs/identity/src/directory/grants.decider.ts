import { accept, refuse, unreachable, type Decision } from '#kernel';
import type { IdentityRefusal } from '../contracts.js';
import type { IdentityEvent, RoleCreated, RoleGranted, RoleRevoked } from './identity.events.js';
import type { IdentityState } from './identity.state.js';
import { isBuiltInRole } from './role-implication.policy.js';

export type GrantCommand =
  | { readonly kind: 'create-role'; readonly role: RoleCreated['data'] }
  | { readonly kind: 'delete-role'; readonly id: string; readonly deletedAt: number }
  | { readonly kind: 'grant-role'; readonly grant: RoleGranted['data'] }
  | { readonly kind: 'revoke-role'; readonly grant: RoleRevoked['data'] };

type GrantDecision = Decision<IdentityEvent, IdentityRefusal>;

export function decideOnGrant(command: GrantCommand, state: Readonly<IdentityState>): GrantDecision {
  switch (command.kind) {
    case 'create-role': {
      const { role } = command;
      if (state.roleIdsByName.has(role.name.toLowerCase()) || state.roles.has(role.id))
        return refuse('role-name-taken', { name: role.name });
      return accept({ type: 'RoleCreated', data: role });
    }
    case 'delete-role': {
      const { id, deletedAt } = command;
      const role = state.roles.get(id);
      if (role === undefined) return refuse('role-unknown', { id });
      if (isBuiltInRole(role.name)) return refuse('role-built-in', { name: role.name });
      return accept({ type: 'RoleDeleted', data: { id, deletedAt } });
    }
    case 'grant-role': {
      const unknown = whatIsUnknown(command.grant, state);
      if (unknown !== undefined) return unknown;
      return isGranted(command.grant, state) ? accept() : accept({ type: 'RoleGranted', data: command.grant });
    }
    case 'revoke-role': {
      const unknown = whatIsUnknown(command.grant, state);
      if (unknown !== undefined) return unknown;
      const { userId, projectId, roleId } = command.grant;
      if (!isGranted(command.grant, state)) return refuse('grant-unknown', { userId, projectId, roleId });
      return accept({ type: 'RoleRevoked', data: command.grant });
    }
    default:
      return unreachable(command);
  }
}

type Grant = Pick<RoleGranted['data'], 'userId' | 'projectId' | 'roleId'>;

function whatIsUnknown(
  { userId, projectId, roleId }: Grant,
  state: Readonly<IdentityState>,
): GrantDecision | undefined {
  if (!state.users.has(userId)) return refuse('user-unknown', { id: userId });
  if (!state.projects.has(projectId)) return refuse('project-unknown', { id: projectId });
  if (!state.roles.has(roleId)) return refuse('role-unknown', { id: roleId });
  return undefined;
}

function isGranted({ userId, projectId, roleId }: Grant, state: Readonly<IdentityState>): boolean {
  return state.grants.get(userId)?.get(projectId)?.has(roleId) ?? false;
}
