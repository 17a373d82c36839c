import { CommandExecutor, Vault } from '#runtime';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { IssuePoolToken, PoolTokens, type PoolsOutcome } from '../contracts.js';
import { poolToken, poolTokenStream } from '../pool-token/pool-token.decider.js';
import { POOLS_WORLD, type PoolsWorld } from '../pools.settings.js';
import { tokenLength, userKey } from './stream-pool-tokens.js';

@CommandHandler(IssuePoolToken)
export class IssuePoolTokenHandler implements ICommandHandler<IssuePoolToken> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly vault: Vault,
    private readonly tokens: PoolTokens,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {}

  async execute({ context, user }: IssuePoolToken): Promise<PoolsOutcome<{ readonly token: string }>> {
    const { userId, projectId, name } = user;
    const token = this.newToken();
    const tokenHash = this.tokens.hash(token);
    const sealed = await this.vault.seal(userKey(userId), JSON.stringify({ token, user: name }));
    const command = { type: 'issue', tokenHash, userId, projectId, sealed, at: context.time } as const;
    const outcome = await this.executor.execute(poolToken, poolTokenStream(tokenHash), command, context);
    if (outcome.kind === 'accepted') return { kind: 'accepted', answer: { token } };
    if (outcome.code === 'busy') return { kind: 'refused', code: 'busy', facts: outcome.facts };
    throw new Error('a new token was issued before: chance is broken');
  }

  /** The first character is none of `z0-9`. */
  private newToken(): string {
    let first = this.world.characters(1);
    for (let draw = 0; !/[a-y]/.test(first) && draw < 1_000; draw += 1) first = this.world.characters(1);
    return first + this.world.characters(tokenLength - 1);
  }
}
