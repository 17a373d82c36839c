import { describe, expect, it } from '@jest/globals';
import { storedSamples } from '#specs';
import { identityDecider } from '../directory/identity.decider.js';
import { identityCatalog, type IdentityEvent } from '../directory/identity.events.js';
import { loginRefusalsDecider } from '../logins/login-refusals.decider.js';
import { loginRefusalsCatalog, type LoginRefused } from '../logins/login-refusals.events.js';
import { identityTimeline } from '../timeline.policy.js';

describe('samples of stored events', () => {
  const catalogs = [identityCatalog, loginRefusalsCatalog];
  const sample = storedSamples(new URL('./samples/', import.meta.url), catalogs, identityTimeline);

  it('fold into the state they were stored for', () => {
    const fold = (...names: readonly string[]) =>
      names
        .map((name) => sample(`${name}@1`) as IdentityEvent)
        .reduce(identityDecider.evolve, identityDecider.initialState());
    const made = ['ProjectCreated', 'RoleCreated', 'UserCreated', 'RoleGranted', 'ApplicationCredentialCreated'];
    const full = fold(...made, 'UserChanged', 'UserPasswordChanged', 'ProjectChanged', 'TokenRevoked');
    expect([...full.users.values()]).toMatchObject([
      { enabled: false, sealedEmail: null, generation: 1_772_438_400_002 },
    ]);
    expect([...full.projects.values()]).toMatchObject([{ name: 'labs', description: 'for trials', enabled: false }]);
    expect([full.credentials.size, full.grants.size, full.revokedTokens.size]).toEqual([1, 1, 1]);
    const gone = ['ApplicationCredentialDeleted', 'RoleRevoked', 'RoleDeleted', 'UserDeleted', 'ProjectDeleted'];
    const empty = fold(...made, ...gone);
    expect([empty.users, empty.projects, empty.roles, empty.grants, empty.credentials].map((map) => map.size)).toEqual([
      0, 0, 0, 0, 0,
    ]);
    const refused = sample('LoginRefused@1') as LoginRefused;
    expect(loginRefusalsDecider.evolve(loginRefusalsDecider.initialState(), refused)).toEqual({ refusals: 12 });
  });
});
