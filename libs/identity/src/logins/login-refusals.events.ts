import type { EventCatalog } from '#kernel';

/**
 * Somebody could not prove who they are: `count` times between the two instants. The address stands in the metadata,
 * sealed. An attack of any size becomes a bounded number of events.
 */
export interface LoginRefused {
  readonly type: 'LoginRefused';
  readonly data: {
    /** Null: no such user, or several together. */
    readonly userId: string | null;
    readonly method: 'password' | 'application_credential';
    readonly count: number;
    readonly firstAt: number;
    readonly lastAt: number;
  };
}

export const loginRefusalsCatalog: EventCatalog<LoginRefused> = { context: 'identity', versions: { LoginRefused: 1 } };
