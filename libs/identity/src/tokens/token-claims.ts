/** Keystone's names, in the order in which a token lists them. The place of each is its bit in the stored form: only append. */
export const tokenMethods = ['password', 'token', 'application_credential'] as const;
export type TokenMethod = (typeof tokenMethods)[number];

/** What a token says by itself. Roles, names and whether all that still holds are looked up at each request. */
export interface TokenClaims {
  /** Ids are 32 hex digits. */
  readonly userId: string;
  /** Null: unscoped. */
  readonly projectId: string | null;
  readonly applicationCredentialId: string | null;
  readonly methods: readonly TokenMethod[];
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** 22 url-safe characters. */
  readonly auditId: string;
  /** Audit id of the first token of the chain; its own for that one. */
  readonly chainId: string;
  /** Of user and project when it was issued: another one by now means that it is dead. */
  readonly userGeneration: number;
  readonly projectGeneration: number;
}
