import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { POOLS_SETTINGS, PoolTokens, PoolUsers, type PoolHolder, type PoolsSettings } from '#pools';
import { singleHeader } from '../../auth/index.js';
import { poolContext } from './pool-context.js';
import { asked } from './vmpooler-request.js';
import { VmpoolerError } from './vmpooler-error.js';

/** Basic credentials and tokens (contracts/vmpooler §3). */
@Injectable()
export class VmpoolerAuth {
  constructor(
    private readonly users: PoolUsers,
    private readonly tokens: PoolTokens,
    @Inject(POOLS_SETTINGS) private readonly settings: Pick<PoolsSettings, 'authConfigured' | 'clock'>,
  ) {}

  /** Throws 404 where there are none. */
  requireTokens(): void {
    if (!this.settings.authConfigured) throw new VmpoolerError(404);
  }

  /** True, or throws. Where no authentication is configured nobody is asked, and a token that is sent is not looked at. */
  requireHolder(request: FastifyRequest): boolean | Promise<boolean> {
    if (!this.settings.authConfigured) return true;
    const token = sentToken(request);
    if (token === undefined) throw VmpoolerError.unauthenticated();
    return this.verified(request, token);
  }

  /** Whose token it is, if a good one is sent; a bad one is as none. */
  async noteHolder(request: FastifyRequest): Promise<void> {
    const token = this.settings.authConfigured ? sentToken(request) : undefined;
    const holder = token === undefined ? undefined : await this.tokens.verify(token);
    if (holder !== undefined) noteHolderOf(request, holder);
  }

  async requireUser(request: FastifyRequest): Promise<boolean> {
    this.requireTokens();
    const credentials = basicCredentials(request.headers.authorization);
    if (credentials === undefined) throw VmpoolerError.unauthenticated();
    // A key of the request is about what it asks for, not about who asks.
    const context = {
      ...poolContext(request, null, this.settings.clock.now()),
      commandId: randomUUID(),
      repeatable: false,
    };
    const outcome = await this.users.check(credentials.user, credentials.password, context);
    switch (outcome.kind) {
      case 'known':
        asked(request).user = outcome.user;
        request.actor = outcome.user;
        return true;
      case 'unknown':
        throw VmpoolerError.unauthenticated();
      case 'unavailable':
        throw VmpoolerError.tryAgain();
      case 'limited':
        throw new VmpoolerError(429, [], { 'retry-after': String(outcome.retryAfterSeconds) });
    }
  }

  private async verified(request: FastifyRequest, token: string): Promise<boolean> {
    const holder = await this.tokens.verify(token);
    if (holder === undefined) throw VmpoolerError.unauthenticated();
    noteHolderOf(request, holder);
    return true;
  }
}

function noteHolderOf(request: FastifyRequest, holder: PoolHolder): void {
  asked(request).holder = holder;
  request.actor = holder;
}

/** They have 32 characters. */
const longestToken = 255;

function sentToken(request: FastifyRequest): string | undefined {
  const token = singleHeader(request, 'x-auth-token');
  return token === undefined || token.length > longestToken ? undefined : token;
}

const basic = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function basicCredentials(
  header: string | undefined,
): { readonly user: string; readonly password: string } | undefined {
  const encoded = basic.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  try {
    const text = decoder.decode(Buffer.from(encoded, 'base64'));
    const colon = text.indexOf(':');
    return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
  } catch {
    return undefined;
  }
}
