import { describe, expect, it } from '@jest/globals';
import type { IdentityRefusal } from '../contracts.js';
import { maxCredentialsPerUser } from './credentials.decider.js';
import { identityDecider, type IdentityCommand } from './identity.decider.js';
import type { IdentityEvent } from './identity.events.js';
import {
  admin,
  at,
  credential,
  grant,
  granted,
  infra,
  lab,
  member,
  mira,
  project,
  reader,
  revoked,
  sample,
  user,
  withCredential,
  working,
  world,
} from './identity.samples.contract.js';

function when(given: readonly IdentityEvent[], command: IdentityCommand) {
  return identityDecider.decide(command, given.reduce(identityDecider.evolve, identityDecider.initialState()));
}

describe('identity: what is accepted', () => {
  it.each<[string, readonly IdentityEvent[], IdentityCommand, readonly IdentityEvent[]]>([
    [
      'a user is created',
      [],
      { kind: 'create-user', user: { ...user, defaultProjectId: null } },
      [{ type: 'UserCreated', data: { ...user, defaultProjectId: null } }],
    ],
    [
      'a user is renamed',
      world,
      { kind: 'change-user', change: { id: mira, nameDigest: 'new', sealedName: 'k.new', changedAt: at } },
      [{ type: 'UserChanged', data: { id: mira, changedAt: at, nameDigest: 'new', sealedName: 'k.new' } }],
    ],
    [
      'only what changes of a user is recorded',
      world,
      {
        kind: 'change-user',
        change: {
          id: mira,
          nameDigest: user.nameDigest,
          sealedName: 'k.again',
          enabled: true,
          sealedEmail: 'k.mail',
          changedAt: at,
        },
      },
      [{ type: 'UserChanged', data: { id: mira, sealedEmail: 'k.mail', changedAt: at } }],
    ],
    [
      'a change that changes nothing adds nothing',
      world,
      { kind: 'change-user', change: { id: mira, enabled: true, changedAt: at } },
      [],
    ],
    [
      'a user is disabled with a new password in one',
      world,
      { kind: 'change-user', change: { id: mira, enabled: false, changedAt: at }, sealedPassword: 'k.hash2' },
      [
        { type: 'UserChanged', data: { id: mira, enabled: false, changedAt: at } },
        {
          type: 'UserPasswordChanged',
          data: { id: mira, sealedPassword: 'k.hash2', source: 'administrator', changedAt: at },
        },
      ],
    ],
    [
      'a password is changed',
      world,
      {
        kind: 'set-password',
        id: mira,
        sealedPassword: 'k.hash2',
        source: 'user',
        expectedSealedPassword: 'k.hash',
        changedAt: at,
      },
      [{ type: 'UserPasswordChanged', data: { id: mira, sealedPassword: 'k.hash2', source: 'user', changedAt: at } }],
    ],
    [
      'a user is deleted',
      world,
      { kind: 'delete-user', id: mira, deletedAt: at },
      [{ type: 'UserDeleted', data: { id: mira, deletedAt: at } }],
    ],
    ['a project is created', [], { kind: 'create-project', project }, [{ type: 'ProjectCreated', data: project }]],
    [
      'a project is changed',
      world,
      { kind: 'change-project', change: { id: lab, name: 'lab', description: 'new', changedAt: at } },
      [{ type: 'ProjectChanged', data: { id: lab, description: 'new', changedAt: at } }],
    ],
    [
      'a project that stays as it is adds nothing',
      world,
      { kind: 'change-project', change: { id: lab, name: 'lab', changedAt: at } },
      [],
    ],
    [
      'a project is deleted',
      world,
      { kind: 'delete-project', id: lab, deletedAt: at },
      [{ type: 'ProjectDeleted', data: { id: lab, deletedAt: at } }],
    ],
    [
      'a role is created',
      [],
      { kind: 'create-role', role: sample.roleCreated(infra).data },
      [sample.roleCreated(infra)],
    ],
    [
      'a role is deleted',
      world,
      { kind: 'delete-role', id: infra.id, deletedAt: at },
      [{ type: 'RoleDeleted', data: { id: infra.id, deletedAt: at } }],
    ],
    ['a role is granted', world, { kind: 'grant-role', grant: { ...grant, grantedAt: at } }, [granted]],
    [
      'a role that is granted already adds nothing',
      working,
      { kind: 'grant-role', grant: { ...grant, grantedAt: at } },
      [],
    ],
    [
      'a role is revoked',
      working,
      { kind: 'revoke-role', grant: { ...grant, revokedAt: at } },
      [{ type: 'RoleRevoked', data: { ...grant, revokedAt: at } }],
    ],
    [
      'a credential is created',
      working,
      { kind: 'create-credential', credential: credential() },
      [{ type: 'ApplicationCredentialCreated', data: credential() }],
    ],
    [
      'a credential may have implied roles',
      working,
      { kind: 'create-credential', credential: credential({ roleIds: [reader.id] }) },
      [{ type: 'ApplicationCredentialCreated', data: credential({ roleIds: [reader.id] }) }],
    ],
    [
      'a credential is deleted',
      withCredential,
      { kind: 'delete-credential', id: credential().id, userId: mira, deletedAt: at },
      [{ type: 'ApplicationCredentialDeleted', data: { id: credential().id, userId: mira, deletedAt: at } }],
    ],
    ['a token is revoked', world, { kind: 'revoke-token', token: revoked }, [{ type: 'TokenRevoked', data: revoked }]],
    [
      'a token is revoked once',
      [{ type: 'TokenRevoked', data: revoked }],
      { kind: 'revoke-token', token: revoked },
      [],
    ],
    [
      'a token that is over need not be revoked',
      [],
      { kind: 'revoke-token', token: { ...revoked, expiresAt: at } },
      [],
    ],
    [
      'a chain is another thing than its first token',
      [{ type: 'TokenRevoked', data: revoked }],
      { kind: 'revoke-token', token: { ...revoked, chain: true } },
      [{ type: 'TokenRevoked', data: { ...revoked, chain: true } }],
    ],
  ])('%s', (_what, given, command, events) => {
    expect(when(given, command)).toEqual({ kind: 'accepted', events });
  });
});

