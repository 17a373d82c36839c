import type { PoolDocument } from '#projections/pools/pools.query';
import type { QueueCounts } from '#projections/vms/vms.query';
import { fields, type Field, type JsonValue } from '../json-text.js';
import { sizeOf } from '../reports/pool-facts.js';

type Counts = ReadonlyMap<string, Pick<QueueCounts, 'ready' | 'running'>>;

/** `history`: how many were ready; there is no series, so it is what is ready now. */
export function poolStatsView(pools: readonly PoolDocument[], counts: Counts, history: boolean): readonly Field[] {
  return pools.map((pool): Field => {
    const ready = counts.get(pool._id)?.ready ?? 0;
    return [pool._id, { size: sizeOf(pool), ready, history: history ? [ready] : undefined }];
  });
}

/** By the first word of a pool's name; a name of one word stands for itself. */
export function runningStatsView(pools: readonly PoolDocument[], counts: Counts): ReadonlyMap<string, JsonValue> {
  const running = new Map<string, number>();
  for (const { _id } of pools) {
    const word = /^(\w+)-/.exec(_id)?.[1] ?? _id;
    running.set(word, (running.get(word) ?? 0) + (counts.get(_id)?.running ?? 0));
  }
  return fields(Array.from(running, ([word, count]): Field => [word, { running: count }]));
}
