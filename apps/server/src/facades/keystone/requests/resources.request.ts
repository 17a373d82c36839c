import type { FastifyRequest } from 'fastify';
import type { CreateProject, CreateRole, CreateUser, UpdateProject, UpdateUser } from '#identity';
import { KeystoneError } from '../keystone-error.js';
import { checkDomainId, domainId } from './domain.request.js';
import { Fields } from './fields.js';

const maxName = 255;
const maxProjectName = 64;
const maxDescription = 4_096;
const maxPassword = 1_024;

const userMembers = [
  'name',
  'email',
  'description',
  'password',
  'default_project_id',
  'enabled',
  'domain_id',
  'options',
];
const projectMembers = ['name', 'description', 'enabled', 'domain_id', 'parent_id', 'is_domain', 'tags', 'options'];

export function createUserRequest(request: FastifyRequest): CreateUser['wanted'] {
  const user = Fields.ofBody(request, 'user').only(...userMembers);
  checkDomainId(user);
  return {
    name: user.nameText('name', maxName),
    email: optional(user, 'email', maxName),
    description: optional(user, 'description', maxDescription),
    password: user.has('password') && user.raw('password') !== null ? user.text('password', maxPassword) : null,
    defaultProjectId: optional(user, 'default_project_id', maxName),
    enabled: user.has('enabled') ? user.flag('enabled') : true,
  };
}

export function updateUserRequest(request: FastifyRequest): UpdateUser['change'] {
  const user = Fields.ofBody(request, 'user').only(...userMembers);
  checkDomainId(user);
  return {
    ...(user.has('name') ? { name: user.nameText('name', maxName) } : {}),
    ...(user.has('email') ? { email: user.textOrNull('email', maxName) } : {}),
    ...(user.has('description') ? { description: user.textOrNull('description', maxDescription) } : {}),
    ...(user.has('password') ? { password: user.text('password', maxPassword) } : {}),
    ...(user.has('default_project_id') ? { defaultProjectId: user.textOrNull('default_project_id', maxName) } : {}),
    ...(user.has('enabled') ? { enabled: user.flag('enabled') } : {}),
  };
}

export function passwordRequest(request: FastifyRequest): { readonly original: string; readonly password: string } {
  const user = Fields.ofBody(request, 'user').only('password', 'original_password');
  return { original: user.text('original_password', maxPassword, 0), password: user.text('password', maxPassword) };
}

export function createProjectRequest(request: FastifyRequest): CreateProject['wanted'] {
  const project = projectFields(request);
  return {
    name: project.nameText('name', maxProjectName),
    description: optional(project, 'description', maxDescription) ?? '',
    enabled: project.has('enabled') ? project.flag('enabled') : true,
  };
}

export function updateProjectRequest(request: FastifyRequest): UpdateProject['change'] {
  const project = projectFields(request);
  return {
    ...(project.has('name') ? { name: project.nameText('name', maxProjectName) } : {}),
    ...(project.has('description') ? { description: optional(project, 'description', maxDescription) ?? '' } : {}),
    ...(project.has('enabled') ? { enabled: project.flag('enabled') } : {}),
  };
}

/** Projects lie flat in the one domain and have no tags. */
function projectFields(request: FastifyRequest): Fields {
  const project = Fields.ofBody(request, 'project').only(...projectMembers);
  checkDomainId(project);
  if (project.has('is_domain') && project.flag('is_domain'))
    throw KeystoneError.badRequest('A project cannot act as a domain here.');
  const parent = optional(project, 'parent_id', maxName);
  if (parent !== null && parent !== domainId) throw KeystoneError.badRequest('A project cannot have a parent here.');
  if (project.has('tags') && project.texts('tags', 0).length > 0) throw project.wrong('tags', 'must be empty');
  return project;
}

export function createRoleRequest(request: FastifyRequest): CreateRole['wanted'] {
  const role = Fields.ofBody(request, 'role').only('name', 'description', 'domain_id', 'options');
  if (role.has('domain_id') && role.raw('domain_id') !== null)
    throw KeystoneError.badRequest('Roles do not belong to a domain here.');
  return { name: role.nameText('name', maxName), description: optional(role, 'description', maxDescription) ?? '' };
}

function optional(fields: Fields, name: string, maxLength: number): string | null {
  return fields.has(name) ? fields.textOrNull(name, maxLength) : null;
}
