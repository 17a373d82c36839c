/** Requests of one client (by token, or else by address) in a period, by kind. */
export interface RequestLimitNumbers {
  /** POST on a path with `/vm`. */
  readonly checkouts: number;
  /** DELETE on such a path. */
  readonly deletions: number;
  readonly withToken: number;
  readonly others: number;
  readonly periodSeconds: number;
}

/** What the face knows beside the pools' own settings (`POOLS_SETTINGS`). */
export interface VmpoolerFaceSettings {
  /** Title of the pages about pools. */
  readonly siteName: string | null;
  /** Null: neither `/healthcheck` nor a page of metrics. `path` as in `/prometheus`. */
  readonly prometheus: { readonly path: string } | null;
  /** Label `vmpooler_instance` of every metric; null: `vmpooler`. */
  readonly instance: string | null;
  /** Null: none. */
  readonly limits: RequestLimitNumbers | null;
  /** How Basic credentials are checked: told by `/full_config`. */
  readonly auth: VmpoolerAuthFacts;
}

export interface VmpoolerAuthFacts {
  readonly provider: 'builtin' | 'dummy' | 'ldap' | 'none';
  readonly ldap: LdapFacts | null;
}

/** Without its secrets: only whether there is one. */
export interface LdapFacts {
  readonly url: string;
  readonly startTls: boolean;
  readonly bases: readonly string[];
  readonly userObjects: readonly string[];
  readonly serviceUser: string | null;
  readonly hasServicePassword: boolean;
}

/** Nest injection token: `VmpoolerFaceSettings`. */
export const VMPOOLER_FACE_SETTINGS = Symbol('VmpoolerFaceSettings');
