import type { ReservationsRefusal } from '#reservations';
import { LeasebookProblem } from './problem.js';

type Row = readonly [status: number, detail: string];

/** Nothing that is thought of is refused so. */
const elsewhere: Row = [409, 'There cannot be such a lease.'];

/** Refusal → status and words, exhaustive: a new code does not compile until it stands here. */
const table = {
  'start-in-past': [400, 'startsAt must not be past.'],
  'end-not-after-start': [400, 'endsAt must be after startsAt.'],
  'parameters-missing': [400, 'A reservation lacks members.'],
  'parameter-malformed': [400, 'A member of a reservation is malformed.'],
  'range-below-one': [400, 'min and max must be at least 1.'],
  'range-inverted': [400, 'max must not be less than min.'],
  'amount-below-one': [400, 'amount must be at least 1.'],
  'requirements-malformed': [400, 'A filter is malformed.'],
  'property-unknown': [400, 'A filter names a property that no host has.'],
  'resource-type-unsupported': [400, 'There is no such resource_type.'],
  'affinity-malformed': [400, 'affinity must be true, false or null.'],
  'affinity-unsupported': [400, 'affinity must be null for instances of a flavor.'],
  'flavor-unknown': [400, 'There is no such flavor.'],
  'network-unknown': [400, 'There is no such network.'],
  'address-malformed': [400, 'An address is malformed.'],
  'required-addresses-too-many': [400, 'There are more required addresses than amount.'],
  'duration-too-long': [409, 'Leases may not be so long.'],
  'filter-service-refused': [409, 'The service that decides about leases refuses it.'],
  'filter-service-unavailable': [503, 'The service that decides about leases does not answer.'],
  'not-enough-hosts': [409, 'There are not enough hosts.'],
  'not-enough-floating-ips': [409, 'There are not enough addresses.'],
  'before-end-out-of-lease': elsewhere,
  'lease-unknown': elsewhere,
  'not-the-project': elsewhere,
  'lease-status-invalid': elsewhere,
  'end-invalid': elsewhere,
  'lease-already-started': elsewhere,
  'lease-over': elsewhere,
  'reservation-id-missing': elsewhere,
  'reservation-ids-unknown': elsewhere,
  'resource-type-fixed': elsewhere,
  'flavor-instance-fixed': elsewhere,
  'only-amount-changes': elsewhere,
  'network-fixed': elsewhere,
  'required-addresses-fixed': elsewhere,
  'host-unknown': elsewhere,
  'host-unnamed': elsewhere,
  'hypervisor-unknown': elsewhere,
  'hypervisors-ambiguous': elsewhere,
  'host-already-enrolled': elsewhere,
  'host-has-servers': elsewhere,
  'host-reserved': elsewhere,
  'capability-key-too-long': elsewhere,
  'capability-not-storable': elsewhere,
  'capability-in-use': elsewhere,
  'nothing-to-update': elsewhere,
  'resource-property-unknown': elsewhere,
  'floating-ip-unknown': elsewhere,
  'floating-ip-exists': elsewhere,
  'floating-ip-reserved': elsewhere,
  'address-in-pool': elsewhere,
  'address-is-gateway': elsewhere,
  'subnet-unknown': elsewhere,
} as const satisfies Record<ReservationsRefusal, Row>;

/** With what the refusal says besides: names, ids. */
export function planProblem(code: ReservationsRefusal, facts: Readonly<Record<string, unknown>>): LeasebookProblem {
  const [status, detail] = table[code];
  const told = Object.entries(facts).map(([name, value]) => `${name}: ${textOf(value)}`);
  return new LeasebookProblem(status, code, detail, told.length === 0 ? undefined : told);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
