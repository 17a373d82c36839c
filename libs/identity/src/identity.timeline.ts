import type { Json, Mention, Timeline } from '#kernel';
import type { IdentityEvent } from './directory/identity.events.js';
import type { LoginRefused } from './logins/login-refusals.events.js';

function mention(kind: string, id: string, what: string, more: Partial<Mention> = {}): Mention {
  return { kind, id, what, ...more };
}

/** Only what may be read: sealed fields never show. */
function shown(fields: Readonly<Record<string, Json | undefined>>): { readonly sets: Readonly<Record<string, Json>> } {
  const told = Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
  return { sets: Object.fromEntries(told) };
}

/** How identity's events read in the history of users, projects, roles and application credentials. */
export const identityTimeline: Timeline<IdentityEvent | LoginRefused> = {
  UserCreated: ({ id, enabled, defaultProjectId }) => [
    mention('user', id, 'created', shown({ enabled, defaultProjectId })),
  ],
  UserChanged: ({ id, enabled, defaultProjectId, sealedName }) => [
    mention('user', id, sealedName === undefined ? 'changed' : 'renamed', shown({ enabled, defaultProjectId })),
  ],
  UserPasswordChanged: ({ id, source }) => [mention('user', id, `password changed by ${source}`)],
  UserDeleted: ({ id }) => [mention('user', id, 'deleted', { ends: true })],
  ProjectCreated: ({ id, name, description, enabled }) => [
    mention('project', id, 'created', shown({ name, description, enabled })),
  ],
  ProjectChanged: ({ id, name, description, enabled }) => [
    mention('project', id, 'changed', shown({ name, description, enabled })),
  ],
  ProjectDeleted: ({ id }) => [mention('project', id, 'deleted', { ends: true })],
  RoleCreated: ({ id, name, description }) => [mention('role', id, 'created', shown({ name, description }))],
  RoleDeleted: ({ id }) => [mention('role', id, 'deleted', { ends: true })],
  RoleGranted: ({ userId, projectId, roleId }) => [
    mention('user', userId, `role ${roleId} granted in project ${projectId}`),
    mention('project', projectId, `role ${roleId} granted to user ${userId}`),
  ],
  RoleRevoked: ({ userId, projectId, roleId }) => [
    mention('user', userId, `role ${roleId} revoked in project ${projectId}`),
    mention('project', projectId, `role ${roleId} revoked from user ${userId}`),
  ],
  ApplicationCredentialCreated: ({ id, userId, projectId, expiresAt, unrestricted }) => [
    mention('applicationCredential', id, 'created', shown({ userId, projectId, expiresAt, unrestricted })),
    mention('user', userId, `application credential ${id} created`),
  ],
  ApplicationCredentialDeleted: ({ id, userId }) => [
    mention('applicationCredential', id, 'deleted', { ends: true }),
    mention('user', userId, `application credential ${id} deleted`),
  ],
  TokenRevoked: ({ userId, auditId, chain }) => [
    mention('user', userId, `${chain ? 'tokens of the chain' : 'token'} ${auditId} revoked`),
  ],
  LoginRefused: ({ userId, method, count }) =>
    userId === null ? [] : [mention('user', userId, `login by ${method} refused ${String(count)} times`)],
};
