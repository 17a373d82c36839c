import {
  FRESHNESS,
  READ_STORE,
  type Answered,
  type Condition,
  type Freshness,
  type ReadStore,
  type Stored,
} from '#read-store';
import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  auditCollection,
  bareType,
  positionKey,
  timelineCollection,
  type AuditDocument,
} from './audit-trail.document.js';
import { FindEvents, GetHistory, type EventPage, type EventSearch, type HistoryPage } from './audit-trail.query.js';

/** Most events that one request looks at. */
const scanBound = 10_000;
const scanPage = 1000;

@QueryHandler(FindEvents)
export class FindEventsHandler implements IQueryHandler<FindEvents> {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute({ search }: FindEvents): Promise<Answered<EventPage>> {
    const { stale } = await this.freshness.upToDate(['auditTrail']);
    const candidates = search.resource === undefined ? this.byIndex(search) : this.byResource(search, search.resource);
    const events: AuditDocument[] = [];
    let looked = 0;
    let last: number | undefined;
    for await (const page of candidates) {
      for (const event of page) {
        if (beyond(event, search)) return { stale, value: { events, next: undefined } };
        looked += 1;
        last = event.at;
        if (matches(event, search)) events.push(event);
        if (events.length === search.limit) return { stale, value: { events, next: last } };
      }
      if (looked >= scanBound) return { stale, value: { events, next: last } };
    }
    return { stale, value: { events, next: undefined } };
  }

  /** Pages of candidates in the order asked for, along the most selective index. */
  private async *byIndex(search: EventSearch): AsyncGenerator<readonly Stored<AuditDocument>[]> {
    const collection = this.store.collection(auditCollection);
    const field = indexedField(search);
    const bound = await this.timeBound(search);
    let after = search.after === undefined ? bound : later(search.order, positionKey(search.after), bound);
    for (;;) {
      const page = await collection.find({
        ...(field === undefined ? {} : { where: { [field.name]: field.value } }),
        sort: [{ field: '_id', direction: search.order === 'oldest' ? 'ascending' : 'descending' }],
        limit: scanPage,
        ...(after === undefined ? {} : { after: { values: [after], _id: after } }),
      });
      yield page;
      after = page.at(-1)?._id;
      if (page.length < scanPage) return;
    }
  }

  /** Recorded time never decreases along positions: where the wanted span begins in this order is one look-up. */
  private async timeBound(search: EventSearch): Promise<string | undefined> {
    const oldest = search.order === 'oldest';
    const edge = oldest ? search.from : search.to;
    if (edge === undefined) return undefined;
    const condition: Condition = oldest ? { gte: edge } : { lt: edge };
    const direction = oldest ? 'ascending' : 'descending';
    const [first] = await this.store.collection(auditCollection).find({
      where: { recordedAt: condition },
      sort: [{ field: 'recordedAt', direction }],
      limit: 1,
    });
    if (first === undefined) return oldest ? '~' : '';
    return positionKey(first.at + (oldest ? -1 : 1));
  }

  private async *byResource(search: EventSearch, resource: string): AsyncGenerator<readonly Stored<AuditDocument>[]> {
    const timeline = this.store.collection(timelineCollection);
    const audit = this.store.collection(auditCollection);
    const bound = await this.timeBound(search);
    // Several entries stand at one position (`<position>.<index>`): `~` comes after all of them.
    const edge = search.order === 'oldest' ? '~' : '';
    let after = search.after === undefined ? bound : later(search.order, `${positionKey(search.after)}${edge}`, bound);
    let lastKey: string | undefined;
    for (;;) {
      const mentions = await timeline.find({
        where: { resource },
        sort: [{ field: '_id', direction: search.order === 'oldest' ? 'ascending' : 'descending' }],
        limit: scanPage,
        ...(after === undefined ? {} : { after: { values: [after], _id: after } }),
      });
      const keys = [...new Set(mentions.map((mention) => positionKey(mention.at)))].filter((key) => key !== lastKey);
      const found = await audit.getMany(keys);
      yield keys.flatMap((key) => found.get(key) ?? []);
      lastKey = keys.at(-1) ?? lastKey;
      after = mentions.at(-1)?._id;
      if (mentions.length < scanPage) return;
    }
  }
}

function indexedField(search: EventSearch): { readonly name: string; readonly value: string } | undefined {
  if (search.correlation !== undefined) return { name: 'correlation', value: search.correlation };
  if (search.stream !== undefined) return { name: 'stream', value: search.stream };
  if (search.actor !== undefined) return { name: 'actor', value: search.actor };
  if (search.type !== undefined) return { name: 'name', value: bareType(search.type) };
  if (search.project !== undefined) return { name: 'project', value: search.project };
  return undefined;
}

function later(order: EventSearch['order'], a: string, b: string | undefined): string {
  if (b === undefined) return a;
  return (order === 'oldest') === a > b ? a : b;
}

/** Past the end of the wanted span, in the order asked for: nothing further can match. */
function beyond(event: AuditDocument, search: EventSearch): boolean {
  if (search.order === 'oldest') return search.to !== undefined && event.recordedAt >= search.to;
  return search.from !== undefined && event.recordedAt < search.from;
}

function matches(event: AuditDocument, search: EventSearch): boolean {
  return (
    is(search.stream, event.stream) &&
    is(search.actor, event.actor) &&
    is(search.project, event.project) &&
    is(search.facade, event.facade) &&
    is(search.correlation, event.correlation) &&
    (search.resource === undefined || event.resources.includes(search.resource)) &&
    (search.from === undefined || event.recordedAt >= search.from) &&
    (search.to === undefined || event.recordedAt < search.to) &&
    isType(search.type, event.type)
  );
}

function is(wanted: string | undefined, actual: string | null): boolean {
  return wanted === undefined || wanted === actual;
}

/** `inventory/AggregateCreated@1`, each of context and version left out or not. */
function isType(wanted: string | undefined, stored: string): boolean {
  if (wanted === undefined || wanted === stored) return true;
  const version = /@\d+$/.exec(wanted)?.[0];
  if (version !== undefined && !stored.endsWith(version)) return false;
  const name = wanted.slice(0, wanted.length - (version?.length ?? 0));
  const unversioned = stored.split('@', 1)[0] ?? stored;
  return name === unversioned || name === bareType(stored);
}

@QueryHandler(GetHistory)
export class GetHistoryHandler implements IQueryHandler<GetHistory> {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute({ resource, page }: GetHistory): Promise<Answered<HistoryPage>> {
    const { stale } = await this.freshness.upToDate(['auditTrail']);
    const found = await this.store.collection(timelineCollection).find({
      where: { resource: `${resource.kind}/${resource.id}` },
      limit: page.limit,
      ...(page.after === undefined ? {} : { after: { values: [], _id: page.after } }),
    });
    const events = await this.store.collection(auditCollection).getMany(found.map((entry) => positionKey(entry.at)));
    const entries = found.flatMap((entry) => {
      const event = events.get(positionKey(entry.at));
      if (event === undefined || (page.project !== undefined && event.project !== page.project)) return [];
      return [{ entry, event }];
    });
    return { stale, value: { entries, next: found.length < page.limit ? undefined : found.at(-1)?._id } };
  }
}

/** Nest providers that answer the queries of this read model. */
export const auditTrailProviders = [FindEventsHandler, GetHistoryHandler];
