import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Vault } from '#runtime';
import { ActorNames } from '../actor-names.js';

@QueryHandler(ActorNames)
export class ActorNamesHandler implements IQueryHandler<ActorNames> {
  constructor(private readonly vault: Vault) {}

  async execute({ sealed }: ActorNames): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    for (const { userId, sealed: text } of sealed) {
      if (names.has(text)) continue;
      const name = await this.vault.open(`actor:${userId}`, text);
      if (name !== undefined) names.set(text, name);
    }
    return names;
  }
}
