import { hostAggregatesCatalog, type HostAggregatesEvent } from '../host-aggregates/host-aggregates.events.js';

/** Hosts in one reaction: done again as a whole after a stop in between, which the provider recognises. */
export const hostsPerReaction = 64;

type Seen = { readonly event: { readonly type: string; readonly data: unknown } };

/** A wish for images on hosts → each host tried → the wish is finished. */
export const imageCachingSaga = {
  name: 'imageCaching',
  version: 1,
  catalogs: [hostAggregatesCatalog],
  events: ['inventory/ImageCachingRequested', 'inventory/ImageCachingFinished'],

  correlate: (envelope: Seen) => {
    const event = envelope.event as HostAggregatesEvent;
    if (event.type === 'ImageCachingRequested') return { key: event.data.requestId, as: 'start' as const };
    if (event.type === 'ImageCachingFinished') return { key: event.data.requestId, as: 'stop' as const };
    return undefined;
  },

  initialState: () => null,
  evolve: () => null,

  react: (_state: unknown, envelope: Seen) => {
    const event = envelope.event as HostAggregatesEvent;
    if (event.type !== 'ImageCachingRequested') return [];
    const { requestId, imageIds, hosts } = event.data;
    const portions: (readonly string[])[] = [];
    for (let from = 0; from < hosts.length; from += hostsPerReaction) {
      portions.push(hosts.slice(from, from + hostsPerReaction));
    }
    return [
      ...portions.map((portion) => ({
        kind: 'do' as const,
        name: 'cache-images',
        input: { requestId, imageIds, hosts: portion },
      })),
      { kind: 'do' as const, name: 'finish-caching', input: { requestId } },
    ];
  },

  /** Hosts that fail are outcomes, not failures: only a store that does not answer gets here. */
  onFailure: (_error: Error, attempt: number) => ({
    kind: 'retry' as const,
    afterMs: Math.min(60_000, 1000 * 2 ** Math.min(attempt - 1, 6)),
  }),
};
