/** Milliseconds since 1970. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** What a client asked for and heard. Times of sending and hearing: milliseconds of one clock. */
interface Sent {
  readonly client: number;
  readonly sentAt: number;
  readonly heardAt: number;
  /** The status; undefined: the connection broke, so it may have happened or not. */
  readonly answered: number | undefined;
}

export type Operation =
  | (Sent & {
      readonly kind: 'create';
      /** Unique. */
      readonly name: string;
      readonly window: Window;
      readonly min: number;
      readonly max: number;
      /** Of an acknowledged one. */
      readonly leaseId: string | undefined;
    })
  | (Sent & { readonly kind: 'change'; readonly leaseId: string; readonly window: Window; readonly max: number })
  | (Sent & { readonly kind: 'delete'; readonly leaseId: string })
  /** What a reader saw of all hosts at one moment. */
  | (Sent & { readonly kind: 'look'; readonly bookings: readonly Booking[] })
  | (Sent & { readonly kind: 'other'; readonly what: string });

/** A host that a reservation has for a time. */
export interface Booking {
  readonly host: string;
  readonly leaseId: string;
  readonly window: Window;
}

/** A lease as it is shown. */
export interface ShownLease {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly window: Window;
}

/** What the server says when everything has been quiet for a while, and again when every lease was deleted. */
export interface Quiet {
  /** After both were asked: milliseconds since 1970. */
  readonly lookedAt: number;
  readonly leases: readonly ShownLease[];
  readonly bookings: readonly Booking[];
  readonly afterDeletion: {
    readonly bookings: readonly Booking[];
    readonly leases: readonly ShownLease[];
    /** Aggregates with their hosts. */
    readonly aggregates: ReadonlyMap<string, readonly string[]>;
  };
}

/** An event as the log has it. */
export interface LoggedEvent {
  readonly stream: string;
  /** Without context and version. */
  readonly type: string;
  readonly data: unknown;
  /** Milliseconds since 1970. */
  readonly recordedAt: number;
}

export interface History {
  readonly seed: number;
  /** Names of the enrolled hosts. */
  readonly hosts: readonly string[];
  readonly freePool: string;
  readonly operations: readonly Operation[];
  readonly kills: number;
  readonly quiet: Quiet;
  readonly log: readonly LoggedEvent[];
}
