import type { FastifyRequest } from 'fastify';
import type { LoginRequest, LoginScope, UserRef } from '#identity';
import { KeystoneError } from '../keystone-error.js';
import { isOwnDomain } from './domain.request.js';
import { Fields } from './fields.js';

const maxName = 255;
const maxSecret = 4_096;
const maxToken = 8_192;
const maxMethods = 8;
const known = ['password', 'token', 'application_credential'] as const;

/** contracts/identity §2. Throws KeystoneError: 400 for what is malformed, 401 for a method that is not offered. */
export function loginRequest(request: FastifyRequest): LoginRequest {
  const auth = Fields.ofBody(request, 'auth');
  const identity = auth.object('identity');
  const methods = identity.texts('methods', maxMethods);
  if (methods.length === 0) throw identity.wrong('methods', 'must name at least one method');
  if (methods.some((method) => !(known as readonly string[]).includes(method))) throw KeystoneError.unauthenticated();
  const wants = (method: (typeof known)[number]): boolean => methods.includes(method);
  if (wants('application_credential') && (auth.raw('scope') ?? null) !== null)
    throw KeystoneError.badRequest('Application credentials cannot request a scope.');
  return {
    ...(wants('password') ? { password: passwordLogin(identity.object('password').object('user')) } : {}),
    ...(wants('token') ? { token: { id: identity.object('token').text('id', maxToken) } } : {}),
    ...(wants('application_credential')
      ? { applicationCredential: credentialLogin(identity.object('application_credential')) }
      : {}),
    scope: loginScope(auth),
  };
}

function passwordLogin(user: Fields): NonNullable<LoginRequest['password']> {
  return { user: userRef(user), password: user.text('password', maxSecret, 0) };
}

function userRef(user: Fields): UserRef {
  if (user.has('id')) return { id: user.text('id', maxName) };
  const name = user.text('name', maxName);
  return isOwnDomain(user) ? { name } : { elsewhere: name };
}

function credentialLogin(credential: Fields): NonNullable<LoginRequest['applicationCredential']> {
  const secret = credential.text('secret', maxSecret, 0);
  if (credential.has('id')) return { credential: { id: credential.text('id', maxName) }, secret };
  const name = credential.text('name', maxName);
  return { credential: { name, user: userRef(credential.object('user')) }, secret };
}

const targets = ['project', 'domain', 'system', 'unscoped', 'OS-TRUST:trust'];

function loginScope(auth: Fields): LoginScope {
  const raw = auth.raw('scope');
  if (raw === undefined || raw === null) return { kind: 'default' };
  if (raw === 'unscoped') return { kind: 'unscoped' };
  const scope = auth.object('scope').only(...targets);
  const named = scope.names();
  if (named.length > 1) throw KeystoneError.badRequest(`Scope must have one target only, not ${named.join(' and ')}.`);
  switch (named[0]) {
    case undefined:
      return { kind: 'default' };
    case 'unscoped':
      return { kind: 'unscoped' };
    case 'project':
      return projectScope(scope.object('project'));
    default:
      return { kind: 'elsewhere' };
  }
}

function projectScope(project: Fields): LoginScope {
  if (project.has('id')) return { kind: 'project', project: { id: project.text('id', maxName) } };
  const name = project.text('name', maxName);
  return isOwnDomain(project) ? { kind: 'project', project: { name } } : { kind: 'elsewhere' };
}
