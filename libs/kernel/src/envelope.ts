import type { DomainEvent } from './decider.js';

/** How the actor proved who they are. */
export type AuthenticationMethod =
  'password' | 'token' | 'application_credential' | 'external' | 'noauth' | 'pool_token' | 'anonymous' | 'system';

/** Who acts. Ids stay readable in the log; `name` is personal and stored only sealed (C20). */
export interface Actor {
  readonly userId: string;
  readonly projectId: string | null;
  readonly method: AuthenticationMethod;
  readonly name: string | null;
}

/** The server itself: discovery, timers, sagas. */
export const systemActor: Actor = { userId: 'system', projectId: null, method: 'system', name: null };

/** Everything around a command that ends up in the metadata of its events (design §5). */
export interface CommandContext {
  /** Event ids derive from it (C2). */
  readonly commandId: string;
  /** True when the id derives from something that can come again (an idempotency key, an event a saga saw): only such ids are remembered. */
  readonly repeatable: boolean;
  /** Milliseconds since 1970, taken once by whoever made the command. */
  readonly time: number;
  readonly actor: Actor;
  /** `nova`, `keystone`, `leasebook`, `runtime` … */
  readonly facade: string;
  readonly requestId: string;
  readonly correlationId: string;
  /** The event or command that led to this one, if any. */
  readonly causationId: string | null;
  /** Personal, stored only sealed (C20). */
  readonly clientAddress: string | null;
}

/** An event's metadata as stored (JSON). Sealed fields are text that only the actor's key opens. */
export interface StoredMetadata {
  /** Version of this very shape. */
  readonly envelope: 1;
  /** RFC 3339 in UTC with milliseconds: the command's time. */
  readonly time: string;
  readonly actor: {
    readonly user: string;
    readonly project: string | null;
    readonly method: AuthenticationMethod;
    readonly name: string | null;
  };
  readonly facade: string;
  readonly request: string;
  readonly command: string;
  readonly repeatable: boolean;
  readonly causation: string | null;
  readonly correlation: string;
  readonly client: string | null;
  /** SHA-256, hex, over the event before it in its stream as stored; null for the first. */
  readonly previous: string | null;
}

/** An event as everybody but the store sees it: current version, parsed, with its place in the log. */
export interface EventEnvelope<Event extends DomainEvent = DomainEvent> {
  readonly id: string;
  readonly stream: string;
  /** Place in its stream, from 0. */
  readonly revision: number;
  /** Place in the log: opaque and ordered, never assumed consecutive. */
  readonly position: number;
  /** Milliseconds since 1970 by the store's clock; never goes backwards in one store (C13). */
  readonly recordedAt: number;
  /** As stored: `inventory/HypervisorRegistered@1`. */
  readonly storedType: string;
  readonly event: Event;
  readonly metadata: StoredMetadata;
}
