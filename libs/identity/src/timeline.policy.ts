import type { Json, Mention, Timeline } from '#kernel';
import type { IdentityEvent } from './directory/identity.events.js';
import type { LoginRefused } from './logins/login-refusals.events.js';

/** The history never shows what is sealed: that a name changed, but not to what. */
type AuditedEvent = IdentityEvent | LoginRefused;

const user = (id: string, what: string, more: Partial<Mention> = {}): Mention => ({ kind: 'user', id, what, ...more });
const project = (id: string, what: string, more: Partial<Mention> = {}): Mention => ({
  kind: 'project',
  id,
  what,
  ...more,
});
const role = (id: string, what: string, more: Partial<Mention> = {}): Mention => ({ kind: 'role', id, what, ...more });

const instant = (time: number | null): Json => (time === null ? null : new Date(time).toISOString());

/** Of the members that are there. */
function told(fields: Readonly<Record<string, Json | undefined>>): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

type UserChange = Extract<IdentityEvent, { type: 'UserChanged' }>['data'];

/** `renamed, disabled`: all that one call did, in words. */
function userChange(change: UserChange): string {
  const words = [
    change.sealedName === undefined ? undefined : 'renamed',
    change.enabled === undefined ? undefined : enabling(change.enabled),
    change.sealedEmail === undefined ? undefined : 'e-mail address changed',
    change.sealedDescription === undefined ? undefined : 'description changed',
    change.defaultProjectId === undefined ? undefined : 'default project changed',
  ].filter((word) => word !== undefined);
  return words.length === 0 ? 'changed' : words.join(', ');
}

type ProjectChange = Extract<IdentityEvent, { type: 'ProjectChanged' }>['data'];

function projectChange(change: ProjectChange): string {
  const words = [
    change.name === undefined ? undefined : 'renamed',
    change.enabled === undefined ? undefined : enabling(change.enabled),
    change.description === undefined ? undefined : 'description changed',
  ].filter((word) => word !== undefined);
  return words.length === 0 ? 'changed' : words.join(', ');
}

const enabling = (enabled: boolean): string => (enabled ? 'enabled' : 'disabled');

const passwordWords = {
  setting: 'password taken from the settings',
  user: 'password changed by the user',
  administrator: 'password set by an administrator',
} as const;

/** Kinds: `user`, `project`, `role`, `applicationCredential` (by id) and `token` (by audit id). */
export const identityTimeline: Timeline<AuditedEvent> = {
  UserCreated: ({ id, enabled, defaultProjectId }) => [
    user(id, 'created', { sets: { enabled, defaultProject: defaultProjectId } }),
  ],
  UserChanged: (change) => [
    user(change.id, userChange(change), {
      sets: told({ enabled: change.enabled, defaultProject: change.defaultProjectId }),
    }),
  ],
  UserPasswordChanged: ({ id, source }) => [user(id, passwordWords[source])],
  UserDeleted: ({ id }) => [user(id, 'deleted', { ends: true })],

  ProjectCreated: ({ id, name, description, enabled }) => [
    project(id, 'created', { sets: { name, description, enabled } }),
  ],
  ProjectChanged: (change) => [
    project(change.id, projectChange(change), {
      sets: told({ name: change.name, description: change.description, enabled: change.enabled }),
    }),
  ],
  ProjectDeleted: ({ id }) => [project(id, 'deleted', { ends: true })],

  RoleCreated: ({ id, name, description }) => [role(id, 'created', { sets: { name, description } })],
  RoleDeleted: ({ id }) => [role(id, 'deleted', { ends: true })],
  RoleGranted: ({ userId, projectId, roleId }) => [
    user(userId, `role ${roleId} in project ${projectId} granted`),
    project(projectId, `role ${roleId} granted to user ${userId}`),
    role(roleId, `granted to user ${userId} in project ${projectId}`),
  ],
  RoleRevoked: ({ userId, projectId, roleId }) => [
    user(userId, `role ${roleId} in project ${projectId} revoked`),
    project(projectId, `role ${roleId} revoked from user ${userId}`),
    role(roleId, `revoked from user ${userId} in project ${projectId}`),
  ],

  ApplicationCredentialCreated: (made) => [
    {
      kind: 'applicationCredential',
      id: made.id,
      what: 'created',
      sets: {
        name: made.name,
        user: made.userId,
        project: made.projectId,
        roles: made.roleIds,
        expires: instant(made.expiresAt),
        unrestricted: made.unrestricted,
        accessRules: made.accessRules?.map(({ service, method, path }) => `${service}: ${method} ${path}`) ?? null,
      },
    },
    user(made.userId, `application credential ${made.name} created`),
  ],
  ApplicationCredentialDeleted: ({ id, userId }) => [
    { kind: 'applicationCredential', id, what: 'deleted', ends: true },
    user(userId, `application credential ${id} deleted`),
  ],
  TokenRevoked: ({ auditId, chain, userId, expiresAt }) => [
    {
      kind: 'token',
      id: auditId,
      what: chain ? 'revoked, with all made from it' : 'revoked',
      sets: { user: userId, wouldHaveExpired: instant(expiresAt) },
    },
    user(userId, `token ${auditId} revoked`),
  ],
  LoginRefused: ({ userId, method, count }) =>
    userId === null ? [] : [user(userId, `${count === 1 ? 'login' : `${String(count)} logins`} refused (${method})`)],
};
