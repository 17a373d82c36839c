import { LRUCache } from 'lru-cache';
import type { CommandContext, StoredMetadata } from '#kernel';
import type { Vault } from './vault.port.js';

/** The personal fields of a context, sealed (C20). */
export interface SealedPersonalFields {
  readonly name: string | null;
  readonly client: string | null;
}

/** Sealed texts are the same for the same actor and value for a while, so that a busy client does not cost a cipher per command. */
const sealedTexts = { maxSize: 10_000, sizeCalculation: () => 1, ttl: 10 * 60_000 };

export class Envelopes {
  private readonly sealed = new LRUCache<string, string>(sealedTexts);

  constructor(private readonly vault: Vault) {}

  /** At once when both texts were sealed lately; else a promise. */
  seal(context: CommandContext): SealedPersonalFields | Promise<SealedPersonalFields> {
    const { actor, clientAddress } = context;
    const name = this.sealText(actor.userId, actor.name);
    const client = this.sealText(actor.userId, clientAddress);
    if (!(name instanceof Promise) && !(client instanceof Promise)) return { name, client };
    return Promise.all([name, client]).then(([sealedName, sealedClient]) => ({
      name: sealedName,
      client: sealedClient,
    }));
  }

  /** To be called after a key was destroyed: nothing sealed with it is handed out again. */
  forget(): void {
    this.sealed.clear();
  }

  private sealText(userId: string, clear: string | null): string | null | Promise<string> {
    if (clear === null) return null;
    const cacheKey = `${userId}\n${clear}`;
    const known = this.sealed.get(cacheKey);
    if (known !== undefined) return known;
    return this.vault.seal(`actor:${userId}`, clear).then((text) => {
      this.sealed.set(cacheKey, text);
      return text;
    });
  }
}

/** The metadata of one event as JSON text. `previous`: hash of the event before it in its stream. */
export function metadataText(context: CommandContext, sealed: SealedPersonalFields, previous: string | null): string {
  const metadata: StoredMetadata = {
    envelope: 1,
    time: new Date(context.time).toISOString(),
    actor: {
      user: context.actor.userId,
      project: context.actor.projectId,
      method: context.actor.method,
      name: sealed.name,
    },
    facade: context.facade,
    request: context.requestId,
    command: context.commandId,
    repeatable: context.repeatable,
    causation: context.causationId,
    correlation: context.correlationId,
    client: sealed.client,
    previous,
  };
  return JSON.stringify(metadata);
}
