import type { Clock } from '#kernel';
import type { ScryptCost } from './passwords/scrypt.js';

/** Keystone elsewhere, and the account with which this server asks it about tokens. */
export interface ExternalKeystone {
  /** With or without `/v3` at its end. */
  readonly authUrl: string;
  readonly username: string;
  readonly password: string;
  readonly project: string;
  /** Of the account and of its project, by name. */
  readonly domain: string;
  /** How long a revoked token may live on; 0: ask each time. */
  readonly cacheSeconds: number;
}

export interface ExternalKeyrock {
  /** `userinfo`: the token is appended to it (`https://idm.example/user?access_token=`); `v3`: base of a Keystone-like API. */
  readonly url: string;
  readonly form: 'userinfo' | 'v3';
  /** Everybody's project; without it the user's first organization. */
  readonly project?: string;
  readonly cacheSeconds: number;
}

export interface IdentitySettings {
  readonly mode: 'builtin' | 'keystone' | 'keyrock' | 'noauth';
  /** Wanted by the mode of that name. */
  readonly keystone?: ExternalKeystone;
  readonly keyrock?: ExternalKeyrock;
  readonly tokenSeconds: number;
  /** Failed logins of one user from one address within the window; an address as a whole may have ten times as many. */
  readonly loginFailures: number;
  readonly loginWindowSeconds: number;
  readonly clock: Clock;
  /** Lower in tests. */
  readonly passwordCost?: ScryptCost;
}

/** Nest injection token: `IdentitySettings`. */
export const IDENTITY_SETTINGS = Symbol('IdentitySettings');
