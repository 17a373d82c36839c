import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { RequestLimitNumbers } from '../vmpooler.settings.js';
import { requestKinds, type RequestKind } from './request-kinds.js';

export interface LimitExceeded {
  readonly limit: number;
  readonly periodSeconds: number;
  /** Whole seconds until requests are taken again; at least 1. */
  readonly retryAfterSeconds: number;
}

export interface Client {
  readonly token: string | undefined;
  readonly address: string;
}

/** Tokens of one address that count apart in a period: nobody gets more by making tokens up. */
const tokensOfAddress = 100;
/** Clients that count apart in a period, for each kind; whoever comes later shares one of `crowds`. */
const clients = 10_000;
const crowds = 256;

/** How often each client may ask. What is remembered is bounded, whoever asks; it is forgotten with the process. */
export class RequestLimits {
  private readonly limiters: Readonly<Record<RequestKind, RateLimiterMemory>>;
  private seen: Readonly<Record<RequestKind, Set<string>>> = emptySets();
  private tokens = new Map<string, Set<string>>();
  private periodEndsAt = 0;

  constructor(private readonly numbers: RequestLimitNumbers) {
    const limiters = requestKinds.map((kind) => [
      kind,
      new RateLimiterMemory({ keyPrefix: kind, points: numbers[kind], duration: numbers.periodSeconds }),
    ]);
    this.limiters = Object.fromEntries(limiters) as Record<RequestKind, RateLimiterMemory>;
  }

  /** Counts one request. Undefined: it may go on. */
  async take(kind: RequestKind, client: Client): Promise<LimitExceeded | undefined> {
    this.forgetOldPeriods();
    try {
      await this.limiters[kind].consume(this.keyOf(kind, client));
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof RateLimiterRes)) throw thrown;
      const retryAfterSeconds = Math.max(1, Math.ceil(thrown.msBeforeNext / 1000));
      return { limit: this.numbers[kind], periodSeconds: this.numbers.periodSeconds, retryAfterSeconds };
    }
  }

  private keyOf(kind: RequestKind, client: Client): string {
    const key = this.ownKeyOf(client);
    const seen = this.seen[kind];
    if (seen.has(key)) return key;
    if (seen.size >= clients) return `crowd ${String(digest(key).readUInt32BE() % crowds)}`;
    seen.add(key);
    return key;
  }

  private ownKeyOf({ token, address }: Client): string {
    if (token === undefined) return `address ${address}`;
    const hash = digest(token).toString('base64');
    const known = this.tokens.get(address) ?? new Set();
    if (!known.has(hash) && (known.size >= tokensOfAddress || this.tokens.size >= clients)) return `address ${address}`;
    this.tokens.set(address, known.add(hash));
    return `token ${hash}`;
  }

  private forgetOldPeriods(): void {
    const now = performance.now();
    if (now < this.periodEndsAt) return;
    this.periodEndsAt = now + this.numbers.periodSeconds * 1000;
    this.seen = emptySets();
    this.tokens = new Map();
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function emptySets(): Record<RequestKind, Set<string>> {
  return { checkouts: new Set(), deletions: new Set(), withToken: new Set(), others: new Set() };
}
