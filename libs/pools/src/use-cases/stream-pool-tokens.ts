import { hash } from 'node:crypto';
import { CommandExecutor, Vault } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { PoolTokens, PoolUsers, TokenUses, type PoolHolder } from '../contracts.js';
import { holderOf, poolToken, poolTokenStream } from '../pool-token/pool-token.decider.js';
import { POOLS_WORLD, type PoolsWorld } from '../pools.settings.js';

export const tokenLength = 32;
const tokenPattern = /^[a-z0-9]{32}$/;

/** For what is sealed in a token's event. */
export const userKey = (userId: string): string => `user:${userId}`;

/** Tokens as their own streams know them. */
@Injectable()
export class StreamPoolTokens extends PoolTokens {
  /** By hash of the token, so that a busy client does not cost a cipher per request. */
  private readonly names = new LRUCache<string, string>({ max: 10_000 });

  constructor(
    private readonly executor: CommandExecutor,
    private readonly vault: Vault,
    private readonly users: PoolUsers,
    private readonly uses: TokenUses,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {
    super();
  }

  override async verify(token: string): Promise<PoolHolder | undefined> {
    if (!isTokenForm(token)) return undefined;
    const tokenHash = this.hash(token);
    const holder = await this.executor.look(poolToken, poolTokenStream(tokenHash), holderOf);
    if (holder === undefined) return undefined;
    const { userId, projectId, sealed } = holder;
    const standing = await this.users.standing(userId);
    if (standing === undefined) return undefined;
    this.uses.note(tokenHash, this.world.now());
    const name = this.names.get(tokenHash) ?? (await this.openName(tokenHash, userId, sealed));
    return { tokenHash, userId, projectId, name, administrator: standing.administrator };
  }

  override async open({
    userId,
    sealed,
  }: {
    readonly userId: string;
    readonly sealed: string;
  }): Promise<{ readonly token: string; readonly user: string } | undefined> {
    const clear = await this.vault.open(userKey(userId), sealed);
    return clear === undefined ? undefined : (JSON.parse(clear) as { readonly token: string; readonly user: string });
  }

  private async openName(tokenHash: string, userId: string, sealed: string): Promise<string | null> {
    const user = (await this.open({ userId, sealed }))?.user;
    if (user !== undefined) this.names.set(tokenHash, user);
    return user ?? null;
  }

  override hash(token: string): string {
    return hash('sha256', token);
  }
}

/** What is not written as a token is none, and nobody need look. */
export function isTokenForm(text: string): boolean {
  return tokenPattern.test(text);
}
