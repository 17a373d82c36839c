import { refuse } from '#kernel';
import { CommandExecutor } from '#runtime';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeletePoolToken, PoolTokens, TokenUses, type PoolsOutcome } from '../contracts.js';
import { poolToken, poolTokenStream } from '../pool-token/pool-token.decider.js';
import { isTokenForm } from './stream-pool-tokens.js';

@CommandHandler(DeletePoolToken)
export class DeletePoolTokenHandler implements ICommandHandler<DeletePoolToken> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly tokens: PoolTokens,
    private readonly uses: TokenUses,
  ) {}

  async execute({ context, token }: DeletePoolToken): Promise<PoolsOutcome<undefined>> {
    if (!isTokenForm(token)) return refuse('token-unknown');
    const tokenHash = this.tokens.hash(token);
    const command = { type: 'delete', at: context.time } as const;
    const outcome = await this.executor.execute(poolToken, poolTokenStream(tokenHash), command, context);
    if (outcome.kind === 'refused') return outcome.code === 'busy' ? refuse('busy') : refuse('token-unknown');
    // Volatile: what is not forgotten now shows nowhere.
    await this.uses.forget(tokenHash).catch(() => undefined);
    return { kind: 'accepted', answer: undefined };
  }
}
