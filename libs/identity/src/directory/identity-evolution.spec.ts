import { describe, expect, it } from '@jest/globals';
import { credentialRoles, effectiveRoles } from './effective-roles.policy.js';
import { identityDecider } from './identity.decider.js';
import type { IdentityEvent } from './identity.events.js';
import {
  admin,
  at,
  credential,
  grant,
  infra,
  lab,
  member,
  mira,
  revoked,
  sample,
  user,
  withCredential,
  working,
  world,
} from './identity.samples.contract.js';
import { identitySnapshot } from './identity.snapshot.js';
import type { IdentityState } from './identity.state.js';

function after(events: readonly IdentityEvent[]): IdentityState {
  return events.reduce(identityDecider.evolve, identityDecider.initialState());
}

describe('identity: what follows from events', () => {
  const names = (state: IdentityState) => effectiveRoles(state, mira, lab).map((role) => role.name);

  it('a role brings those that it implies, an own one brings none', () => {
    expect(
      names(after([...working, { type: 'RoleGranted', data: { ...grant, roleId: infra.id, grantedAt: at } }])),
    ).toEqual(['member', 'reader', 'InfrastructureManager']);
  });

  it('with the last role in a project go the credentials for it', () => {
    const state = after([...withCredential, { type: 'RoleRevoked', data: { ...grant, revokedAt: at } }]);
    expect(names(state)).toEqual([]);
    expect(state.credentials.size).toBe(0);
    expect(state.credentialsOfUser.size).toBe(0);
    expect(state.members.size).toBe(0);
  });

  it('a credential has no more roles than its user has left', () => {
    const both = [...working, { type: 'RoleGranted', data: { ...grant, roleId: infra.id, grantedAt: at } } as const];
    const made = credential({ roleIds: [member.id, infra.id] });
    const state = after([
      ...both,
      { type: 'ApplicationCredentialCreated', data: made },
      { type: 'RoleRevoked', data: { ...grant, revokedAt: at } },
    ]);
    expect(credentialRoles(state, made).map((role) => role.name)).toEqual(['InfrastructureManager']);
  });

  it.each<[string, IdentityEvent]>([
    ['a user', { type: 'UserDeleted', data: { id: mira, deletedAt: at } }],
    ['a project', { type: 'ProjectDeleted', data: { id: lab, deletedAt: at } }],
    ['the role', { type: 'RoleDeleted', data: { id: member.id, deletedAt: at } }],
  ])('with %s go grants, members and credentials', (_what, gone) => {
    const state = after([...withCredential, gone]);
    expect([state.grants.size, state.members.size, state.credentials.size, state.credentialsOfUser.size]).toEqual([
      0, 0, 0, 0,
    ]);
  });

  it("a deleted project is nobody's default any more", () => {
    const state = after([...working, { type: 'ProjectDeleted', data: { id: lab, deletedAt: at } }]);
    expect(state.users.get(mira)?.defaultProjectId).toBeNull();
  });

  it.each<[string, IdentityEvent, number]>([
    [
      'a new password',
      { type: 'UserPasswordChanged', data: { id: mira, sealedPassword: 'x', source: 'user', changedAt: at } },
      1,
    ],
    ['being disabled', { type: 'UserChanged', data: { id: mira, enabled: false, changedAt: at } }, 1],
    ['a new name', { type: 'UserChanged', data: { id: mira, nameDigest: 'n', sealedName: 's', changedAt: at } }, 0],
  ])('%s moves the generation as it should', (_what, event, by) => {
    const before = after(working).users.get(mira)?.generation ?? 0;
    expect(after([...working, event]).users.get(mira)?.generation).toBe(before + by);
  });

  it('a new name replaces the old one', () => {
    const state = after([
      ...world,
      { type: 'UserChanged', data: { id: mira, nameDigest: 'n', sealedName: 's', changedAt: at } },
      { type: 'ProjectChanged', data: { id: lab, name: 'labs', changedAt: at } },
    ]);
    expect([...state.userIdsByName]).toEqual([['n', mira]]);
    expect([...state.projectIdsByName]).toEqual([['labs', lab]]);
  });

  it('revocations are forgotten once the tokens are over', () => {
    const events: IdentityEvent[] = [1, 2, 3].map((n) => ({
      type: 'TokenRevoked',
      data: { ...revoked, auditId: String(n), revokedAt: at + n * 10, expiresAt: at + n * 10 + 10 },
    }));
    expect([...after(events).revokedTokens.keys()]).toEqual(['3']);
  });
});

describe('identity: the snapshot', () => {
  it('holds all that is not worked out', () => {
    const state = after([
      ...withCredential,
      { type: 'TokenRevoked', data: revoked },
      { type: 'TokenRevoked', data: { ...revoked, chain: true } },
    ]);
    const stored = JSON.parse(JSON.stringify(identitySnapshot.write(state))) as never;
    expect(identitySnapshot.read(stored)).toEqual(state);
  });
});

describe('identity: what every start asks for', () => {
  const account = (when: 'nobody-has-role' | 'user-missing', name: 'admin' | 'member') => ({
    user: { ...user, id: `${name}-id`, nameDigest: name, defaultProjectId: lab },
    project: { id: lab, name: 'lab' },
    roleName: name,
    when,
  });
  const bootstrap = (accounts: readonly ReturnType<typeof account>[]) => ({
    kind: 'bootstrap' as const,
    roles: [admin, member].map((role) => ({ ...role, description: '' })),
    accounts,
    at,
  });
  const both = [account('nobody-has-role', 'admin')];
  const types = (given: readonly IdentityEvent[], accounts = both): readonly string[] => {
    const decision = identityDecider.decide(bootstrap(accounts), after(given));
    return decision.kind === 'accepted' ? decision.events.map((event) => event.type) : [decision.code];
  };
  const first = identityDecider.decide(bootstrap(both), after([]));
  const started = first.kind === 'accepted' ? first.events : [];

  it('makes roles, project, user and grant at the first', () => {
    expect(types([])).toEqual(['RoleCreated', 'RoleCreated', 'ProjectCreated', 'UserCreated', 'RoleGranted']);
  });
  it('and nothing at the next', () => {
    expect(types(started)).toEqual([]);
  });
  it('puts the administrator back in force when nobody else is one', () => {
    const locked: IdentityEvent[] = [
      ...started,
      { type: 'UserChanged', data: { id: 'admin-id', enabled: false, changedAt: at } },
      { type: 'ProjectChanged', data: { id: lab, enabled: false, changedAt: at } },
      { type: 'RoleRevoked', data: { userId: 'admin-id', projectId: lab, roleId: admin.id, revokedAt: at } },
    ];
    expect(types(locked)).toEqual(['ProjectChanged', 'UserChanged', 'RoleGranted']);
  });
  it('leaves a deleted administrator deleted while there is another', () => {
    const other: IdentityEvent[] = [
      ...started,
      { type: 'UserCreated', data: { ...user, id: 'other' } },
      { type: 'RoleGranted', data: { userId: 'other', projectId: lab, roleId: admin.id, grantedAt: at } },
      { type: 'UserDeleted', data: { id: 'admin-id', deletedAt: at } },
    ];
    expect(types(other)).toEqual([]);
  });
  it('leaves a user that is there as it is', () => {
    const demo = [account('user-missing', 'member')];
    expect(types([...started, sample.userCreated({ id: 'm', nameDigest: 'member' })], demo)).toEqual([]);
    expect(types(started, demo)).toEqual(['UserCreated', 'RoleGranted']);
  });
});
