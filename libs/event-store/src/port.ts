/**
 * The log. Deliberately absent: appends without an expected revision, deletes, changes, transactions over streams,
 * consecutive positions.
 */

export interface NewEvent {
  /** A uuid, derived from command id, type and index (C2). */
  readonly id: string;
  /** Stored name: `context/Type@version`. */
  readonly type: string;
  /** JSON text, stored and returned byte for byte: the hash chain covers it. */
  readonly data: string;
  /** JSON text (kernel's StoredMetadata), likewise. */
  readonly metadata: string;
}

export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  /** From 0, without gaps. */
  readonly revision: number;
  /** Opaque and ordered. Only the embedded store has no gaps. */
  readonly position: number;
  /** Milliseconds since 1970, by the store; never decreasing along positions. */
  readonly recordedAt: number;
}

export type ExpectedRevision = number | 'noStream';

export interface Append {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  /** At least one, at most 4,096. All or none of them is stored. */
  readonly events: readonly NewEvent[];
}

export type AppendOutcome =
  | {
      /** `repeated`: these very events (by id) stand at that place already; nothing was written. */
      readonly kind: 'appended' | 'repeated';
      /** Of the last event. */
      readonly revision: number;
      readonly position: number;
      /** Of the first event of this append; those between are in order. */
      readonly firstPosition: number;
      readonly recordedAt: number;
    }
  | { readonly kind: 'conflict'; readonly actual: ExpectedRevision }
  /** It may have landed: resend the identical batch until it is acknowledged or in conflict (C3). */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** It has certainly not landed; the store takes nothing now (closed, disk full, starting). */
  | { readonly kind: 'unavailable'; readonly reason: string };

export interface ReadStreamOptions {
  /** First revision to return; default: 0 forward, the last backward. */
  readonly from?: number;
  readonly direction?: 'forward' | 'backward';
  /** 1 … 4,096; default 4,096. A shorter page is the last one. */
  readonly limit?: number;
}

export interface EventFilter {
  /** Stored names. */
  readonly types?: readonly string[];
  /** Exact stream names. */
  readonly streams?: readonly string[];
  /** Streams whose names begin so: `hypervisor-`. */
  readonly streamPrefix?: string;
  /** User id of the actor. */
  readonly actor?: string;
  readonly recordedFrom?: number;
  /** Exclusive. */
  readonly recordedBefore?: number;
}

export interface ReadAllOptions {
  /** Exclusive; forward: events after it, backward: events before it. Default: from the beginning or the end. */
  readonly after?: number;
  readonly direction?: 'forward' | 'backward';
  /** 1 … 4,096; default 4,096. */
  readonly limit?: number;
  readonly filter?: EventFilter;
}

export interface Head {
  readonly position: number;
  readonly recordedAt: number;
}

export interface SubscriptionOptions {
  /** Exclusive; undefined: from the beginning. */
  readonly after: number | undefined;
  /** Events in order, each once per subscription; the next batch comes after the promise is fulfilled. At most 1,024 a batch. */
  readonly onEvents: (events: readonly RecordedEvent[]) => Promise<void> | void;
  /** Called whenever everything that was there has been delivered (catch-up → live). */
  readonly onCaughtUp?: () => void;
  /** The subscription has ended by itself (outage, or onEvents threw); whoever wants more subscribes again from its checkpoint. */
  readonly onEnd?: (cause: Error) => void;
}

export interface Subscription {
  /** Fulfilled when no further batch will be delivered. */
  stop(): Promise<void>;
}

export type StoreCondition = { readonly ready: true } | { readonly ready: false; readonly reason: string };

export interface EventStore {
  /** True when no other process can write: what this process has seen is all there is. */
  readonly exclusive: boolean;
  /** Names this log's life; a new one after restore or repair (C8). */
  readonly epoch: string;
  /** Each append has its own outcome; never throws for what an outcome can say. Order of appends to one stream is kept. */
  append(batch: readonly Append[]): Promise<readonly AppendOutcome[]>;
  /** Empty when there is no such stream (or nothing from there on). Throws kernel's StoreUnavailable. */
  readStream(stream: string, options?: ReadStreamOptions): Promise<readonly RecordedEvent[]>;
  readAll(options?: ReadAllOptions): Promise<readonly RecordedEvent[]>;
  subscribeToAll(options: SubscriptionOptions): Subscription;
  /** The last event of Leasebook's, undefined for an empty log. */
  head(): Promise<Head | undefined>;
  /** The last event whose recorded time is ≤ that moment (C13). */
  headAt(moment: number): Promise<Head | undefined>;
  condition(): StoreCondition;
  close(): Promise<void>;
}
