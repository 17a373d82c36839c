import type { Interval } from '#kernel';
import type { AddressWish } from '../../floating-ips/floating-ips.commands.js';
import type { HostWish } from '../../host-calendar/host-calendar.commands.js';
import type { Need } from '../../host-calendar/host-calendar.events.js';
import { parseRequirements } from '../../host-calendar/requirements.policy.js';
import type { ReservationTerms } from '../../lease/lease.events.js';

type AddressTerms = Extract<ReservationTerms, { resourceType: 'virtual:floatingip' }>;
type HostTerms = Exclude<ReservationTerms, AddressTerms>;

/** How a reservation stands towards what it has. */
export interface Standing {
  readonly firm: boolean;
  readonly grown: boolean;
}

/** It has nothing yet. */
export const fresh: Standing = { firm: false, grown: true };

export function wantsAddresses(terms: ReservationTerms): terms is AddressTerms {
  return terms.resourceType === 'virtual:floatingip';
}

/** Terms are known to be in order. */
export function hostWish(reservationId: string, terms: HostTerms, window: Interval, standing: Standing): HostWish {
  return { reservationId, window, ...asked(terms), ...standing };
}

export function addressWish(
  reservationId: string,
  { networkId, amount, requiredFloatingIps: required }: AddressTerms,
  window: Interval,
  { firm }: Standing,
): AddressWish {
  return { reservationId, window, networkId, amount, required, firm };
}

function asked(terms: HostTerms): Pick<HostWish, 'filter' | 'ask'> {
  switch (terms.resourceType) {
    case 'physical:host': {
      const { hypervisorProperties, resourceProperties, min, max } = terms;
      return {
        filter: [...conditions(hypervisorProperties), ...conditions(resourceProperties)],
        ask: { kind: 'hosts', min, max },
      };
    }
    case 'virtual:instance': {
      const { amount, affinity, resourceProperties } = terms;
      const ask = { kind: 'slots', amount, needs: instanceNeeds(terms), traits: [], affinity } as const;
      return { filter: conditions(resourceProperties), ask };
    }
    case 'flavor:instance': {
      const { amount, needs, traits } = terms;
      return { filter: [], ask: { kind: 'slots', amount, needs, traits, affinity: null } };
    }
  }
}

function conditions(text: string): HostWish['filter'] {
  return parseRequirements(text) ?? [];
}

function instanceNeeds({ vcpus, memoryMb, diskGb }: Extract<HostTerms, { resourceType: 'virtual:instance' }>): Need[] {
  return [
    { resource: 'VCPU', amount: vcpus },
    { resource: 'MEMORY_MB', amount: memoryMb },
    { resource: 'DISK_GB', amount: diskGb },
  ].filter(({ amount }) => amount > 0);
}
