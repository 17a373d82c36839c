import { unreachable } from '#kernel';
import type {
  IdentityEvent,
  ProjectChanged,
  ProjectCreated,
  ProjectDeleted,
  RoleGranted,
  RoleRevoked,
  TokenRevoked,
  UserChanged,
  UserCreated,
  UserPasswordChanged,
} from './identity.events.js';
import type { IdentityState, UserState } from './identity.state.js';

export function evolveIdentity(state: IdentityState, event: IdentityEvent): IdentityState {
  state.changes += 1;
  switch (event.type) {
    case 'UserCreated':
      addUser(state, event.data);
      return state;
    case 'UserChanged':
    case 'UserPasswordChanged':
      changeUser(state, event);
      return state;
    case 'UserDeleted':
      removeUser(state, event.data.id);
      return state;
    case 'ProjectCreated':
    case 'ProjectChanged':
    case 'ProjectDeleted':
      changeProject(state, event);
      return state;
    case 'RoleCreated': {
      const { id, name, description } = event.data;
      state.roles.set(id, { id, name, description });
      state.roleIdsByName.set(name.toLowerCase(), id);
      return state;
    }
    case 'RoleDeleted':
      removeRole(state, event.data.id);
      return state;
    case 'RoleGranted':
      grant(state, event.data);
      return state;
    case 'RoleRevoked':
      revoke(state, event.data);
      return state;
    case 'ApplicationCredentialCreated':
      state.credentials.set(event.data.id, event.data);
      within(state.credentialsOfUser, event.data.userId, () => new Map()).set(event.data.name, event.data.id);
      return state;
    case 'ApplicationCredentialDeleted':
      removeCredential(state, event.data.id);
      return state;
    case 'TokenRevoked':
      rememberRevocation(state, event.data);
      return state;
    default:
      return unreachable(event);
  }
}

function within<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

function addUser(state: IdentityState, data: UserCreated['data']): void {
  const { passwordSource, ...user } = data;
  const sealedSettingPassword = passwordSource === 'setting' ? data.sealedPassword : null;
  // The time, not zero: a user made anew under an old id must not revive the old one's tokens.
  state.users.set(data.id, { ...user, sealedSettingPassword, generation: data.createdAt });
  state.userIdsByName.set(data.nameDigest, data.id);
}

function changeUser(state: IdentityState, event: UserChanged | UserPasswordChanged): void {
  const user = state.users.get(event.data.id);
  if (user === undefined) return;
  if (event.type === 'UserPasswordChanged') {
    const { sealedPassword, source } = event.data;
    const sealedSettingPassword = source === 'setting' ? sealedPassword : user.sealedSettingPassword;
    state.users.set(user.id, { ...user, sealedPassword, sealedSettingPassword, generation: user.generation + 1 });
    return;
  }
  const { changedAt: _changedAt, ...fields } = event.data;
  const disabled = user.enabled && fields.enabled === false;
  const changed: UserState = { ...user, ...fields, generation: user.generation + (disabled ? 1 : 0) };
  if (changed.nameDigest !== user.nameDigest) {
    state.userIdsByName.delete(user.nameDigest);
    state.userIdsByName.set(changed.nameDigest, user.id);
  }
  state.users.set(user.id, changed);
}

function removeUser(state: IdentityState, id: string): void {
  const user = state.users.get(id);
  if (user === undefined) return;
  for (const credentialId of [...(state.credentialsOfUser.get(id)?.values() ?? [])])
    removeCredential(state, credentialId);
  for (const projectId of state.grants.get(id)?.keys() ?? []) forgetMember(state, projectId, id);
  state.grants.delete(id);
  state.userIdsByName.delete(user.nameDigest);
  state.users.delete(id);
}

function changeProject(state: IdentityState, event: ProjectCreated | ProjectChanged | ProjectDeleted): void {
  if (event.type === 'ProjectCreated') {
    state.projects.set(event.data.id, { ...event.data, generation: event.data.createdAt });
    state.projectIdsByName.set(event.data.name, event.data.id);
    return;
  }
  const project = state.projects.get(event.data.id);
  if (project === undefined) return;
  if (event.type === 'ProjectDeleted') {
    removeProject(state, project.id, project.name);
    return;
  }
  const { changedAt: _changedAt, ...fields } = event.data;
  const disabled = project.enabled && fields.enabled === false;
  const changed = { ...project, ...fields, generation: project.generation + (disabled ? 1 : 0) };
  if (changed.name !== project.name) {
    state.projectIdsByName.delete(project.name);
    state.projectIdsByName.set(changed.name, project.id);
  }
  state.projects.set(project.id, changed);
}

function removeProject(state: IdentityState, id: string, name: string): void {
  for (const userId of [...(state.members.get(id) ?? [])]) {
    leaveProject(state, userId, id);
    const user = state.users.get(userId);
    if (user?.defaultProjectId === id) state.users.set(userId, { ...user, defaultProjectId: null });
  }
  state.projectIdsByName.delete(name);
  state.projects.delete(id);
}

/** Rare, so it may look at everybody. */
function removeRole(state: IdentityState, id: string): void {
  const role = state.roles.get(id);
  if (role === undefined) return;
  for (const [userId, projects] of [...state.grants])
    for (const projectId of [...projects.keys()]) revoke(state, { userId, projectId, roleId: id });
  state.roleIdsByName.delete(role.name.toLowerCase());
  state.roles.delete(id);
}

function grant(state: IdentityState, { userId, projectId, roleId }: RoleGranted['data']): void {
  const projects = within(state.grants, userId, () => new Map<string, Set<string>>());
  within(projects, projectId, () => new Set<string>()).add(roleId);
  within(state.members, projectId, () => new Set<string>()).add(userId);
}

function revoke(state: IdentityState, { userId, projectId, roleId }: Omit<RoleRevoked['data'], 'revokedAt'>): void {
  const roles = state.grants.get(userId)?.get(projectId);
  if (roles?.delete(roleId) === true && roles.size === 0) leaveProject(state, userId, projectId);
}

/** Without any role there: the application credentials for that project end as well. */
function leaveProject(state: IdentityState, userId: string, projectId: string): void {
  const projects = state.grants.get(userId);
  projects?.delete(projectId);
  if (projects?.size === 0) state.grants.delete(userId);
  forgetMember(state, projectId, userId);
  for (const credentialId of [...(state.credentialsOfUser.get(userId)?.values() ?? [])])
    if (state.credentials.get(credentialId)?.projectId === projectId) removeCredential(state, credentialId);
}

function forgetMember(state: IdentityState, projectId: string, userId: string): void {
  const members = state.members.get(projectId);
  members?.delete(userId);
  if (members?.size === 0) state.members.delete(projectId);
}

function removeCredential(state: IdentityState, id: string): void {
  const credential = state.credentials.get(id);
  if (credential === undefined) return;
  state.credentials.delete(id);
  const names = state.credentialsOfUser.get(credential.userId);
  names?.delete(credential.name);
  if (names?.size === 0) state.credentialsOfUser.delete(credential.userId);
}

function rememberRevocation(state: IdentityState, data: TokenRevoked['data']): void {
  const { auditId, chain, expiresAt, revokedAt } = data;
  for (const revoked of [state.revokedTokens, state.revokedChains]) prune(revoked, revokedAt);
  (chain ? state.revokedChains : state.revokedTokens).set(auditId, expiresAt);
}

/** From the oldest on and only as far as they are past, so that each entry is looked at about once. */
function prune(revoked: Map<string, number>, now: number): void {
  for (const [auditId, expiresAt] of revoked) {
    if (expiresAt > now) return;
    revoked.delete(auditId);
  }
}
