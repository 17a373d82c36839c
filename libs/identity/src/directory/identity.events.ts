import type { EventCatalog } from '#kernel';

/**
 * Times are milliseconds since 1970. Fields whose names begin with `sealed` hold text that only the key `user:<id>` of
 * the vault opens: names, addresses, descriptions of persons, and hashes of passwords. Ids are 32 hex digits.
 */
interface Told<Type extends string, Data> {
  readonly type: Type;
  readonly data: Data;
}

/** `setting`: from the configured administrator password; `user`: by the person; `administrator`: by somebody else. */
export type PasswordSource = 'setting' | 'user' | 'administrator';

export type UserCreated = Told<
  'UserCreated',
  {
    readonly id: string;
    /** Keyed digest of the name: unique, and the way to find a user by name. */
    readonly nameDigest: string;
    readonly sealedName: string;
    readonly sealedEmail: string | null;
    readonly sealedDescription: string | null;
    /** Null: cannot log in with a password. */
    readonly sealedPassword: string | null;
    readonly passwordSource: PasswordSource;
    readonly defaultProjectId: string | null;
    readonly enabled: boolean;
    readonly createdAt: number;
  }
>;

/** Fields that are left out stay as they are. */
export type UserChanged = Told<
  'UserChanged',
  {
    readonly id: string;
    readonly nameDigest?: string;
    readonly sealedName?: string;
    readonly sealedEmail?: string | null;
    readonly sealedDescription?: string | null;
    readonly defaultProjectId?: string | null;
    readonly enabled?: boolean;
    readonly changedAt: number;
  }
>;

export type UserPasswordChanged = Told<
  'UserPasswordChanged',
  {
    readonly id: string;
    readonly sealedPassword: string;
    readonly source: PasswordSource;
    readonly changedAt: number;
  }
>;

export type UserDeleted = Told<'UserDeleted', { readonly id: string; readonly deletedAt: number }>;

export type ProjectCreated = Told<
  'ProjectCreated',
  {
    readonly id: string;
    readonly name: string;
    readonly description: string;
    readonly enabled: boolean;
    readonly createdAt: number;
  }
>;

export type ProjectChanged = Told<
  'ProjectChanged',
  {
    readonly id: string;
    readonly name?: string;
    readonly description?: string;
    readonly enabled?: boolean;
    readonly changedAt: number;
  }
>;

export type ProjectDeleted = Told<'ProjectDeleted', { readonly id: string; readonly deletedAt: number }>;

export type RoleCreated = Told<
  'RoleCreated',
  { readonly id: string; readonly name: string; readonly description: string; readonly createdAt: number }
>;

export type RoleDeleted = Told<'RoleDeleted', { readonly id: string; readonly deletedAt: number }>;

interface Grant {
  readonly userId: string;
  readonly projectId: string;
  readonly roleId: string;
}

export type RoleGranted = Told<'RoleGranted', Grant & { readonly grantedAt: number }>;
export type RoleRevoked = Told<'RoleRevoked', Grant & { readonly revokedAt: number }>;

export interface StoredAccessRule {
  readonly id: string;
  readonly service: string;
  readonly method: string;
  readonly path: string;
}

export type ApplicationCredentialCreated = Told<
  'ApplicationCredentialCreated',
  {
    readonly id: string;
    readonly userId: string;
    readonly projectId: string;
    readonly name: string;
    readonly sealedDescription: string | null;
    /** Hash, as of a password. */
    readonly sealedSecret: string;
    readonly roleIds: readonly string[];
    readonly expiresAt: number | null;
    /** May make and delete application credentials itself. */
    readonly unrestricted: boolean;
    /** Null: any request. */
    readonly accessRules: readonly StoredAccessRule[] | null;
    readonly createdAt: number;
  }
>;

export type ApplicationCredentialDeleted = Told<
  'ApplicationCredentialDeleted',
  { readonly id: string; readonly userId: string; readonly deletedAt: number }
>;

/** By audit id, which is no secret. `chain`: every token that descends from the one with that audit id. */
export type TokenRevoked = Told<
  'TokenRevoked',
  {
    readonly auditId: string;
    readonly chain: boolean;
    readonly userId: string;
    /** After this instant the token is dead by itself, and the revocation is forgotten. */
    readonly expiresAt: number;
    readonly revokedAt: number;
  }
>;

export type IdentityEvent =
  | UserCreated
  | UserChanged
  | UserPasswordChanged
  | UserDeleted
  | ProjectCreated
  | ProjectChanged
  | ProjectDeleted
  | RoleCreated
  | RoleDeleted
  | RoleGranted
  | RoleRevoked
  | ApplicationCredentialCreated
  | ApplicationCredentialDeleted
  | TokenRevoked;

export const identityCatalog: EventCatalog<IdentityEvent> = {
  context: 'identity',
  versions: {
    UserCreated: 1,
    UserChanged: 1,
    UserPasswordChanged: 1,
    UserDeleted: 1,
    ProjectCreated: 1,
    ProjectChanged: 1,
    ProjectDeleted: 1,
    RoleCreated: 1,
    RoleDeleted: 1,
    RoleGranted: 1,
    RoleRevoked: 1,
    ApplicationCredentialCreated: 1,
    ApplicationCredentialDeleted: 1,
    TokenRevoked: 1,
  },
};
