/** An LDAP server that knows the users. */
export interface PoolLdapSettings {
  /** `ldap://host[:389]` or `ldaps://host[:636]`. */
  readonly url: string;
  readonly startTls: boolean;
  readonly bases: readonly string[];
  /** Attributes that name a user: `uid`, `cn` … */
  readonly userObjects: readonly string[];
  /** For one check of credentials, the connection included. */
  readonly timeoutSeconds: number;
  /** DN of an account that may search. With it users are searched below the bases, without it their DN is put together. */
  readonly serviceUser?: string;
  readonly servicePassword?: string;
  /** Attribute to search by instead of `userObjects`. */
  readonly searchFilterObject?: string;
  /** Certificates to trust instead of the usual ones, PEM. */
  readonly caFile?: string;
  /** Users who may touch everybody's machines. */
  readonly administrators: readonly string[];
}

export interface PoolAuthSettings {
  readonly provider: 'builtin' | 'dummy' | 'ldap' | 'none';
  /** Wanted by `ldap`. */
  readonly ldap?: PoolLdapSettings;
}

/** Nest injection token: `PoolAuthSettings`. */
export const POOL_AUTH_SETTINGS = Symbol('PoolAuthSettings');
