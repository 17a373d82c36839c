import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '#kernel';
import type { Verification } from '../principal.js';

interface Kept {
  readonly verification: Verification;
  readonly until: number;
}

const kept = 20_000;
const maxUnderWay = 256;

/**
 * What another service said about a token, by the token's digest, for a while and never past the token's own end. Who
 * asks about one token at the same time shares the question; answers that say nothing (`unavailable`) are not kept.
 */
export class VerificationCache {
  private readonly known = new LRUCache<string, Kept>({ max: kept });
  private readonly underWay = new Map<string, Promise<Verification>>();

  constructor(
    private readonly clock: Clock,
    private readonly keepMs: number,
  ) {}

  /** `kind` keeps different questions about one token apart. */
  async get(token: string, kind: string, ask: () => Promise<Verification>): Promise<Verification> {
    const key = `${kind}:${hash('sha256', token, 'base64')}`;
    const known = this.known.get(key);
    if (known !== undefined && known.until > this.clock.now()) return known.verification;
    let question = this.underWay.get(key);
    if (question === undefined) {
      if (this.underWay.size >= maxUnderWay)
        return { kind: 'unavailable', reason: 'too many tokens are being checked at once' };
      question = this.ask(key, ask).finally(() => this.underWay.delete(key));
      this.underWay.set(key, question);
    }
    return question;
  }

  private async ask(key: string, ask: () => Promise<Verification>): Promise<Verification> {
    const verification = await ask();
    const now = this.clock.now();
    if (verification.kind === 'valid' && !key.startsWith('expired:')) {
      const { expiresAt } = verification.principal;
      if (expiresAt <= now) return { kind: 'invalid' };
      this.known.set(key, { verification, until: Math.min(now + this.keepMs, expiresAt) });
    } else if (verification.kind !== 'unavailable') {
      this.known.set(key, { verification, until: now + this.keepMs });
    }
    return verification;
  }
}
