import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '#kernel';
import type { CommandExecutor } from '#runtime';
import { identityAggregate, identityStream } from '../directory/identity.aggregate.js';
import type { PersonalTexts } from '../directory/personal-texts.js';
import type { Principal } from '../principal.js';
import { standingOf, type Standing } from './standing.policy.js';
import type { TokenClaims } from './token-claims.js';
import type { TokenFormat } from './token-format.js';

export interface ReadToken {
  readonly claims: TokenClaims;
  readonly principal: Principal;
}

interface Seen {
  readonly claims: TokenClaims;
  /** `IdentityState.changes` at which `principal` was worked out. */
  readonly changes: number;
  /** Undefined: the token stood for nobody. */
  readonly principal: Principal | undefined;
}

/** How long past its end a token may still be shown to a service that asks for it; Keystone's default. */
export const expiredWindowMs = 48 * 3_600_000;

const tokensKept = 20_000;

/**
 * From a token's text to whom it stands for, as of now. A text seen before costs a hash, a look at the identity
 * stream's state and comparisons; what was worked out holds until anything in that stream changes.
 */
export class TokenReader {
  private readonly seen = new LRUCache<string, Seen>({ max: tokensKept });

  constructor(
    private readonly format: () => Promise<TokenFormat>,
    private readonly executor: CommandExecutor,
    private readonly texts: PersonalTexts,
    private readonly clock: Clock,
  ) {}

  /** Undefined: not a live token of this server. */
  async read(text: string, allowExpired = false): Promise<ReadToken | undefined> {
    // By its digest: no token lies about in memory.
    const key = hash('sha256', text, 'base64');
    const known = this.seen.get(key);
    const claims = known?.claims ?? (await this.format()).read(text);
    if (claims === undefined || this.isOver(claims.expiresAt, allowExpired)) return undefined;
    const { changes, standing } = await this.look(claims, known?.changes);
    let principal = known?.principal;
    if (changes !== known?.changes) {
      principal = standing && (await this.principal(claims, standing));
      this.seen.set(key, { claims, changes, principal });
    }
    return principal && { claims, principal };
  }

  /** Strictly later than now, or it is over. */
  private isOver(expiresAt: number, allowExpired: boolean): boolean {
    return expiresAt + (allowExpired ? expiredWindowMs : 0) <= this.clock.now();
  }

  private look(
    claims: TokenClaims,
    knownChanges: number | undefined,
  ): Promise<{ readonly changes: number; readonly standing: Standing | undefined }> {
    return this.executor.look(identityAggregate, identityStream, (state) => ({
      changes: state.changes,
      standing: state.changes === knownChanges ? undefined : standingOf(claims, state),
    }));
  }

  /** Empty when the user's key was destroyed meanwhile. */
  async nameOf(userId: string, sealedName: string): Promise<string> {
    return (await this.texts.open(userId, sealedName)) ?? '';
  }

  /** How a standing looks to the faces. */
  async principal(claims: TokenClaims, standing: Standing): Promise<Principal> {
    const { user, project, roles, credential } = standing;
    return {
      userId: user.id,
      userName: await this.nameOf(user.id, user.sealedName),
      domainId: 'default',
      domainName: 'Default',
      project,
      roles,
      method:
        credential === null ? (claims.methods.includes('password') ? 'password' : 'token') : 'application_credential',
      methods: claims.methods,
      auditIds: claims.chainId === claims.auditId ? [claims.auditId] : [claims.auditId, claims.chainId],
      issuedAt: claims.issuedAt,
      expiresAt: claims.expiresAt,
      applicationCredential: credential && {
        id: credential.id,
        name: credential.name,
        restricted: !credential.unrestricted,
        accessRules: credential.accessRules,
      },
    };
  }
}
