import type { CommandContext } from '#kernel';
import { PROVIDERS, ProviderError, type Provider, type ProviderGuest } from '#providers';
import { CommandExecutor, deriveUuid, leasebookNamespace } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { hypervisor, hypervisorStream } from '../../hypervisor/hypervisor.decider.js';
import type { ListedHypervisor } from '../../hypervisor-registry/hypervisor-registry.state.js';
import { INVENTORY_CLOCK, type WaitingClock } from '../../inventory.settings.js';
import { freshContext } from '../derived-context.js';
import { HypervisorLookups } from '../hypervisor-lookups.js';
import { inParallel } from '../in-parallel.js';

const guestsAtOnce = 8;
/** Listings until a host must have been seen without the guests that were destroyed there. */
const mostListings = 6;
const listTimeoutMs = 60_000;
const destroyTimeoutMs = 300_000;

export interface GuestsHost extends ListedHypervisor {
  readonly ask: Provider;
}

/** What the providers find on a host, and what is destroyed there; each intent and each outcome is an event (C6). */
@Injectable()
export class HostGuests {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly lookups: HypervisorLookups,
    @Inject(PROVIDERS) private readonly providers: readonly Provider[],
    @Inject(INVENTORY_CLOCK) private readonly clock: WaitingClock,
  ) {}

  /** Undefined: never listed, or vanished. Throws ProviderError where its provider is not configured any more. */
  async host(uuid: string): Promise<GuestsHost | undefined> {
    const found = await this.lookups.find(uuid);
    if (found === undefined) return undefined;
    const ask = this.providers.find(({ name }) => name === found.provider);
    if (ask === undefined) throw new ProviderError('permanent', `there is no provider ${found.provider}`);
    return { ...found, ask };
  }

  list({ ask, uuid, nativeId }: GuestsHost, context: CommandContext) {
    return ask.listGuests(nativeId, { requestId: requestId('list', context, uuid), timeoutMs: listTimeoutMs });
  }

  /**
   * Destroys what the provider finds and is meant, until complete listings show nothing of it: two in a row where
   * guests were expected that it never showed, else one. Answers what was destroyed. Throws ProviderError.
   */
  async clear(
    host: GuestsHost,
    context: CommandContext,
    isMeant: (guest: ProviderGuest) => boolean,
    isExpected: (destroyed: ReadonlySet<string>) => Promise<boolean>,
  ): Promise<readonly string[]> {
    const destroyed = new Set<string>();
    let empty = 0;
    for (let listings = 0; listings < mostListings; listings += 1) {
      const { complete, guests } = await this.list(host, context);
      const uuids = guests.filter(isMeant).map(({ uuid }) => uuid);
      if (uuids.length > 0) await this.destroy(host, uuids, context, destroyed);
      empty = complete && uuids.length === 0 ? empty + 1 : 0;
      if (empty > 1 || (empty === 1 && !(await isExpected(destroyed)))) return [...destroyed];
    }
    throw new ProviderError('retry', `${host.hypervisorHostname}: no complete listing without servers`);
  }

  /** What was destroyed before another failed is told all the same. */
  private async destroy(
    { ask, uuid, nativeId }: GuestsHost,
    guestUuids: readonly string[],
    context: CommandContext,
    destroyed: Set<string>,
  ): Promise<void> {
    const stream = hypervisorStream(uuid);
    const intent = requestId('destroy', context, uuid);
    await this.executor.execute(
      hypervisor,
      stream,
      { type: 'note-intent', intent: 'destroy', requestId: intent, guestUuids, at: this.clock.now() },
      freshContext(context),
    );
    const gone: string[] = [];
    const failures: unknown[] = [];
    await inParallel(guestUuids, guestsAtOnce, async (guestUuid) => {
      const call = { requestId: requestId('destroy', context, uuid, guestUuid), timeoutMs: destroyTimeoutMs };
      await ask.destroyGuest(nativeId, guestUuid, call).then(
        () => gone.push(guestUuid),
        (error: unknown) => failures.push(error),
      );
    });
    for (const guestUuid of gone) destroyed.add(guestUuid);
    await this.executor.execute(
      hypervisor,
      stream,
      { type: 'note-destroyed', guestUuids: gone, at: this.clock.now() },
      freshContext(context),
    );
    if (failures.length > 0) throw failures[0];
  }
}

/** Derived, so that the provider recognises what is asked for again. */
export function requestId(what: string, context: CommandContext, ...about: readonly string[]): string {
  return deriveUuid(leasebookNamespace, [`${what}-guest`, context.commandId, ...about].join('\n'));
}
