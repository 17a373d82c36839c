import type { Refused, RuntimeRefusal } from '#kernel';
import type { IdentityRefusal } from '#identity';
import { KeystoneError, type KeystoneStatus } from './keystone-error.js';

type Mapped = IdentityRefusal | RuntimeRefusal;
type Words = (facts: Refused['facts']) => string;

const named = (facts: Refused['facts'], key: string): string => {
  const fact = facts[key];
  return typeof fact === 'string' || typeof fact === 'number' ? String(fact) : '';
};
const duplicate =
  (kind: string): Words =>
  (facts) =>
    `Conflict occurred attempting to store ${kind} - Duplicate entry found with ${'name' in facts ? `name ${named(facts, 'name')}` : 'that name'}.`;
const missing =
  (kind: string): Words =>
  (facts) =>
    `Could not find ${kind}: ${named(facts, 'id')}.`;

/** Refusal → status and words, exhaustive: a new code does not compile until it stands here. */
const table = {
  busy: [503, () => 'The server is busy with changes of users and projects; try again.'],
  'user-unknown': [404, missing('user')],
  'user-name-taken': [409, duplicate('user')],
  'project-unknown': [404, missing('project')],
  'project-name-taken': [409, duplicate('project')],
  'role-unknown': [404, missing('role')],
  'role-name-taken': [409, duplicate('role')],
  'role-built-in': [403, (facts) => `The role ${named(facts, 'name')} belongs to this server and cannot be deleted.`],
  'grant-unknown': [
    404,
    (facts) =>
      `Could not find role assignment with role: ${named(facts, 'roleId')}, user: ${named(facts, 'userId')}, project: ${named(facts, 'projectId')}.`,
  ],
  'credential-unknown': [404, missing('application credential')],
  'credential-name-taken': [409, duplicate('application credential')],
  'credential-expired': [400, () => 'An application credential cannot expire before it is made.'],
  'too-many-credentials': [
    403,
    (facts) => `No more than ${named(facts, 'limit')} application credentials are possible for one user.`,
  ],
  'role-not-held': [400, () => 'Invalid application credential: a role that the user does not have in the project.'],
  'password-wrong': [401, () => 'The request you have made requires authentication.'],
  'token-unknown': [404, () => 'Could not find token.'],
} as const satisfies Record<Mapped, readonly [KeystoneStatus, Words]>;

export function errorOf(refusal: Refused<Mapped>): KeystoneError {
  const [status, words] = table[refusal.code];
  return new KeystoneError(status, words(refusal.facts), status === 503 ? { 'retry-after': '1' } : {});
}

export function tooManyAttempts(retryAfterSeconds: number): KeystoneError {
  return new KeystoneError(429, 'Too many failed logins; try again later.', {
    'retry-after': String(retryAfterSeconds),
  });
}
