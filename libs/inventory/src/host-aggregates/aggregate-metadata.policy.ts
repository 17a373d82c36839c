import type { HostAggregatesEvent } from './host-aggregates.events.js';
import type { HostAggregate } from './host-aggregates.state.js';

/** What really differs; nothing when all is so already. A key given twice counts as given last. */
export function metadataChange(
  aggregate: Pick<HostAggregate, 'id' | 'metadata'>,
  wanted: readonly (readonly [string, string | null])[],
  at: number,
): readonly HostAggregatesEvent[] {
  const last = [...new Map(wanted)];
  const set = last.flatMap(([key, value]) =>
    value === null || aggregate.metadata.get(key) === value ? [] : [{ key, value }],
  );
  const removed = last.flatMap(([key, value]) => (value === null && aggregate.metadata.has(key) ? [key] : []));
  if (set.length === 0 && removed.length === 0) return [];
  return [{ type: 'AggregateMetadataSet', data: { id: aggregate.id, set, removed, at } }];
}
