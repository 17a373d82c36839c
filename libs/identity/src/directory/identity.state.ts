import type { ApplicationCredentialCreated } from './identity.events.js';

export interface UserState {
  readonly id: string;
  readonly nameDigest: string;
  readonly sealedName: string;
  readonly sealedEmail: string | null;
  readonly sealedDescription: string | null;
  readonly sealedPassword: string | null;
  /** The hash last set from the configured administrator password, whatever was set since. */
  readonly sealedSettingPassword: string | null;
  readonly defaultProjectId: string | null;
  readonly enabled: boolean;
  readonly createdAt: number;
  /** Tokens carry it; it grows whenever all tokens of the user are to die: new password, disabled, made anew. */
  readonly generation: number;
}

export interface ProjectState {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly createdAt: number;
  /** As of a user: grows when the project is disabled. */
  readonly generation: number;
}

export interface RoleState {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

export type ApplicationCredentialState = ApplicationCredentialCreated['data'];

/** Maps find everything that a request needs in O(1). Changed in place by `evolve`; entries are replaced, never changed. */
export interface IdentityState {
  /** Events folded so far: what was worked out at the same number still holds. */
  changes: number;
  readonly users: Map<string, UserState>;
  readonly userIdsByName: Map<string, string>;
  readonly projects: Map<string, ProjectState>;
  readonly projectIdsByName: Map<string, string>;
  readonly roles: Map<string, RoleState>;
  /** By name in lower case. */
  readonly roleIdsByName: Map<string, string>;
  /** User → project → roles given directly. */
  readonly grants: Map<string, Map<string, Set<string>>>;
  /** Project → users with a role there. */
  readonly members: Map<string, Set<string>>;
  readonly credentials: Map<string, ApplicationCredentialState>;
  /** User → name → id. */
  readonly credentialsOfUser: Map<string, Map<string, string>>;
  /** Audit id → the instant after which it need not be known any more. */
  readonly revokedTokens: Map<string, number>;
  readonly revokedChains: Map<string, number>;
}

export function initialIdentity(): IdentityState {
  return {
    changes: 0,
    users: new Map(),
    userIdsByName: new Map(),
    projects: new Map(),
    projectIdsByName: new Map(),
    roles: new Map(),
    roleIdsByName: new Map(),
    grants: new Map(),
    members: new Map(),
    credentials: new Map(),
    credentialsOfUser: new Map(),
    revokedTokens: new Map(),
    revokedChains: new Map(),
  };
}
