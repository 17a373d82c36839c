import type { DurationFigures, PoolDayDocument } from '#projections/pool-days/pool-days.query';
import type { PoolDocument } from '#projections/pools/pools.query';
import type { QueueCounts } from '#projections/vms/vms.query';
import { fields, float, type Field, type JsonValue } from '../json-text.js';
import type { VmpoolerVersion } from '../routing/mounts.js';
import { average, merged } from './figures.js';
import { sizeOf } from './pool-facts.js';
import type { StatusSection } from './status.request.js';

export interface StatusFacts {
  readonly pools: readonly PoolDocument[];
  readonly counts: ReadonlyMap<string, QueueCounts>;
  /** Boots and clones of today. */
  readonly today: readonly PoolDayDocument[];
}

export interface StatusForm {
  readonly version: VmpoolerVersion;
  readonly sections: readonly StatusSection[];
  /** A moment in the server's local time. */
  readonly local: (at: number) => string;
  /** Seconds. */
  readonly uptime: number;
}

const none: QueueCounts = { pending: 0, cloning: 0, ready: 0, running: 0, completed: 0 };
const fine = 'Battle station fully armed and operational.';

/** contracts/vmpooler §7.1: keys in alphabetical order, `status` always and so at the end, its `uptime` last. */
export function statusView(facts: StatusFacts, form: StatusForm): readonly Field[] {
  const sections: Readonly<Record<StatusSection, () => JsonValue>> = {
    boot: () => task(facts.today.map(({ boot }) => boot)),
    capacity: () => capacity(facts),
    clone: () => task(facts.today.map(({ clone }) => clone)),
    pools: () => pools(facts, form.local),
    queue: () => queue(facts, form.version),
  };
  return [...form.sections.map((section): Field => [section, sections[section]()]), ['status', status(facts, form)]];
}

function task(figures: readonly (DurationFigures | null)[]): JsonValue {
  const all = merged(figures);
  if (all === null) return { duration: { average: 0, min: 0, max: 0, total: 0 }, count: { total: 0 } };
  return {
    duration: { average: float(average(all)), min: float(all.min), max: float(all.max), total: float(all.total) },
    count: { total: all.count },
  };
}

function capacity(facts: StatusFacts): JsonValue {
  const current = sum(facts, ({ ready }) => ready);
  const total = facts.pools.reduce((size, pool) => size + sizeOf(pool), 0);
  return { current, total, percent: total === 0 ? 0 : float((current / total) * 100, 1) };
}

function pools(facts: StatusFacts, local: StatusForm['local']): JsonValue {
  return fields(
    facts.pools.map((pool): Field => {
      const { ready, running, pending } = countsOf(facts, pool);
      const lastBoot = pool.lastBootAt === null ? '' : local(pool.lastBootAt);
      const { aliases } = pool.settings;
      const alias = aliases.length === 0 ? undefined : aliases;
      return [pool._id, { ready, running, pending, max: sizeOf(pool), lastBoot, alias }];
    }),
  );
}

function queue(facts: StatusFacts, version: VmpoolerVersion): JsonValue {
  const requested = version >= 3 ? facts.pools.reduce((waiting, pool) => waiting + pool.waiting, 0) : undefined;
  const pending = sum(facts, (counts) => counts.pending);
  const cloning = sum(facts, (counts) => counts.cloning);
  const ready = sum(facts, (counts) => counts.ready);
  const running = sum(facts, (counts) => counts.running);
  const completed = sum(facts, (counts) => counts.completed);
  return {
    requested,
    pending,
    cloning,
    booting: Math.max(0, pending - cloning),
    ready,
    running,
    completed,
    total: (requested ?? 0) + pending + ready + running + completed,
  };
}

/** Empty pools are told of only where the pools are looked at. */
function status(facts: StatusFacts, { sections, uptime }: StatusForm): JsonValue {
  const empty = sections.includes('pools')
    ? facts.pools.filter((pool) => countsOf(facts, pool).ready === 0 && sizeOf(pool) !== 0).map(({ _id }) => _id)
    : [];
  const shown = float(uptime, 1);
  if (empty.length === 0) return { ok: true, message: fine, uptime: shown };
  return { ok: false, message: `Found ${String(empty.length)} empty pools.`, empty, uptime: shown };
}

function countsOf(facts: StatusFacts, pool: PoolDocument): QueueCounts {
  return facts.counts.get(pool._id) ?? none;
}

function sum(facts: StatusFacts, part: (counts: QueueCounts) => number): number {
  return facts.pools.reduce((total, pool) => total + part(countsOf(facts, pool)), 0);
}