describe('identity: what is refused', () => {
  const many: IdentityEvent[] = Array.from({ length: maxCredentialsPerUser }, (_each, n) => ({
    type: 'ApplicationCredentialCreated',
    data: credential({ id: `c${String(n)}`, name: `n${String(n)}` }),
  }));
  it.each<[IdentityRefusal, string, readonly IdentityEvent[], IdentityCommand]>([
    ['user-name-taken', 'a second user of one name', world, { kind: 'create-user', user: { ...user, id: 'other' } }],
    [
      'user-name-taken',
      'a second user of one id',
      world,
      { kind: 'create-user', user: { ...user, nameDigest: 'other' } },
    ],
    ['project-unknown', 'a default project that is not there', [], { kind: 'create-user', user }],
    [
      'user-name-taken',
      'a new name that somebody has',
      [...world, sample.userCreated({ id: 'u2', nameDigest: 'taken' })],
      { kind: 'change-user', change: { id: mira, nameDigest: 'taken', sealedName: 'x', changedAt: at } },
    ],
    [
      'project-unknown',
      'a new default project that is not there',
      world,
      { kind: 'change-user', change: { id: mira, defaultProjectId: 'x', changedAt: at } },
    ],
    ['user-unknown', 'a change of nobody', [], { kind: 'change-user', change: { id: mira, changedAt: at } }],
    [
      'user-unknown',
      'a password of nobody',
      [],
      { kind: 'set-password', id: mira, sealedPassword: 'x', source: 'user', changedAt: at },
    ],
    [
      'password-wrong',
      'a password that changed in between',
      world,
      {
        kind: 'set-password',
        id: mira,
        sealedPassword: 'x',
        source: 'user',
        expectedSealedPassword: 'k.older',
        changedAt: at,
      },
    ],
    ['user-unknown', 'the deletion of nobody', [], { kind: 'delete-user', id: mira, deletedAt: at }],
    [
      'project-name-taken',
      'a second project of one name',
      world,
      { kind: 'create-project', project: { ...project, id: 'other' } },
    ],
    [
      'project-name-taken',
      'a new name that a project has',
      [...world, sample.projectCreated({ id: 'p2', name: 'taken' })],
      { kind: 'change-project', change: { id: lab, name: 'taken', changedAt: at } },
    ],
    ['project-unknown', 'a change of no project', [], { kind: 'change-project', change: { id: lab, changedAt: at } }],
    ['project-unknown', 'the deletion of no project', [], { kind: 'delete-project', id: lab, deletedAt: at }],
    [
      'role-name-taken',
      'a second role of one name in other letters',
      world,
      { kind: 'create-role', role: { id: 'x', name: 'MEMBER', description: '', createdAt: at } },
    ],
    ['role-unknown', 'the deletion of no role', [], { kind: 'delete-role', id: infra.id, deletedAt: at }],
    ['role-built-in', 'the deletion of a built-in role', world, { kind: 'delete-role', id: member.id, deletedAt: at }],
    [
      'user-unknown',
      'a grant to nobody',
      world,
      { kind: 'grant-role', grant: { ...grant, userId: 'x', grantedAt: at } },
    ],
    [
      'project-unknown',
      'a grant nowhere',
      world,
      { kind: 'grant-role', grant: { ...grant, projectId: 'x', grantedAt: at } },
    ],
    [
      'role-unknown',
      'a grant of nothing',
      world,
      { kind: 'grant-role', grant: { ...grant, roleId: 'x', grantedAt: at } },
    ],
    [
      'grant-unknown',
      'the revocation of what was not granted',
      world,
      { kind: 'revoke-role', grant: { ...grant, revokedAt: at } },
    ],
    [
      'user-unknown',
      'the revocation from nobody',
      world,
      { kind: 'revoke-role', grant: { ...grant, userId: 'x', revokedAt: at } },
    ],
    [
      'user-unknown',
      'a credential of nobody',
      working,
      { kind: 'create-credential', credential: credential({ userId: 'x' }) },
    ],
    [
      'project-unknown',
      'a credential for no project',
      working,
      { kind: 'create-credential', credential: credential({ projectId: 'x' }) },
    ],
    [
      'credential-name-taken',
      'a second credential of one name',
      withCredential,
      { kind: 'create-credential', credential: credential({ id: 'x' }) },
    ],
    [
      'credential-expired',
      'a credential that ends as it begins',
      working,
      { kind: 'create-credential', credential: credential({ expiresAt: at }) },
    ],
    [
      'role-not-held',
      'a credential with more than its user has',
      working,
      { kind: 'create-credential', credential: credential({ roleIds: [admin.id] }) },
    ],
    [
      'role-not-held',
      'a credential with nothing',
      world,
      { kind: 'create-credential', credential: credential({ roleIds: [] }) },
    ],
    [
      'too-many-credentials',
      'one credential too many',
      [...working, ...many],
      { kind: 'create-credential', credential: credential() },
    ],
    [
      'credential-unknown',
      'the deletion of no credential',
      working,
      { kind: 'delete-credential', id: 'x', userId: mira, deletedAt: at },
    ],
    [
      'credential-unknown',
      "the deletion of another's credential",
      withCredential,
      { kind: 'delete-credential', id: credential().id, userId: 'x', deletedAt: at },
    ],
  ])('%s: %s', (code, _what, given, command) => {
    expect(when(given, command)).toMatchObject({ kind: 'refused', code });
  });
});
