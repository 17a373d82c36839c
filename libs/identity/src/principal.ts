import type { AuthenticationMethod } from '#kernel';

export interface RoleRef {
  /** 32 hex digits. */
  readonly id: string;
  readonly name: string;
}

/** Whoever stands behind a token, as of now: roles and projects are looked up at each request, not remembered in the token. */
export interface Principal {
  readonly userId: string;
  readonly userName: string;
  readonly domainId: string;
  readonly domainName: string;
  /** Null for an unscoped token: no project, no roles, no catalog. */
  readonly project: { readonly id: string; readonly name: string } | null;
  /** Expanded by implication: an admin's has admin, manager, member, reader. */
  readonly roles: readonly RoleRef[];
  readonly method: AuthenticationMethod;
  /** Keystone's names, as in the token's `methods`. */
  readonly methods: readonly string[];
  /** Own audit id first, then that of the first token of the chain. */
  readonly auditIds: readonly string[];
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly applicationCredential: {
    readonly id: string;
    readonly name: string;
    readonly restricted: boolean;
    readonly accessRules: readonly AccessRule[] | null;
  } | null;
}

export interface AccessRule {
  readonly id: string;
  readonly service: string;
  readonly method: string;
  readonly path: string;
}

export type Verification =
  | { readonly kind: 'valid'; readonly principal: Principal }
  /** Missing, malformed, expired, revoked, or its user or project is gone or disabled. */
  | { readonly kind: 'invalid' }
  /** The identity service that would know does not answer (contracts/identity §5.2): 503, never 401. */
  | { readonly kind: 'unavailable'; readonly reason: string };

export interface Presented {
  /** `X-Auth-Token`. */
  readonly token: string;
  /** `X-Service-Token`: with role `service` it lets a just-expired user token pass (contracts/identity §5.2, 7). */
  readonly serviceToken?: string;
  /** For application credentials with access rules. */
  readonly request?: { readonly serviceType: string; readonly method: string; readonly path: string };
}

/** One of: built in, an external Keystone, KeyRock, noauth (contracts/identity §5). An abstract class for Nest's injection. */
export abstract class TokenVerifier {
  /** Cheap for a token seen before: no I/O, no hashing of passwords. */
  abstract verify(presented: Presented): Promise<Verification>;
}

export function hasRole(principal: Principal, name: string): boolean {
  const wanted = name.toLowerCase();
  return principal.roles.some((role) => role.name.toLowerCase() === wanted);
}
