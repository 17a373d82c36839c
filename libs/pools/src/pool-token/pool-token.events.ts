import type { EventCatalog } from '#kernel';

/**
 * `poolToken-<tokenHash>`. `sealed` is JSON `{"token": "...", "user": "jdoe"}` sealed under the key `user:<userId>` of the
 * vault: it can be listed to its user, and is unreadable everywhere once the key is destroyed (C20).
 */
export interface PoolTokenIssued {
  readonly type: 'PoolTokenIssued';
  readonly data: {
    /** SHA-256 of the token, hex. */
    readonly tokenHash: string;
    readonly userId: string;
    readonly projectId: string | null;
    readonly sealed: string;
    readonly at: number;
  };
}

/** Its machines keep running. */
export interface PoolTokenDeleted {
  readonly type: 'PoolTokenDeleted';
  readonly data: { readonly tokenHash: string; readonly at: number };
}

export type PoolTokenEvent = PoolTokenIssued | PoolTokenDeleted;

export const poolTokenCatalog: EventCatalog<PoolTokenEvent> = {
  context: 'pools',
  versions: { PoolTokenIssued: 1, PoolTokenDeleted: 1 },
};
