import { refuse, type Refused } from '#kernel';
import type { ReservationTerms } from './lease.events.js';
import type { ReservationFacts } from './lease.facts.state.js';
import { termsOf, type TermsRefusal } from './reservation-terms.policy.js';

export type ChangedTermsRefusal =
  | TermsRefusal
  | 'resource-type-fixed'
  | 'flavor-instance-fixed'
  | 'only-amount-changes'
  | 'network-fixed'
  | 'required-addresses-fixed'
  | 'not-enough-hosts'
  | 'not-enough-floating-ips';

type Changeable = Exclude<ReservationTerms, { resourceType: 'flavor:instance' }>;
type Changed = { readonly kind: 'terms'; readonly terms: Changeable } | Refused<ChangedTermsRefusal>;

/** Terms as a request of them would be written. */
function written(terms: Changeable): Readonly<Record<string, unknown>> {
  switch (terms.resourceType) {
    case 'physical:host':
      return {
        resource_type: terms.resourceType,
        min: terms.min,
        max: terms.max,
        hypervisor_properties: terms.hypervisorProperties,
        resource_properties: terms.resourceProperties,
        before_end: terms.beforeEnd,
      };
    case 'virtual:instance':
      return {
        resource_type: terms.resourceType,
        amount: terms.amount,
        vcpus: terms.vcpus,
        memory_mb: terms.memoryMb,
        disk_gb: terms.diskGb,
        affinity: terms.affinity,
        resource_properties: terms.resourceProperties,
      };
    case 'virtual:floatingip':
      return {
        resource_type: terms.resourceType,
        network_id: terms.networkId,
        amount: terms.amount,
        required_floatingips: terms.requiredFloatingIps,
      };
  }
}

/**
 * The terms of a reservation after a change (contracts/blazar §9): what is asked for over what it has, checked as if it
 * were new. `firm`: it is in use.
 */
export function changedTerms(
  reservation: ReservationFacts,
  asked: Readonly<Record<string, unknown>>,
  firm: boolean,
): Changed {
  const { id: reservationId, terms } = reservation;
  if (terms.resourceType === 'flavor:instance') return refuse('flavor-instance-fixed');
  const former = written(terms);
  const wanted = Object.keys(former).map((key) => [key, Object.hasOwn(asked, key) ? asked[key] : former[key]] as const);
  const result = termsOf(Object.fromEntries(wanted));
  if (result.kind === 'refused') return result;
  if (result.terms.resourceType !== terms.resourceType) return refuse('resource-type-fixed');
  const changed = result.terms as Changeable;
  const now = written(changed);
  const differing = Object.keys(former).filter((key) => JSON.stringify(former[key]) !== JSON.stringify(now[key]));
  if (changed.resourceType === 'virtual:floatingip') {
    if (differing.includes('network_id')) return refuse('network-fixed');
    if (differing.includes('required_floatingips') && changed.requiredFloatingIps.length > 0)
      return refuse('required-addresses-fixed');
  }
  if (!firm) return { kind: 'terms', terms: changed };
  const other = differing.find((key) => key !== 'amount');
  if (changed.resourceType === 'virtual:instance' && other !== undefined)
    return refuse('only-amount-changes', { reservationId, name: other });
  return isTooFew(reservation, changed) ?? { kind: 'terms', terms: changed };
}

/** Nothing that is in use is given back. */
function isTooFew(
  { id: reservationId, hosts, addresses }: ReservationFacts,
  terms: Changeable,
): Refused<'not-enough-hosts' | 'not-enough-floating-ips'> | undefined {
  switch (terms.resourceType) {
    case 'physical:host':
      return terms.max < hosts.length ? refuse('not-enough-hosts', { reservationId }) : undefined;
    case 'virtual:instance': {
      const slots = hosts.reduce((sum, host) => sum + (host.slots ?? 0), 0);
      return terms.amount < slots ? refuse('not-enough-hosts', { reservationId }) : undefined;
    }
    case 'virtual:floatingip':
      return terms.amount < addresses.length ? refuse('not-enough-floating-ips', { reservationId }) : undefined;
  }
}

export function sameTerms(one: ReservationTerms, other: ReservationTerms): boolean {
  return JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
}
