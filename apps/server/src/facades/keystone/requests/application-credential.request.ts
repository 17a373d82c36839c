import type { FastifyRequest } from 'fastify';
import { accessRuleForm, maxWildcards, type CreateApplicationCredential, type Ref } from '#identity';
import { Fields } from './fields.js';

type Wanted = Omit<CreateApplicationCredential['wanted'], 'userId' | 'projectId'>;

const maxName = 255;
const maxDescription = 4_096;
const maxSecret = 255;
const maxRoles = 100;
const maxRules = 100;
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const members = ['name', 'description', 'secret', 'expires_at', 'roles', 'unrestricted', 'access_rules', 'project_id'];

export function applicationCredentialRequest(request: FastifyRequest): Wanted {
  const wanted = Fields.ofBody(request, 'application_credential').only(...members);
  const given = (name: string): boolean => wanted.has(name) && wanted.raw(name) !== null;
  return {
    name: wanted.nameText('name', maxName),
    description: given('description') ? wanted.textOrNull('description', maxDescription) : null,
    secret: given('secret') ? wanted.text('secret', maxSecret) : null,
    expiresAt: given('expires_at') ? instant(wanted) : null,
    roles: wanted.objects('roles', maxRoles).map(roleRef),
    unrestricted: given('unrestricted') ? wanted.flag('unrestricted') : false,
    accessRules: given('access_rules') ? wanted.objects('access_rules', maxRules).map(accessRule) : null,
  };
}

function roleRef(role: Fields): Ref {
  return role.has('id') ? { id: role.text('id', maxName) } : { name: role.text('name', maxName) };
}

const instantForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})?$/;

/** ISO 8601; without a zone it is UTC. */
function instant(wanted: Fields): number {
  const text = wanted.text('expires_at', maxName);
  const [, , zone] = instantForm.exec(text) ?? [];
  const at = instantForm.test(text) ? Date.parse(zone === undefined ? `${text}Z` : text) : Number.NaN;
  if (Number.isNaN(at)) throw wanted.wrong('expires_at', 'must be a time such as 2030-01-31T12:00:00Z');
  return at;
}

function accessRule(rule: Fields): { readonly service: string; readonly method: string; readonly path: string } {
  rule.only('id', 'service', 'method', 'path');
  const method = rule.text('method', maxName).toUpperCase();
  if (!methods.includes(method)) throw rule.wrong('method', `must be one of ${methods.join(', ')}`);
  const path = rule.text('path', maxName);
  if (!accessRuleForm.test(path)) throw rule.wrong('path', 'must begin with / and have at most 128 characters');
  if (path.split('**').length - 1 > maxWildcards)
    throw rule.wrong('path', `must not have ** more than ${String(maxWildcards)} times`);
  return { service: rule.text('service', maxName), method, path };
}
