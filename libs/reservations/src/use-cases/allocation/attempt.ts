import type { Facts } from '#kernel';
import type { AddressWish } from '../../floating-ips/floating-ips.commands.js';
import type { HostWish } from '../../host-calendar/host-calendar.commands.js';
import type { AllocatedAddress, AllocatedHost } from '../../lease/lease.events.js';

/** What has to be held for a lease, in the order of its reservations. */
export interface Wanted {
  readonly hosts: readonly HostWish[];
  readonly addresses: readonly AddressWish[];
}

/** What an attempt holds in one stream, by reservation. */
export interface Held {
  readonly hosts: ReadonlyMap<string, readonly AllocatedHost[]>;
  readonly addresses: ReadonlyMap<string, readonly AllocatedAddress[]>;
}

/** One try to get everything that a lease, or a change of it, wants. */
export interface Attempt {
  readonly id: string;
  readonly leaseId: string;
  /** Name of the deciding stream. */
  readonly decidedBy: string;
  readonly deadline: number;
  /** Of a creation: its reservations. */
  readonly reservationIds: readonly string[];
  /** By stream: what is certainly held. */
  readonly held: Map<string, Held>;
}

/** What somebody holds, and nobody has decided as yet. */
export interface UndecidedHold {
  readonly attempt: string;
  readonly decidedBy: string;
  readonly deadline: number;
}

/** In one stream. */
export interface StreamHold extends UndecidedHold {
  readonly stream: string;
}

/** Why something is not to be had. */
export interface Shortage {
  readonly code: string;
  readonly facts: Facts;
}

export type HoldFailure =
  | ({ readonly kind: 'short' } & Shortage)
  /** Should there be no time left to wait: the shortage. */
  | ({ readonly kind: 'waiting'; readonly holds: readonly StreamHold[] } & Shortage)
  /** The attempt was decided, or what was picked is gone: with another attempt. */
  | ({ readonly kind: 'stale' } & Shortage);

/** Everything that an attempt holds. */
export function allHeld({ held }: Attempt): Held {
  const hosts = new Map<string, AllocatedHost[]>();
  const addresses = new Map<string, AllocatedAddress[]>();
  for (const its of held.values()) {
    for (const [id, more] of its.hosts) hosts.set(id, [...(hosts.get(id) ?? []), ...more]);
    for (const [id, more] of its.addresses) addresses.set(id, [...(addresses.get(id) ?? []), ...more]);
  }
  return { hosts, addresses };
}
