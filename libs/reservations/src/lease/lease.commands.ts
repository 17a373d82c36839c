import type {
  LeaseChangeAbandoned,
  LeaseCreated,
  LeaseEndAnnounced,
  LeaseRefused,
  LeaseStarted,
  LeaseUpdated,
  ReservationHealed,
} from './lease.events.js';

/**
 * `version` of a lease: how many events changed it so far; a change that was prepared on another version is refused as
 * `lease-changed`, and prepared anew. What is so already is accepted without events; to begin what is over is refused.
 */
export type LeaseCommand =
  /** The commit; refused as `attempt-abandoned` when the attempt was refused before. */
  | ({ readonly type: 'create' } & LeaseCreated['data'])
  | ({ readonly type: 'refuse' } & LeaseRefused['data'])
  | ({ readonly type: 'update'; readonly version: number } & LeaseUpdated['data'])
  | ({ readonly type: 'abandon-change' } & LeaseChangeAbandoned['data'])
  /** A lease whose reservations want nothing done (none, or addresses only) is started, and ended, in one step. */
  | { readonly type: 'begin-start'; readonly at: number }
  | ({ readonly type: 'complete-start' } & Pick<LeaseStarted['data'], 'aggregates' | 'at'>)
  | {
      readonly type: 'fail-start';
      readonly reservationIds: readonly string[];
      readonly reason: string;
      readonly at: number;
    }
  | { readonly type: 'begin-announcement'; readonly at: number }
  | ({ readonly type: 'complete-announcement' } & Pick<LeaseEndAnnounced['data'], 'images' | 'at'>)
  | { readonly type: 'fail-announcement'; readonly reason: string; readonly at: number }
  | { readonly type: 'begin-end'; readonly at: number }
  | { readonly type: 'complete-end'; readonly at: number }
  | {
      readonly type: 'fail-end';
      readonly reservationIds: readonly string[];
      readonly reason: string;
      readonly at: number;
    }
  /** Deleted at once where nothing is to be undone. Refused while an event is in progress. */
  | { readonly type: 'begin-deletion'; readonly at: number }
  | { readonly type: 'complete-deletion'; readonly at: number }
  | {
      readonly type: 'fail-deletion';
      readonly reservationIds: readonly string[];
      readonly reason: string;
      readonly at: number;
    }
  | ({ readonly type: 'heal'; readonly version: number } & ReservationHealed['data']);

export type LeaseRefusal =
  | 'lease-unknown' // leaseId: never created, or deleted
  | 'lease-status-invalid' // leaseId, status
  | 'lease-exists' // leaseId: created by another attempt, or deleted since
  | 'lease-changed' // leaseId, version
  | 'not-due' // leaseId, dueAt: what is to begin was moved meanwhile
  | 'attempt-abandoned' // attempt
  | 'attempt-committed'; // attempt

/** How an attempt was decided in its lease's stream. */
export type AttemptDecision = 'committed' | 'abandoned';
