import type { SnapshotFormat } from '#kernel';
import type {
  ApplicationCredentialState,
  IdentityState,
  ProjectState,
  RoleState,
  UserState,
} from './identity.state.js';

/** Only what cannot be worked out: look-ups by name and by member are rebuilt. */
interface StoredIdentity {
  readonly changes: number;
  readonly users: readonly UserState[];
  readonly projects: readonly ProjectState[];
  readonly roles: readonly RoleState[];
  readonly grants: readonly (readonly [user: string, project: string, roles: readonly string[]])[];
  readonly credentials: readonly ApplicationCredentialState[];
  readonly revokedTokens: readonly (readonly [string, number])[];
  readonly revokedChains: readonly (readonly [string, number])[];
}

export const identitySnapshot: SnapshotFormat<IdentityState> = {
  version: 1,
  everyEvents: 500,
  write: (state): StoredIdentity => ({
    changes: state.changes,
    users: [...state.users.values()],
    projects: [...state.projects.values()],
    roles: [...state.roles.values()],
    grants: Array.from(state.grants).flatMap(([user, projects]) =>
      Array.from(projects, ([project, roles]) => [user, project, [...roles]] as const),
    ),
    credentials: [...state.credentials.values()],
    revokedTokens: [...state.revokedTokens],
    revokedChains: [...state.revokedChains],
  }),
  read: (stored: StoredIdentity): IdentityState => ({
    changes: stored.changes,
    users: new Map(stored.users.map((user) => [user.id, user])),
    userIdsByName: new Map(stored.users.map((user) => [user.nameDigest, user.id])),
    projects: new Map(stored.projects.map((project) => [project.id, project])),
    projectIdsByName: new Map(stored.projects.map((project) => [project.name, project.id])),
    roles: new Map(stored.roles.map((role) => [role.id, role])),
    roleIdsByName: new Map(stored.roles.map((role) => [role.name.toLowerCase(), role.id])),
    grants: nested(stored.grants.map(([user, project, roles]) => [user, project, new Set(roles)])),
    members: members(stored.grants),
    credentials: new Map(stored.credentials.map((credential) => [credential.id, credential])),
    credentialsOfUser: nested(stored.credentials.map(({ userId, name, id }) => [userId, name, id])),
    revokedTokens: new Map(stored.revokedTokens),
    revokedChains: new Map(stored.revokedChains),
  }),
};

function nested<Value>(rows: readonly (readonly [string, string, Value])[]): Map<string, Map<string, Value>> {
  const outer = new Map<string, Map<string, Value>>();
  for (const [first, second, value] of rows) {
    const inner = outer.get(first) ?? new Map<string, Value>();
    outer.set(first, inner.set(second, value));
  }
  return outer;
}

function members(grants: StoredIdentity['grants']): Map<string, Set<string>> {
  const of = new Map<string, Set<string>>();
  for (const [user, project] of grants) of.set(project, (of.get(project) ?? new Set()).add(user));
  return of;
}
