import type { EventEnvelope, Mention } from '#kernel';

type Account = (data: never) => readonly Mention[];

/** By context: its account of its own events (kernel's `Timeline` of them). */
export type Timelines = Readonly<Record<string, Readonly<Record<string, Account>>>>;

/**
 * What an event says about which resources. An event of a context that gives no account still stands in the history of
 * its stream, under the words of its type.
 */
export function mentionsOf(timelines: Timelines, envelope: EventEnvelope): readonly Mention[] {
  const [context = '', rest = ''] = envelope.storedType.split('/', 2);
  const type = rest.split('@', 1)[0] ?? rest;
  const account = timelines[context]?.[type];
  const mentions = account?.(envelope.event.data as never) ?? [];
  return mentions.length > 0 ? mentions : [{ ...resourceOfStream(envelope.stream), what: words(type) }];
}

function resourceOfStream(stream: string): { readonly kind: string; readonly id: string } {
  const dash = stream.indexOf('-');
  return dash < 0 ? { kind: stream, id: 'all' } : { kind: stream.slice(0, dash), id: stream.slice(dash + 1) };
}

/** `HostAddedToAggregate` → `host added to aggregate`. */
function words(type: string): string {
  return type.replace(/(?<=[a-z0-9])(?=[A-Z])/g, ' ').toLowerCase();
}
