import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  ListApplicationCredentials,
  ListAssignments,
  ListProjects,
  ListRoles,
  ListUsers,
  ShowProject,
  ShowUser,
  ShowUserStanding,
  type ApplicationCredentialFacts,
  type AssignmentFacts,
  type Page,
  type Paging,
  type ProjectFacts,
  type RoleFacts,
  type UserFacts,
  type UserStanding,
} from '../contracts.js';
import { effectiveRoles } from '../directory/effective-roles.policy.js';
import { credentialFacts, projectFacts, roleFacts, seeCredential, userFacts } from '../directory/facts.js';
import type { IdentityState, ProjectState, UserState } from '../directory/identity.state.js';
import { IdentityServices } from '../services.js';

/** In order of ids, after the marker, one more than wanted to know whether there is more. */
function pageOf<Item extends { readonly id: string }>(items: Iterable<Item>, { limit, marker }: Paging): Page<Item> {
  const after = [...items].filter((item) => marker === null || item.id > marker);
  after.sort((a, b) => (a.id < b.id ? -1 : 1));
  const page = after.slice(0, limit);
  return { items: page, next: after.length > limit ? (page.at(-1)?.id ?? null) : null };
}

function known<Value>(ids: Iterable<string>, map: ReadonlyMap<string, Value>): Value[] {
  return Array.from(ids).flatMap((id) => map.get(id) ?? []);
}

@QueryHandler(ListUsers)
export class ListUsersHandler implements IQueryHandler<ListUsers> {
  constructor(private readonly services: IdentityServices) {}

  async execute({ filter, paging }: ListUsers): Promise<Page<UserFacts>> {
    const { texts } = this.services;
    const digest = filter.name === undefined ? undefined : await texts.nameDigest(filter.name);
    const page = await this.services.look((state) => {
      const fitting = candidates(state, digest, filter.projectId).filter(
        (user) => filter.enabled === undefined || user.enabled === filter.enabled,
      );
      return pageOf(fitting, paging);
    });
    return { items: await Promise.all(page.items.map((user) => userFacts(user, texts))), next: page.next };
  }
}

function candidates(
  state: Readonly<IdentityState>,
  digest: string | undefined,
  projectId: string | undefined,
): UserState[] {
  const members = projectId === undefined ? undefined : (state.members.get(projectId) ?? new Set<string>());
  if (digest === undefined) return members === undefined ? [...state.users.values()] : known(members, state.users);
  const id = state.userIdsByName.get(digest);
  return id === undefined || members?.has(id) === false ? [] : known([id], state.users);
}

@QueryHandler(ShowUser)
export class ShowUserHandler implements IQueryHandler<ShowUser> {
  constructor(private readonly services: IdentityServices) {}

  async execute({ id }: ShowUser): Promise<UserFacts | undefined> {
    const user = await this.services.look((state) => state.users.get(id));
    return user && userFacts(user, this.services.texts);
  }
}

@QueryHandler(ShowUserStanding)
export class ShowUserStandingHandler implements IQueryHandler<ShowUserStanding> {
  constructor(private readonly services: IdentityServices) {}

  execute({ userId }: ShowUserStanding): Promise<UserStanding | undefined> {
    return this.services.look((state) => this.services.standings.of(state, userId));
  }
}

@QueryHandler(ListProjects)
export class ListProjectsHandler implements IQueryHandler<ListProjects> {
  constructor(private readonly services: IdentityServices) {}

  execute({ filter, paging }: ListProjects): Promise<Page<ProjectFacts>> {
    const { name, enabled, userId } = filter;
    return this.services.look((state) => {
      let projects: ProjectState[];
      if (name !== undefined) projects = known([state.projectIdsByName.get(name) ?? ''], state.projects);
      else if (userId !== undefined) projects = known(state.grants.get(userId)?.keys() ?? [], state.projects);
      else projects = [...state.projects.values()];
      const fitting = projects.filter(
        (project) =>
          (enabled === undefined || project.enabled === enabled) &&
          (userId === undefined || state.grants.get(userId)?.has(project.id) === true),
      );
      const page = pageOf(fitting, paging);
      return { items: page.items.map(projectFacts), next: page.next };
    });
  }
}

@QueryHandler(ShowProject)
export class ShowProjectHandler implements IQueryHandler<ShowProject> {
  constructor(private readonly services: IdentityServices) {}

  execute({ id }: ShowProject): Promise<ProjectFacts | undefined> {
    return this.services.look((state) => {
      const project = state.projects.get(id);
      return project && projectFacts(project);
    });
  }
}

@QueryHandler(ListRoles)
export class ListRolesHandler implements IQueryHandler<ListRoles> {
  constructor(private readonly services: IdentityServices) {}

  execute({ filter: { name } }: ListRoles): Promise<readonly RoleFacts[]> {
    return this.services.look((state) => {
      if (name === undefined) return Array.from(state.roles.values(), roleFacts);
      return known([state.roleIdsByName.get(name.toLowerCase()) ?? ''], state.roles).map(roleFacts);
    });
  }
}

interface SeenAssignment {
  readonly user: UserState;
  readonly facts: Omit<AssignmentFacts, 'user'>;
}

@QueryHandler(ListAssignments)
export class ListAssignmentsHandler implements IQueryHandler<ListAssignments> {
  constructor(private readonly services: IdentityServices) {}

  async execute({ filter }: ListAssignments): Promise<readonly AssignmentFacts[]> {
    const seen = await this.services.look((state) => assignments(state, filter));
    return Promise.all(
      seen.map(async ({ user, facts }) => ({
        user: { id: user.id, name: (await this.services.texts.open(user.id, user.sealedName)) ?? '' },
        ...facts,
      })),
    );
  }
}

function assignments(state: Readonly<IdentityState>, filter: ListAssignments['filter']): SeenAssignment[] {
  const userIds =
    filter.userId !== undefined
      ? [filter.userId]
      : filter.projectId !== undefined
        ? (state.members.get(filter.projectId) ?? [])
        : state.grants.keys();
  return known(userIds, state.users).flatMap((user) => assignmentsOf(state, user, filter));
}

function assignmentsOf(
  state: Readonly<IdentityState>,
  user: UserState,
  filter: ListAssignments['filter'],
): SeenAssignment[] {
  const seen: SeenAssignment[] = [];
  for (const [projectId, roleIds] of state.grants.get(user.id) ?? []) {
    const project = state.projects.get(projectId);
    if (project === undefined || (filter.projectId ?? projectId) !== projectId) continue;
    const roles = filter.effective
      ? effectiveRoles(state, user.id, projectId)
      : known(roleIds, state.roles).map(({ id, name }) => ({ id, name }));
    for (const role of roles)
      if ((filter.roleId ?? role.id) === role.id)
        seen.push({ user, facts: { project: { id: project.id, name: project.name }, role } });
  }
  return seen;
}

@QueryHandler(ListApplicationCredentials)
export class ListApplicationCredentialsHandler implements IQueryHandler<ListApplicationCredentials> {
  constructor(private readonly services: IdentityServices) {}

  async execute({ userId, filter }: ListApplicationCredentials): Promise<readonly ApplicationCredentialFacts[]> {
    const seen = await this.services.look((state) =>
      known(state.credentialsOfUser.get(userId)?.values() ?? [], state.credentials)
        .filter((each) => (filter.name ?? each.name) === each.name && (filter.id ?? each.id) === each.id)
        .map((credential) => seeCredential(credential, state)),
    );
    return Promise.all(seen.map((each) => credentialFacts(each, this.services.texts)));
  }
}
