import type { AggregateFacts } from '#inventory';
import type { AggregateDocument } from '#projections/aggregates/aggregates.query';
import { since } from './microversions.js';

/** Six digits and no zone: `2026-03-02T08:15:42.318000`. */
export function novaTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000');
}

type Common = Omit<AggregateFacts, 'id' | 'hosts' | 'metadata'>;

function members(id: number, aggregate: Common, minor: number): object {
  return {
    id,
    ...(minor >= since.aggregateUuid ? { uuid: aggregate.uuid } : {}),
    name: aggregate.name,
    availability_zone: aggregate.availabilityZone,
    created_at: novaTime(aggregate.createdAt),
    updated_at: aggregate.updatedAt === null ? null : novaTime(aggregate.updatedAt),
    deleted: false,
    deleted_at: null,
  };
}

/** The answer of create has neither hosts nor metadata (contracts/nova §5). */
export function createdAggregate(aggregate: AggregateFacts, minor: number): string {
  return JSON.stringify({ aggregate: members(aggregate.id, aggregate, minor) });
}

export function changedAggregate(aggregate: AggregateFacts, minor: number): string {
  const { id, hosts, metadata } = aggregate;
  return JSON.stringify({ aggregate: { ...members(id, aggregate, minor), hosts, metadata } });
}

/** Documents never change in place, so the text of one is made once for each of the two forms. */
const withUuid = new WeakMap<AggregateDocument, string>();
const withoutUuid = new WeakMap<AggregateDocument, string>();

function text(aggregate: AggregateDocument, minor: number): string {
  const texts = minor >= since.aggregateUuid ? withUuid : withoutUuid;
  let made = texts.get(aggregate);
  if (made === undefined) {
    const metadata = Object.fromEntries(aggregate.metadata.map(({ key, value }) => [key, value]));
    made = JSON.stringify({ ...members(aggregate.number, aggregate, minor), hosts: aggregate.hosts, metadata });
    texts.set(aggregate, made);
  }
  return made;
}

export function shownAggregate(aggregate: AggregateDocument, minor: number): string {
  return `{"aggregate":${text(aggregate, minor)}}`;
}

export function listedAggregates(aggregates: readonly AggregateDocument[], minor: number): string {
  return `{"aggregates":[${aggregates.map((aggregate) => text(aggregate, minor)).join(',')}]}`;
}
