/** A JSON value: all that events, facts and snapshots may hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

/** What a refusal says besides its code: values a facade needs to phrase it. Never a secret. */
export type Facts = Readonly<Record<string, Json | undefined>>;

export interface Accepted<Event> {
  readonly kind: 'accepted';
  /** In order; may be empty when the command asks for what is already so. */
  readonly events: readonly Event[];
}

/** A refusal is a value, never an exception: nothing was changed, and `code` says why. */
export interface Refused<Code extends string = string> {
  readonly kind: 'refused';
  readonly code: Code;
  readonly facts: Facts;
}

export type Decision<Event, Code extends string = string> = Accepted<Event> | Refused<Code>;

export function accept<Event>(...events: readonly Event[]): Accepted<Event> {
  return { kind: 'accepted', events };
}

export function refuse<Code extends string>(code: Code, facts: Facts = {}): Refused<Code> {
  return { kind: 'refused', code, facts };
}
