import type { PoolDocument } from '#projections/pools/pools.query';
import type { QueueCounts } from '#projections/vms/vms.query';
import { fields, type Field } from '../json-text.js';
import { sizeOf } from './pool-facts.js';

type Counts = ReadonlyMap<string, Pick<QueueCounts, 'ready' | 'running'>>;

/** `asked`: names or aliases, with commas between them; whatever is unknown is passed over. */
export function poolstatView(pools: readonly PoolDocument[], counts: Counts, asked: string): readonly Field[] {
  const names = new Set(asked.split(','));
  const found = pools.filter(({ _id, settings }) => names.has(_id) || settings.aliases.some((name) => names.has(name)));
  const members = found.map((pool): Field => {
    const { aliases } = pool.settings;
    const alias = aliases.length === 0 ? undefined : aliases;
    return [pool._id, { max: sizeOf(pool), alias, ready: counts.get(pool._id)?.ready ?? 0 }];
  });
  return [['pools', fields(members)]];
}

export function totalRunningView(pools: readonly PoolDocument[], counts: Counts): readonly Field[] {
  return [['running', pools.reduce((total, { _id }) => total + (counts.get(_id)?.running ?? 0), 0)]];
}
