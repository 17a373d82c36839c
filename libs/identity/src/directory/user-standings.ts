import { LRUCache } from 'lru-cache';
import type { UserStanding } from '../contracts.js';
import { isAdministrator } from './effective-roles.policy.js';
import type { IdentityState } from './identity.state.js';

const usersKept = 10_000;

interface Seen {
  /** `IdentityState.changes` at which it was worked out. */
  readonly changes: number;
  readonly standing: UserStanding | undefined;
}

/** What users are at this moment. What was worked out holds until anything in the identity stream changes. */
export class UserStandings {
  private readonly seen = new LRUCache<string, Seen>({ max: usersKept });

  of(state: Readonly<IdentityState>, userId: string): UserStanding | undefined {
    const known = this.seen.get(userId);
    if (known?.changes === state.changes) return known.standing;
    const user = state.users.get(userId);
    const standing = user?.enabled === true ? { administrator: isAdministrator(state, userId) } : undefined;
    this.seen.set(userId, { changes: state.changes, standing });
    return standing;
  }
}
