import type { TokenMethod } from '../tokens/token-claims.js';

/** What one method of a login has shown. */
export interface Proof {
  readonly userId: string;
  /** Of the user when it was shown: another one at the issue of the token undoes it. */
  readonly userGeneration: number;
  readonly methods: readonly TokenMethod[];
  /** The new token ends no later. */
  readonly expiresAt: number;
  /** Goes on when a token was shown. */
  readonly chainId?: string;
  /** The token's roles are those of the credential, and its project is the scope. */
  readonly credential?: { readonly id: string; readonly projectId: string };
}

export type Proven = Proof | 'no' | { readonly retryAfterSeconds: number };
