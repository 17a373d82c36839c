import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { EventCodec } from '#runtime';
import { identityDecider } from '../directory/identity.decider.js';
import { identityCatalog, type IdentityEvent } from '../directory/identity.events.js';
import { loginRefusalsDecider } from '../logins/login-refusals.decider.js';
import { loginRefusalsCatalog, type LoginRefused } from '../logins/login-refusals.events.js';
import { identityTimeline } from '../timeline.policy.js';

/** Each version that was ever stored, as it was stored. A sample is never changed; a new version gets a new one. */
const folder = new URL('./samples/', import.meta.url);
const catalogs = [identityCatalog, loginRefusalsCatalog];
const codec = new EventCodec(catalogs);

const everyVersion = catalogs.flatMap(({ versions }) =>
  Object.entries(versions).flatMap(([type, newest]) =>
    Array.from({ length: newest }, (_, index) => `${type}@${String(index + 1)}`),
  ),
);

function sample(name: string): { readonly type: string; readonly data: never } {
  const data = readFileSync(new URL(`${name}.json`, folder), 'utf8');
  return codec.decode({ type: `identity/${name}`, data }) as { type: string; data: never };
}

describe('samples of stored events', () => {
  it('are there for every version of every type, and for nothing else', () => {
    expect(readdirSync(folder).sort()).toEqual(everyVersion.map((name) => `${name}.json`).sort());
  });

  it.each(everyVersion)('%s is read, and its account names a resource', (name) => {
    const { type, data } = sample(name);
    expect(type).toBe(name.split('@')[0]);
    const account = identityTimeline[type as keyof typeof identityTimeline] as (data: never) => readonly object[];
    expect(account(data).length).toBeGreaterThan(0);
  });

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
