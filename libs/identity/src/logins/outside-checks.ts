import type { CommandContext } from '#kernel';
import type { LoginLimiter } from '../passwords/login-limiter.js';
import type { RefusalJournal } from './refusal-journal.js';

/** `undecided`: the other side did not say whether the password is right. */
export type OutsideVerdict = 'right' | 'wrong' | 'undecided';

/** Passwords that somebody else checks, an LDAP server say: limited and recorded like this server's own. */
export class OutsideChecks {
  constructor(
    private readonly limiter: LoginLimiter,
    private readonly journal: RefusalJournal,
  ) {}

  /** `owner`: whose password it is, in one spelling only; it does not get into the log. */
  async run(
    owner: string,
    context: CommandContext,
    check: () => Promise<OutsideVerdict>,
  ): Promise<OutsideVerdict | { readonly retryAfterSeconds: number }> {
    const address = context.clientAddress ?? '';
    const refused = { userId: null, method: 'password' } as const;
    const wait = this.limiter.blockedFor(`outside:${owner}`, address);
    if (wait !== undefined) {
      await this.journal.note(refused, context);
      return { retryAfterSeconds: wait };
    }
    const attempt = this.limiter.begin(`outside:${owner}`, address);
    try {
      const verdict = await check();
      if (verdict === 'undecided') return verdict;
      attempt.settle(verdict === 'right' ? 'succeeded' : 'failed');
      if (verdict === 'wrong') await this.journal.note(refused, context);
      return verdict;
    } finally {
      attempt.settle('undecided');
    }
  }
}
