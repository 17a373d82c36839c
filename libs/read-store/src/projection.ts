import type { EventCatalog, EventEnvelope } from '#kernel';
import type { Document, DocumentRef, ProjectionShape, Stored } from './port.js';

/** A change that a fold wants; the runtime adds the position of the event. */
export type Change =
  { readonly put: { readonly collection: string; readonly document: Document } } | { readonly delete: DocumentRef };

/** The documents that `wants` named, as they are after all earlier events. */
export interface Documents {
  get<D extends Document>(collection: string, id: string): Stored<D> | D | undefined;
}

/**
 * A read model: a pure fold from events to whole documents. Applying an event twice gives the same documents (C17):
 * a fold never adds to a number it finds, it derives.
 */
export interface Projection extends ProjectionShape {
  /** The catalogs whose events it can meet; others are skipped without parsing. */
  readonly catalogs: readonly EventCatalog[];
  /** `context/Type` names it folds; `'*'`: every event, also of catalogs not named (as stored, not upcast). */
  readonly events: readonly string[] | '*';
  /** The documents that the fold of this event reads. */
  readonly wants: (envelope: EventEnvelope) => readonly DocumentRef[];
  readonly fold: (envelope: EventEnvelope, documents: Documents) => readonly Change[];
}

export interface Answered<T> {
  readonly value: T;
  /** True when the read model had not reached the log's end after 2 s: answer, and say `Warning: 110` (C10). */
  readonly stale: boolean;
}

/** C10: a GET learns the log's end and waits for its read models to reach it, at most 2 s. */
export interface Freshness {
  /** Fulfilled with `stale`: false at once when the named read models have reached the end of the log. */
  upToDate(projections: readonly string[]): Promise<{ readonly stale: boolean }>;
}

/** Nest injection tokens of the two things a query handler needs. */
export const READ_STORE = Symbol('ReadStore');
export const FRESHNESS = Symbol('Freshness');
