import { accept, type Decision } from '#kernel';
import type { IdentityRefusal } from '../contracts.js';
import type { IdentityEvent, RoleCreated, UserCreated } from './identity.events.js';
import type { IdentityState } from './identity.state.js';

/** A user with a role in a project. */
export interface BootstrapAccount {
  readonly user: UserCreated['data'];
  readonly project: { readonly id: string; readonly name: string };
  readonly roleName: string;
  /**
   * `nobody-has-role`: made, or put back in force, only while no enabled user has that role in an enabled project.
   * `user-missing`: made when there is no user of that name; an existing one is left as it is.
   */
  readonly when: 'nobody-has-role' | 'user-missing';
}

/** What every start asks for; only what is missing becomes events, all in one append. */
export interface BootstrapCommand {
  readonly kind: 'bootstrap';
  /** The built-in ones. */
  readonly roles: readonly Omit<RoleCreated['data'], 'createdAt'>[];
  readonly accounts: readonly BootstrapAccount[];
  readonly at: number;
}

export function decideOnBootstrap(
  command: BootstrapCommand,
  state: Readonly<IdentityState>,
): Decision<IdentityEvent, IdentityRefusal> {
  const { roles, accounts, at } = command;
  const events: IdentityEvent[] = [];
  for (const role of roles)
    if (!state.roleIdsByName.has(role.name.toLowerCase()))
      events.push({ type: 'RoleCreated', data: { ...role, createdAt: at } });
  for (const account of accounts) {
    const roleId =
      state.roleIdsByName.get(account.roleName) ?? roles.find((role) => role.name === account.roleName)?.id;
    if (roleId === undefined) throw new Error(`the role ${account.roleName} is not among those to be made`);
    if (isWanted(account, roleId, state)) events.push(...open(account, roleId, at, state));
  }
  return accept(...events);
}

function isWanted(account: BootstrapAccount, roleId: string, state: Readonly<IdentityState>): boolean {
  return account.when === 'user-missing'
    ? !state.userIdsByName.has(account.user.nameDigest)
    : !somebodyHas(roleId, state);
}

/** Once per start, so it may look at everybody. */
function somebodyHas(roleId: string, state: Readonly<IdentityState>): boolean {
  for (const [userId, projects] of state.grants) {
    if (state.users.get(userId)?.enabled !== true) continue;
    for (const [projectId, roles] of projects)
      if (roles.has(roleId) && state.projects.get(projectId)?.enabled === true) return true;
  }
  return false;
}

function open(
  { user, project }: BootstrapAccount,
  roleId: string,
  at: number,
  state: Readonly<IdentityState>,
): IdentityEvent[] {
  const events: IdentityEvent[] = [];
  const projectId = state.projectIdsByName.get(project.name) ?? project.id;
  const knownProject = state.projects.get(projectId);
  if (knownProject === undefined)
    events.push({ type: 'ProjectCreated', data: { ...project, description: '', enabled: true, createdAt: at } });
  else if (!knownProject.enabled)
    events.push({ type: 'ProjectChanged', data: { id: projectId, enabled: true, changedAt: at } });
  const userId = state.userIdsByName.get(user.nameDigest) ?? user.id;
  const knownUser = state.users.get(userId);
  if (knownUser === undefined)
    events.push({ type: 'UserCreated', data: { ...user, defaultProjectId: user.defaultProjectId && projectId } });
  else if (!knownUser.enabled) events.push({ type: 'UserChanged', data: { id: userId, enabled: true, changedAt: at } });
  if (state.grants.get(userId)?.get(projectId)?.has(roleId) !== true)
    events.push({ type: 'RoleGranted', data: { userId, projectId, roleId, grantedAt: at } });
  return events;
}
