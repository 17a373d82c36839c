/** What a client asked for and heard, in the order in which it was sent. Times: milliseconds of one clock. */
interface Sent {
  readonly client: number;
  /** The pool token that was sent with it. */
  readonly token: string;
  readonly sentAt: number;
  readonly heardAt: number;
}

/** `answered`: the status; undefined: the connection broke, so it may have happened or not. */
export type Operation =
  | (Sent & {
      readonly kind: 'check-out';
      /** By name as asked for: pools and aliases. */
      readonly wanted: ReadonlyMap<string, number>;
      readonly answered: number | undefined;
      /** Of a 200: names by the name asked for. */
      readonly given: ReadonlyMap<string, readonly string[]>;
    })
  | (Sent & { readonly kind: 'return'; readonly vm: string; readonly answered: number | undefined })
  /** What runs under the token, and of which pool it is: asked after a broken connection, when the server is there again. */
  | (Sent & {
      readonly kind: 'look';
      readonly running: ReadonlyMap<string, string>;
      readonly answered: number | undefined;
    })
  | (Sent & { readonly kind: 'other'; readonly what: string; readonly answered: number | undefined });

export interface PoolShape {
  readonly name: string;
  readonly size: number;
  readonly aliases: readonly string[];
}

/** What the server says when everything has been quiet for a while. */
export interface Quiet {
  /** By pool. */
  readonly queues: ReadonlyMap<string, { readonly ready: number; readonly pending: number; readonly running: number }>;
  readonly completed: number;
  /** By token: running machines, each with its pool. */
  readonly running: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Machines that the hypervisors have. */
  readonly guests: number;
}

export interface History {
  readonly seed: number;
  readonly pools: readonly PoolShape[];
  readonly operations: readonly Operation[];
  readonly kills: number;
  readonly quiet: Quiet;
}
