import type { CommandBus, QueryBus } from '@nestjs/cqrs';
import { CheckPassword, ShowUserStanding } from '#identity';
import type { CommandContext } from '#kernel';
import { PoolUsers } from '#pools';
import type { Standing, Verdict } from './verdict.js';

/** The users of this server. An administrator is who has the role admin in any project. */
export class BuiltinPoolUsers extends PoolUsers {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {
    super();
  }

  override async check(user: string, password: string, context: CommandContext): Promise<Verdict> {
    const verdict = await this.commands.execute(new CheckPassword(context, { name: user }, password));
    switch (verdict.kind) {
      case 'right': {
        const { id: userId, name, projectId } = verdict.user;
        return { kind: 'known', user: { userId, name, projectId } };
      }
      case 'wrong':
        return { kind: 'unknown' };
      case 'too-many-attempts':
        return { kind: 'limited', retryAfterSeconds: verdict.retryAfterSeconds };
    }
  }

  override standing(userId: string): Promise<Standing> {
    return this.queries.execute(new ShowUserStanding(userId));
  }
}
