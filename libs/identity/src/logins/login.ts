import type { Clock, CommandContext } from '#kernel';
import type { CommandExecutor } from '#runtime';
import type { LoginOutcome, LoginRequest, LoginScope, PasswordVerdict, UserRef } from '../contracts.js';
import { identityAggregate, identityStream } from '../directory/identity.aggregate.js';
import type { IdentityState } from '../directory/identity.state.js';
import { standingOf, type Standing } from '../tokens/standing.policy.js';
import { tokenMethods, type TokenClaims } from '../tokens/token-claims.js';
import { newAuditId, type TokenFormat } from '../tokens/token-format.js';
import type { TokenReader } from '../tokens/token-reader.js';
import type { Proof, Proven } from './proof.js';
import type { SecretProofs } from './secret-proofs.js';

const unauthenticated: LoginOutcome = { kind: 'unauthenticated' };

/** From proofs to a token. Whatever is wrong, the answer is the same (contracts/identity §2). */
export class Login {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly secrets: SecretProofs,
    private readonly tokens: TokenReader,
    private readonly format: () => Promise<TokenFormat>,
    private readonly clock: Clock,
    private readonly tokenMs: number,
  ) {}

  async run(request: LoginRequest, context: CommandContext): Promise<LoginOutcome> {
    const proofs: Proof[] = [];
    for (const prove of this.methods(request, context)) {
      const proven = await prove();
      if (proven === 'no') return unauthenticated;
      if ('retryAfterSeconds' in proven) return { kind: 'too-many-attempts', ...proven };
      proofs.push(proven);
    }
    const proof = merged(proofs);
    return proof === undefined ? unauthenticated : this.issue(proof, request.scope);
  }

  /** Proof by password alone, and no token. */
  async check(user: UserRef, password: string, context: CommandContext): Promise<PasswordVerdict> {
    const proven = await this.secrets.password({ user, password }, context);
    if (proven === 'no') return { kind: 'wrong' };
    if ('retryAfterSeconds' in proven) return { kind: 'too-many-attempts', ...proven };
    const found = await this.executor.look(identityAggregate, identityStream, (state) => {
      const known = state.users.get(proven.userId);
      // Disabled, or changed since the proof.
      if (known?.enabled !== true || known.generation !== proven.userGeneration) return undefined;
      return { id: known.id, sealedName: known.sealedName, projectId: defaultProjectOf(known.id, state) };
    });
    if (found === undefined) return { kind: 'wrong' };
    const { id, sealedName, projectId } = found;
    return { kind: 'right', user: { id, name: await this.tokens.nameOf(id, sealedName), projectId } };
  }

  /** In the order of what they cost. */
  private methods(request: LoginRequest, context: CommandContext): (() => Promise<Proven>)[] {
    const { token, password, applicationCredential } = request;
    return [
      ...(token === undefined ? [] : [() => this.token(token.id)]),
      ...(password === undefined ? [] : [() => this.secrets.password(password, context)]),
      ...(applicationCredential === undefined
        ? []
        : [() => this.secrets.applicationCredential(applicationCredential, context)]),
    ];
  }

  private async token(text: string): Promise<Proven> {
    const read = await this.tokens.read(text);
    if (read === undefined) return 'no';
    const { userId, userGeneration, methods, expiresAt, chainId, applicationCredentialId, projectId } = read.claims;
    return {
      userId,
      userGeneration,
      methods: [...methods, 'token'],
      expiresAt,
      chainId,
      ...(applicationCredentialId === null || projectId === null
        ? {}
        : { credential: { id: applicationCredentialId, projectId } }),
    };
  }

  private async issue(proof: Proof, scope: LoginScope): Promise<LoginOutcome> {
    const issuedAt = this.clock.now();
    const auditId = newAuditId();
    const issued = await this.executor.look(identityAggregate, identityStream, (state) => {
      const projectId = projectOf(scope, proof, state);
      if (projectId === undefined) return undefined;
      const claims: TokenClaims = {
        userId: proof.userId,
        projectId,
        applicationCredentialId: proof.credential?.id ?? null,
        methods: tokenMethods.filter((method) => proof.methods.includes(method)),
        issuedAt,
        expiresAt: Math.min(issuedAt + this.tokenMs, proof.expiresAt),
        auditId,
        chainId: proof.chainId ?? auditId,
        userGeneration: proof.userGeneration,
        projectGeneration: projectId === null ? 0 : (state.projects.get(projectId)?.generation ?? 0),
      };
      const standing = standingOf(claims, state);
      return standing && ({ claims, standing } satisfies { claims: TokenClaims; standing: Standing });
    });
    if (issued === undefined || issued.claims.expiresAt <= issuedAt) return unauthenticated;
    const principal = await this.tokens.principal(issued.claims, issued.standing);
    return { kind: 'accepted', token: (await this.format()).write(issued.claims), principal };
  }
}

/** All of the same user; the narrowest of each. */
function merged(proofs: readonly Proof[]): Proof | undefined {
  const [first] = proofs;
  if (first === undefined) return undefined;
  const same = proofs.every((proof) => proof.userId === first.userId && proof.userGeneration === first.userGeneration);
  const credentials = proofs.flatMap((proof) => (proof.credential === undefined ? [] : [proof.credential]));
  if (!same || new Set(credentials.map((credential) => credential.id)).size > 1) return undefined;
  return {
    ...Object.assign({}, ...proofs.toReversed()),
    methods: proofs.flatMap((proof) => proof.methods),
    expiresAt: Math.min(...proofs.map((proof) => proof.expiresAt)),
  } as Proof;
}

/** Undefined: refused. Null: unscoped. */
function projectOf(scope: LoginScope, proof: Proof, state: Readonly<IdentityState>): string | null | undefined {
  const named = scope.kind === 'project' ? projectNamed(scope.project, state) : undefined;
  if (proof.credential !== undefined) {
    const own = proof.credential.projectId;
    return scope.kind === 'default' || named === own ? own : undefined;
  }
  switch (scope.kind) {
    case 'project':
      return named;
    case 'unscoped':
      return null;
    case 'elsewhere':
      return undefined;
    case 'default':
      return defaultProjectOf(proof.userId, state);
  }
}

/** Null: none, or it is disabled, or the user has no role there. */
function defaultProjectOf(userId: string, state: Readonly<IdentityState>): string | null {
  const projectId = state.users.get(userId)?.defaultProjectId ?? null;
  const usable =
    projectId !== null &&
    state.projects.get(projectId)?.enabled === true &&
    state.grants.get(userId)?.has(projectId) === true;
  return usable ? projectId : null;
}

function projectNamed(
  project: { readonly id: string } | { readonly name: string },
  state: Readonly<IdentityState>,
): string | undefined {
  return 'id' in project ? project.id : state.projectIdsByName.get(project.name);
}
