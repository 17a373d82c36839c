import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { CommandContext, CommandOutcome } from '#kernel';
import { CommandExecutor, deriveUuid, leasebookNamespace, Vault } from '#runtime';
import type { IdentityRefusal } from './contracts.js';
import { identityAggregate, identityStream } from './directory/identity.aggregate.js';
import type { IdentityCommand } from './directory/identity.decider.js';
import type { IdentityEvent } from './directory/identity.events.js';
import type { IdentityState } from './directory/identity.state.js';
import { PersonalTexts } from './directory/personal-texts.js';
import { UserStandings } from './directory/user-standings.js';
import { Login } from './logins/login.js';
import { OutsideChecks } from './logins/outside-checks.js';
import { RefusalJournal } from './logins/refusal-journal.js';
import { SecretProofs } from './logins/secret-proofs.js';
import { LoginLimiter } from './passwords/login-limiter.js';
import { PasswordChecker } from './passwords/password-checker.js';
import { IDENTITY_SETTINGS, type IdentitySettings } from './settings.js';
import { TokenFormat } from './tokens/token-format.js';
import { TokenReader } from './tokens/token-reader.js';

const limitCounters = 20_000;

/** What the handlers of this context share. One per process: it holds the limits, the caches and the journal. */
@Injectable()
export class IdentityServices implements BeforeApplicationShutdown {
  readonly texts: PersonalTexts;
  readonly passwords: PasswordChecker;
  readonly secrets: SecretProofs;
  readonly tokens: TokenReader;
  readonly login: Login;
  readonly outsideChecks: OutsideChecks;
  readonly standings = new UserStandings();
  private readonly journal: RefusalJournal;
  private tokenFormat: Promise<TokenFormat> | undefined;

  constructor(
    private readonly executor: CommandExecutor,
    private readonly vault: Vault,
    @Inject(IDENTITY_SETTINGS) readonly settings: IdentitySettings,
  ) {
    const { clock, loginFailures, loginWindowSeconds, passwordCost, tokenSeconds } = settings;
    const now = (): number => clock.now();
    const limits = {
      failures: loginFailures,
      failuresOfAddress: 10 * loginFailures,
      windowMs: loginWindowSeconds * 1000,
      counters: limitCounters,
    };
    this.texts = new PersonalTexts(vault);
    this.passwords = new PasswordChecker(passwordCost === undefined ? {} : { cost: passwordCost });
    this.journal = new RefusalJournal(executor, clock);
    const limiter = new LoginLimiter(limits, now);
    this.secrets = new SecretProofs(executor, this.texts, this.passwords, limiter, this.journal, clock);
    this.outsideChecks = new OutsideChecks(limiter, this.journal);
    const format = (): Promise<TokenFormat> => this.format();
    this.tokens = new TokenReader(format, executor, this.texts, clock);
    this.login = new Login(executor, this.secrets, this.tokens, format, clock, tokenSeconds * 1000);
  }

  /** `answer` sees the state right after the events; it must copy. */
  execute<Answer>(
    command: IdentityCommand,
    context: CommandContext,
    answer: (state: Readonly<IdentityState>, events: readonly IdentityEvent[]) => Answer,
  ): Promise<CommandOutcome<IdentityEvent, IdentityRefusal, Answer>> {
    return this.executor.execute(identityAggregate, identityStream, command, context, answer);
  }

  /** `look` must copy what it returns. */
  look<Seen>(look: (state: Readonly<IdentityState>) => Seen): Promise<Seen> {
    return this.executor.look(identityAggregate, identityStream, look);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.journal.flush();
  }

  private format(): Promise<TokenFormat> {
    this.tokenFormat ??= this.vault.secret('identity-tokens').then(
      (secret) => new TokenFormat(secret),
      (error: unknown) => {
        this.tokenFormat = undefined;
        throw error;
      },
    );
    return this.tokenFormat;
  }
}

/** The same for the same command, so that its repeat means the same thing (C2). */
export function newId(kind: string, context: CommandContext): string {
  return deriveUuid(leasebookNamespace, `identity\n${kind}\n${context.commandId}`).replaceAll('-', '');
}
