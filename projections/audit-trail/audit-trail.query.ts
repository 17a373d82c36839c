import type { Answered } from '#read-store';
import { Query } from '@nestjs/cqrs';
import type { AuditDocument, TimelineDocument } from './audit-trail.document.js';

export type { AuditDocument, FieldChange, TimelineDocument } from './audit-trail.document.js';

export interface EventSearch {
  readonly stream?: string;
  /** `kind/id`. */
  readonly resource?: string;
  /** Stored name with or without version, or the bare type: `inventory/AggregateCreated@1`, `AggregateCreated`. */
  readonly type?: string;
  readonly actor?: string;
  readonly project?: string;
  readonly facade?: string;
  readonly correlation?: string;
  /** Milliseconds since 1970 by the store's clock; from: inclusive, to: exclusive. */
  readonly from?: number;
  readonly to?: number;
  readonly order: 'oldest' | 'newest';
  /** A position: those after it in the order asked for. */
  readonly after?: number;
  /** 1 … 1,000. */
  readonly limit: number;
}

export interface EventPage {
  readonly events: readonly AuditDocument[];
  /** Ask again with `after`: there may be more. Undefined: there is none. */
  readonly next: number | undefined;
}

/** One request looks at no more than 10,000 events; a page can therefore be short, even empty, and still have a `next`. */
export class FindEvents extends Query<Answered<EventPage>> {
  constructor(readonly search: EventSearch) {
    super();
  }
}

export interface HistoryEntry {
  readonly event: AuditDocument;
  readonly entry: TimelineDocument;
}

export interface HistoryPage {
  readonly entries: readonly HistoryEntry[];
  readonly next: string | undefined;
}

/** The timeline of one resource, oldest first. `project`: only what that project did. */
export class GetHistory extends Query<Answered<HistoryPage>> {
  constructor(
    readonly resource: { readonly kind: string; readonly id: string },
    readonly page: { readonly after?: string; readonly limit: number; readonly project?: string },
  ) {
    super();
  }
}
