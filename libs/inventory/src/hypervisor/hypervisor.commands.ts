import type { InventoryRefusal, ServiceChange } from '../contracts.js';
import type { ServiceRef } from '../hypervisor-registry/hypervisor-registry.events.js';
import type { Guest, GuestOwner, Resources } from './hypervisor.events.js';

export type HypervisorCommand =
  /** Once; again it changes nothing. `condition` is the one of the service: of those that share it, or the initial one. */
  | {
      readonly type: 'register';
      readonly uuid: string;
      readonly number: number;
      readonly provider: string;
      readonly nativeId: string;
      readonly hypervisorHostname: string;
      readonly service: ServiceRef;
      readonly condition: ServiceCondition;
      readonly alive: boolean;
      readonly resources: Resources;
      readonly guests: readonly Guest[];
      readonly at: number;
    }
  /** What a listing said. It is there, so it has returned if it had vanished. */
  | {
      readonly type: 'observe';
      readonly hypervisorHostname: string;
      readonly service: ServiceRef;
      readonly resources: Resources;
      readonly guests: readonly Guest[];
      /** Known before, and missing from two complete listings in a row (C6). */
      readonly goneGuests: readonly string[];
      readonly at: number;
    }
  | {
      readonly type: 'note-heartbeat';
      readonly alive: boolean;
      readonly heartbeatAt: number | null;
      readonly at: number;
    }
  | { readonly type: 'vanish'; readonly at: number }
  /** Claims room for a guest that its owner is about to make (C4). One that is there already is placed. */
  | { readonly type: 'place-guest'; readonly guest: Guest; readonly owner: GuestOwner; readonly at: number }
  /** One that is not there is removed already, whatever the hypervisor. */
  | { readonly type: 'remove-guest'; readonly guestUuid: string; readonly at: number }
  | { readonly type: 'change-service'; readonly id: string; readonly change: ServiceChange; readonly at: number }
  /** `failure` null: it is there now. */
  | {
      readonly type: 'note-image';
      readonly imageId: string;
      readonly requestId: string;
      readonly failure: string | null;
      readonly at: number;
    }
  | ReservationUse;

/** What reservations ask of a host (C4, C5). */
export type ReservationUse =
  /** `running`: what the provider lists there now, beyond what is known here; null: it did not say. */
  | {
      readonly type: 'claim';
      readonly uuid: string;
      readonly partition: string;
      readonly running: readonly string[] | null;
      readonly at: number;
    }
  | { readonly type: 'release'; readonly uuid: string; readonly at: number }
  | {
      readonly type: 'take';
      readonly uuid: string;
      readonly leaseId: string;
      readonly reservationId: string;
      readonly at: number;
    }
  /** `gone`: guests that the provider has no more. */
  | { readonly type: 'vacate'; readonly reservationId: string; readonly gone: readonly string[]; readonly at: number }
  /** Before the provider is asked for it (C6). */
  | {
      readonly type: 'note-intent';
      readonly intent: 'destroy' | 'image';
      readonly requestId: string;
      readonly guestUuids: readonly string[];
      readonly at: number;
    }
  | { readonly type: 'note-destroyed'; readonly guestUuids: readonly string[]; readonly at: number }
  | {
      readonly type: 'note-guest-image';
      readonly guestUuid: string;
      readonly imageId: string;
      readonly name: string;
      readonly at: number;
    };

export interface ServiceCondition {
  readonly enabled: boolean;
  readonly disabledReason: string | null;
  readonly forcedDown: boolean;
}

export type HypervisorRefusal = Extract<
  InventoryRefusal,
  'hypervisor-unknown' | 'service-already-so' | 'no-capacity' | 'host-has-guests' | 'host-not-reservable' | 'host-taken'
>;
