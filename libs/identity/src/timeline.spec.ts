import { describe, expect, it } from '@jest/globals';
import { identityCatalog, type IdentityEvent } from './directory/identity.events.js';
import { loginRefusalsCatalog, type LoginRefused } from './logins/login-refusals.events.js';
import { identityTimeline } from './timeline.policy.js';

type Audited = IdentityEvent | LoginRefused;
type Data<Type extends Audited['type']> = Extract<Audited, { type: Type }>['data'];

const told = <Type extends Audited['type']>(type: Type, data: Data<Type>) =>
  (identityTimeline[type] as (data: Data<Type>) => readonly unknown[])(data);

const created: Data<'UserCreated'> = {
  id: 'u1',
  nameDigest: 'digest',
  sealedName: 'sealed',
  sealedEmail: 'sealed',
  sealedDescription: 'sealed',
  sealedPassword: 'sealed',
  passwordSource: 'administrator',
  defaultProjectId: 'p1',
  enabled: true,
  createdAt: 1,
};
const grant = { userId: 'u1', projectId: 'p1', roleId: 'r1' };

describe('the history of identity', () => {
  it('has an account of every type of event', () => {
    const types = [...Object.keys(identityCatalog.versions), ...Object.keys(loginRefusalsCatalog.versions)];
    expect(Object.keys(identityTimeline).sort()).toEqual(types.sort());
  });

  it.each([
    ['created', told('UserCreated', created), { enabled: true, defaultProject: 'p1' }],
    ['renamed', told('UserChanged', { id: 'u1', sealedName: 's', nameDigest: 'd', changedAt: 2 }), {}],
    [
      'renamed, disabled',
      told('UserChanged', { id: 'u1', sealedName: 's', enabled: false, changedAt: 2 }),
      { enabled: false },
    ],
    [
      'default project changed',
      told('UserChanged', { id: 'u1', defaultProjectId: null, changedAt: 2 }),
      { defaultProject: null },
    ],
    ['e-mail address changed', told('UserChanged', { id: 'u1', sealedEmail: null, changedAt: 2 }), {}],
    ['description changed', told('UserChanged', { id: 'u1', sealedDescription: 's', changedAt: 2 }), {}],
    ['changed', told('UserChanged', { id: 'u1', changedAt: 2 }), {}],
  ])('of a user: %s', (what, mentions, sets) => {
    expect(mentions).toEqual([{ kind: 'user', id: 'u1', what, sets }]);
  });

  it.each([
    ['setting', 'password taken from the settings'],
    ['user', 'password changed by the user'],
    ['administrator', 'password set by an administrator'],
  ] as const)('of a password from %s', (source, what) => {
    const mentions = told('UserPasswordChanged', { id: 'u1', sealedPassword: 'sealed', source, changedAt: 3 });
    expect(mentions).toEqual([{ kind: 'user', id: 'u1', what }]);
  });

  it('of projects and roles', () => {
    const fields = { name: 'lab', description: '', enabled: true };
    expect(told('ProjectCreated', { id: 'p1', ...fields, createdAt: 1 })).toEqual([
      { kind: 'project', id: 'p1', what: 'created', sets: fields },
    ]);
    expect(told('ProjectChanged', { id: 'p1', name: 'lab 2', enabled: true, changedAt: 1 })).toEqual([
      { kind: 'project', id: 'p1', what: 'renamed, enabled', sets: { name: 'lab 2', enabled: true } },
    ]);
    expect(told('ProjectChanged', { id: 'p1', description: 'x', changedAt: 1 })).toMatchObject([
      { what: 'description changed', sets: { description: 'x' } },
    ]);
    expect(told('RoleCreated', { id: 'r1', name: 'operator', description: '', createdAt: 1 })).toMatchObject([
      { kind: 'role', id: 'r1', what: 'created', sets: { name: 'operator' } },
    ]);
  });

  it('of a grant stands with the user, the project and the role', () => {
    const where = (mentions: readonly unknown[]) =>
      (mentions as { kind: string; id: string }[]).map(({ kind, id }) => [kind, id]);
    const all = [['user', 'u1'], ['project', 'p1'], ['role', 'r1']]; // prettier-ignore
    expect(where(told('RoleGranted', { ...grant, grantedAt: 1 }))).toEqual(all);
    expect(where(told('RoleRevoked', { ...grant, revokedAt: 1 }))).toEqual(all);
    expect(told('RoleRevoked', { ...grant, revokedAt: 1 })).toMatchObject([
      { what: 'role r1 in project p1 revoked' },
      { what: 'role r1 revoked from user u1' },
      { what: 'revoked from user u1 in project p1' },
    ]);
  });

  it('of an application credential, without its secret', () => {
    const mentions = told('ApplicationCredentialCreated', {
      id: 'c1',
      userId: 'u1',
      projectId: 'p1',
      name: 'ci',
      sealedDescription: 'sealed',
      sealedSecret: 'sealed-secret',
      roleIds: ['r1'],
      expiresAt: 86_400_000,
      unrestricted: false,
      accessRules: [{ id: 'a1', service: 'compute', method: 'GET', path: '/v2.1/**' }],
      createdAt: 1,
    });
    expect(mentions).toEqual([
      {
        kind: 'applicationCredential',
        id: 'c1',
        what: 'created',
        sets: {
          name: 'ci',
          user: 'u1',
          project: 'p1',
          roles: ['r1'],
          expires: '1970-01-02T00:00:00.000Z',
          unrestricted: false,
          accessRules: ['compute: GET /v2.1/**'],
        },
      },
      { kind: 'user', id: 'u1', what: 'application credential ci created' },
    ]);
    expect(JSON.stringify([mentions, told('UserCreated', created)])).not.toContain('sealed');
  });

  it('of what ends', () => {
    const ends = [
      told('UserDeleted', { id: 'x', deletedAt: 1 }),
      told('ProjectDeleted', { id: 'x', deletedAt: 1 }),
      told('RoleDeleted', { id: 'x', deletedAt: 1 }),
      told('ApplicationCredentialDeleted', { id: 'x', userId: 'u1', deletedAt: 1 }),
    ];
    for (const [first] of ends) expect(first).toMatchObject({ id: 'x', what: 'deleted', ends: true });
  });

  it.each([
    [false, 'revoked'],
    [true, 'revoked, with all made from it'],
  ])('of a token (chain: %s)', (chain, what) => {
    const revoked = { auditId: 'audit', chain, userId: 'u1', expiresAt: 0, revokedAt: 0 };
    expect(told('TokenRevoked', revoked)).toMatchObject([
      { kind: 'token', id: 'audit', what },
      { kind: 'user', id: 'u1', what: 'token audit revoked' },
    ]);
  });

  it.each([
    ['u1', 1, ['login refused (password)']],
    ['u1', 7, ['7 logins refused (password)']],
    [null, 7, []],
  ])('of refused logins of %s', (userId, count, words) => {
    const mentions = told('LoginRefused', { userId, method: 'password', count, firstAt: 1, lastAt: 2 });
    expect((mentions as { what: string }[]).map(({ what }) => what)).toEqual(words);
  });
});
