import type { DomainEvent } from './decider.js';
import type { Json } from './decision.js';

/** A thing whose history people ask for: `aggregate/12`, `hypervisor/<uuid>`, `user/<id>`. */
export interface ResourceRef {
  readonly kind: string;
  readonly id: string;
}

/** How an event reads in the history of one resource. */
export interface Mention extends ResourceRef {
  /** A short past-tense phrase: `renamed`, `host added`, `taken out of service`. */
  readonly what: string;
  /** The fields that the event sets on this resource, whole values; null: has none (any more). */
  readonly sets?: Readonly<Record<string, Json>>;
  /** True when the resource ends with this event. */
  readonly ends?: boolean;
}

/**
 * A context's own account of its events, by type: which resources each concerns, and what it says about them. Pure; on
 * the current version of the event. Every type has an entry, so that nothing drops out of the history unnoticed.
 */
export type Timeline<Event extends DomainEvent = DomainEvent> = {
  readonly [Type in Event['type']]: (data: Extract<Event, { type: Type }>['data']) => readonly Mention[];
};
