import type { Clock, CommandContext } from '#kernel';
import type { CommandExecutor } from '#runtime';
import type { LoginRequest, UserRef } from '../contracts.js';
import { identityAggregate, identityStream } from '../directory/identity.aggregate.js';
import type { ApplicationCredentialState, IdentityState, UserState } from '../directory/identity.state.js';
import type { PersonalTexts } from '../directory/personal-texts.js';
import type { LoginLimiter } from '../passwords/login-limiter.js';
import { PasswordCheckerBusy, type PasswordChecker } from '../passwords/password-checker.js';
import type { Proven } from './proof.js';
import type { RefusalJournal, RefusedLogin } from './refusal-journal.js';

type PasswordLogin = NonNullable<LoginRequest['password']>;
type CredentialLogin = NonNullable<LoginRequest['applicationCredential']>;

/** Something that somebody could guess: limited, and refusals are recorded. */
interface Guess {
  /** Whose secret it is, for limit and memory; also of those who do not exist. */
  readonly owner: string;
  readonly secret: string;
  /** Undefined: there is none, so it is wrong. */
  readonly hash: string | undefined;
  readonly refused: RefusedLogin;
}

/** Proofs by something known: a password or the secret of an application credential. */
export class SecretProofs {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly texts: PersonalTexts,
    private readonly checker: PasswordChecker,
    private readonly limiter: LoginLimiter,
    private readonly journal: RefusalJournal,
    private readonly clock: Clock,
  ) {}

  async password(login: PasswordLogin, context: CommandContext): Promise<Proven> {
    const digest = await this.digest(login.user);
    const user = await this.executor.look(identityAggregate, identityStream, (state) =>
      find(state, login.user, digest),
    );
    const hash = await this.open(user?.id, user?.sealedPassword);
    const owner = user === undefined ? `nobody:${keyOf(login.user, digest)}` : `user:${user.id}`;
    const refused = { userId: user?.id ?? null, method: 'password' } as const;
    const proven = await this.check({ owner, secret: login.password, hash, refused }, context);
    if (proven !== 'yes' || user === undefined) return proven === 'yes' ? 'no' : proven;
    const { id: userId, generation: userGeneration } = user;
    return { userId, userGeneration, methods: ['password'], expiresAt: Number.POSITIVE_INFINITY };
  }

  async applicationCredential(login: CredentialLogin, context: CommandContext): Promise<Proven> {
    const wanted = login.credential;
    const digest = 'user' in wanted ? await this.digest(wanted.user) : undefined;
    const found = await this.executor.look(identityAggregate, identityStream, (state) =>
      findCredential(state, wanted, digest),
    );
    const { credential, user } = found ?? {};
    const hash = await this.open(credential?.userId, credential?.sealedSecret);
    const asked = 'id' in wanted ? wanted.id : `${keyOf(wanted.user, digest)}:${wanted.name}`;
    const owner = credential === undefined ? `nobody:${asked}` : `credential:${credential.id}`;
    const refused = { userId: credential?.userId ?? null, method: 'application_credential' } as const;
    const proven = await this.check({ owner, secret: login.secret, hash, refused }, context);
    if (proven !== 'yes' || credential === undefined || user === undefined) return proven === 'yes' ? 'no' : proven;
    const expiresAt = credential.expiresAt ?? Number.POSITIVE_INFINITY;
    if (expiresAt <= this.clock.now()) return 'no';
    return {
      userId: user.id,
      userGeneration: user.generation,
      methods: ['application_credential'],
      expiresAt,
      credential: { id: credential.id, projectId: credential.projectId },
    };
  }

  private async check(guess: Guess, context: CommandContext): Promise<'yes' | 'no' | { retryAfterSeconds: number }> {
    const { owner, secret, hash, refused } = guess;
    const address = context.clientAddress ?? '';
    // A check that is going on for the very same guess is no further guess.
    const joins = this.checker.isUnderWay(owner, secret, hash);
    const wait = joins ? undefined : this.limiter.blockedFor(owner, address);
    if (wait !== undefined) {
      await this.journal.note(refused, context);
      return { retryAfterSeconds: wait };
    }
    if (this.checker.remembers(owner, secret, hash)) return 'yes';
    const attempt = joins ? undefined : this.limiter.begin(owner, address);
    try {
      const right = await this.checker.verify(owner, secret, hash);
      attempt?.settle(right ? 'succeeded' : 'failed');
      if (!right) await this.journal.note(refused, context);
      return right ? 'yes' : 'no';
    } catch (error) {
      if (error instanceof PasswordCheckerBusy) return { retryAfterSeconds: 1 };
      throw error;
    } finally {
      attempt?.settle('undecided');
    }
  }

  private async open(userId: string | undefined, sealed: string | null | undefined): Promise<string | undefined> {
    return userId === undefined || sealed == null ? undefined : this.texts.openSecret(userId, sealed);
  }

  private digest(user: UserRef): Promise<string> {
    return this.texts.nameDigest('name' in user ? user.name : '');
  }
}

function keyOf(user: UserRef, digest: string | undefined): string {
  if ('id' in user) return `id:${user.id}`;
  return 'name' in user ? `name:${digest ?? ''}` : `elsewhere:${user.elsewhere}`;
}

function find(state: Readonly<IdentityState>, user: UserRef, digest: string | undefined): UserState | undefined {
  const id = 'id' in user ? user.id : 'name' in user ? state.userIdsByName.get(digest ?? '') : undefined;
  return id === undefined ? undefined : state.users.get(id);
}

function findCredential(
  state: Readonly<IdentityState>,
  wanted: CredentialLogin['credential'],
  digest: string | undefined,
): { readonly credential: ApplicationCredentialState; readonly user: UserState } | undefined {
  let id: string | undefined;
  if ('id' in wanted) id = wanted.id;
  else {
    const user = find(state, wanted.user, digest);
    id = user && state.credentialsOfUser.get(user.id)?.get(wanted.name);
  }
  const credential = id === undefined ? undefined : state.credentials.get(id);
  const user = credential && state.users.get(credential.userId);
  return credential && user && { credential, user };
}
