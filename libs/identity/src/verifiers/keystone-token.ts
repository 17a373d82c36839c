import type { AccessRule, Principal, RoleRef } from '../principal.js';

type Fields = Readonly<Record<string, unknown>>;

function fields(value: unknown): Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function time(value: unknown): number | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

export function rolesFrom(value: unknown): RoleRef[] {
  return list(value).flatMap((each) => {
    const { id, name } = fields(each);
    return typeof name === 'string' ? [{ id: text(id) ?? name, name }] : [];
  });
}

/** From the body that Keystone answers to `GET /v3/auth/tokens`; undefined when it is none. */
export function principalFromKeystone(body: unknown): Principal | undefined {
  const token = fields(fields(body).token);
  const user = fields(token.user);
  const domain = fields(user.domain);
  const userId = text(user.id);
  const expiresAt = time(token.expires_at);
  if (userId === undefined || expiresAt === undefined) return undefined;
  const project = fields(token.project);
  const projectId = text(project.id);
  return {
    userId,
    userName: text(user.name) ?? userId,
    domainId: text(domain.id) ?? 'default',
    domainName: text(domain.name) ?? 'Default',
    project: projectId === undefined ? null : { id: projectId, name: text(project.name) ?? projectId },
    roles: rolesFrom(token.roles),
    method: 'external',
    methods: list(token.methods).filter((method) => typeof method === 'string'),
    auditIds: list(token.audit_ids).filter((id) => typeof id === 'string'),
    issuedAt: time(token.issued_at) ?? expiresAt,
    expiresAt,
    applicationCredential: credentialFrom(token.application_credential),
  };
}

function credentialFrom(value: unknown): Principal['applicationCredential'] {
  const credential = fields(value);
  const id = text(credential.id);
  if (id === undefined) return null;
  const rules = credential.access_rules;
  return {
    id,
    name: text(credential.name) ?? id,
    restricted: credential.restricted !== false,
    accessRules: Array.isArray(rules) ? rules.map(ruleFrom) : null,
  };
}

/** A rule that cannot be read allows nothing. */
function ruleFrom(value: unknown): AccessRule {
  const rule = fields(value);
  return {
    id: text(rule.id) ?? '',
    service: text(rule.service) ?? '',
    method: text(rule.method) ?? '',
    path: text(rule.path) ?? '',
  };
}

/** From KeyRock's description of a user; undefined when it is none. */
export function principalFromKeyrock(
  body: unknown,
  project: string | undefined,
  span: { readonly from: number; readonly to: number },
): Principal | undefined {
  const user = fields(body);
  const userId = text(user.id);
  if (userId === undefined) return undefined;
  const organization = fields(list(user.organizations)[0]);
  const projectId = project ?? text(organization.id) ?? text(organization.name);
  const roles = [...rolesFrom(user.roles), ...rolesFrom(organization.roles)];
  return {
    userId,
    userName: text(user.displayName) ?? text(user.username) ?? text(user.email) ?? userId,
    domainId: 'default',
    domainName: 'Default',
    project: projectId === undefined ? null : { id: projectId, name: project ?? text(organization.name) ?? projectId },
    roles: roles.filter((role, index) => roles.findIndex((other) => other.name === role.name) === index),
    method: 'external',
    methods: ['external'],
    auditIds: [],
    issuedAt: span.from,
    expiresAt: span.to,
    applicationCredential: null,
  };
}
