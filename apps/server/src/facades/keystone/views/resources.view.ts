import type { ApplicationCredentialFacts, AssignmentFacts, Page, ProjectFacts, RoleFacts, UserFacts } from '#identity';
import { domainId, domainName } from '../requests/domain.request.js';

/** `base`: public URL of the mount in use, ending in `/v3`. */
type View = Readonly<Record<string, unknown>>;

/** Six decimals and Z, everywhere. Milliseconds since 1970. */
export function timeView(at: number): string {
  return new Date(at).toISOString().replace('Z', '000Z');
}

export function projectView(project: ProjectFacts, base: string): View {
  const { id, name, description, enabled } = project;
  return {
    id,
    name,
    domain_id: domainId,
    parent_id: domainId,
    is_domain: false,
    enabled,
    description,
    tags: [],
    options: {},
    links: { self: `${base}/projects/${id}` },
  };
}

export function userView(user: UserFacts, base: string): View {
  const { id, name, email, description, enabled, defaultProjectId } = user;
  return {
    id,
    name,
    domain_id: domainId,
    enabled,
    ...(email === null ? {} : { email }),
    ...(description === null ? {} : { description }),
    ...(defaultProjectId === null ? {} : { default_project_id: defaultProjectId }),
    password_expires_at: null,
    options: {},
    links: { self: `${base}/users/${id}` },
  };
}

export function roleView({ id, name, description }: RoleFacts, base: string): View {
  return { id, name, domain_id: null, description, options: {}, links: { self: `${base}/roles/${id}` } };
}

export function domainView(base: string): View {
  return {
    id: domainId,
    name: domainName,
    description: 'The default domain',
    enabled: true,
    tags: [],
    options: {},
    links: { self: `${base}/domains/${domainId}` },
  };
}

export function assignmentView({ user, project, role }: AssignmentFacts, base: string, names: boolean): View {
  const domain = { id: domainId, name: domainName };
  return {
    role: names ? { id: role.id, name: role.name } : { id: role.id },
    user: names ? { id: user.id, name: user.name, domain } : { id: user.id },
    scope: { project: names ? { id: project.id, name: project.name, domain } : { id: project.id } },
    links: { assignment: `${base}/projects/${project.id}/users/${user.id}/roles/${role.id}` },
  };
}

/** `secret` only in the answer that makes it. */
export function applicationCredentialView(made: ApplicationCredentialFacts, base: string, secret?: string): View {
  return {
    id: made.id,
    name: made.name,
    description: made.description,
    user_id: made.userId,
    project_id: made.projectId,
    system: null,
    roles: made.roles.map(({ id, name }) => ({ id, name, domain_id: null })),
    expires_at: made.expiresAt === null ? null : timeView(made.expiresAt),
    unrestricted: made.unrestricted,
    ...(made.accessRules === null ? {} : { access_rules: made.accessRules }),
    ...(secret === undefined ? {} : { secret }),
    links: { self: `${base}/users/${made.userId}/application_credentials/${made.id}` },
  };
}

/** A list under its name. `self`: public URL of this very request. */
export function listView(name: string, items: readonly View[], self: string, next: string | null = null): View {
  return { [name]: items, links: { next: next === null ? null : nextLink(self, next), previous: null, self } };
}

function nextLink(self: string, marker: string): string {
  const url = new URL(self);
  url.searchParams.set('marker', marker);
  return url.href;
}

export function pageView<Item>(name: string, page: Page<Item>, view: (item: Item) => View, self: string): View {
  return listView(name, page.items.map(view), self, page.next);
}
