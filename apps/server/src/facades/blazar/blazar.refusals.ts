import type { Facts, Refused, RuntimeRefusal } from '#kernel';
import type { ReservationsRefusal } from '#reservations';
import { pythonRepr, pythonStr } from '#wire';
import { BlazarError } from './blazar-error.js';

type Mapped = ReservationsRefusal | RuntimeRefusal;

type Words = string | ((facts: Facts) => string);
/** Status and message; or the whole error, `rule` being the one that the request came in by. */
type Row = readonly [status: number, words: Words] | ((facts: Facts, rule: string) => BlazarError);

const text = (value: unknown): string => pythonStr(value);
const listed = (value: unknown): string => (Array.isArray(value) ? value.map(text).join(', ') : text(value));

/** Of what an id leads to: `{'lease_id': '…'}`. */
export function notFound(key: 'lease_id' | 'host_id', id: string): BlazarError {
  return new BlazarError(404, `Object with ${pythonRepr({ [key]: id })} not found`);
}

export function floatingIpNotFound(id: string): BlazarError {
  return new BlazarError(404, `Floating IP ${id} not found.`);
}

const capabilitiesRefused = (facts: Facts): string =>
  `Can't add extracapabilities ${pythonRepr(facts.keys ?? [])} to Host ${text(facts.hostId)}`;

/** Refusal → status and words (contracts/blazar §2, §9–§13), exhaustive: a new code does not compile until it stands here. */
const table = {
  busy: () => BlazarError.tryAgain('The server is busy with changes to the same resource; try again.'),
  'lease-unknown': (facts) => notFound('lease_id', text(facts.leaseId)),
  'not-the-project': (_facts, rule) => BlazarError.forbidden(rule),
  'lease-status-invalid': [500, 'Invalid lease status.'],
  'start-in-past': [400, 'Start date must be later than current date'],
  'end-not-after-start': [400, 'End date must be later than start date.'],
  'end-invalid': [400, 'End date must be later than current and start date'],
  'lease-already-started': [400, 'Cannot modify the start date of already started leases'],
  'lease-over': [400, 'Terminated leases can only be renamed'],
  'before-end-out-of-lease': [403, 'Datetime is out of lease limits'],
  'parameters-missing': [400, (facts) => `Missing parameter ${listed(facts.names)}`],
  'parameter-malformed': [400, (facts) => `Malformed parameter ${text(facts.name)}`],
  'range-below-one': [400, 'Malformed parameter min and max (must be greater than or equal to 1)'],
  'range-inverted': [400, 'Invalid values for min/max of hosts. Max must be equal to or larger than min.'],
  'amount-below-one': [400, 'amount must be >= 1'],
  'requirements-malformed': [400, (facts) => `Malformed requirements ${text(facts.expression)}`],
  'property-unknown': [500, 'BlazarDBNotFound: A database error occurred'],
  'not-enough-hosts': [500, 'Not enough hosts available'],
  'resource-type-unsupported': [500, (facts) => `The ${text(facts.resourceType)} resource type is not supported`],
  'reservation-id-missing': [400, 'Missing parameter reservation ID'],
  'reservation-ids-unknown': [
    400,
    (facts) => `Please enter valid reservation IDs. Invalid reservation IDs are: ${listed(facts.ids)}`,
  ],
  'resource-type-fixed': [409, 'resource_type cannot be updated'],
  'flavor-instance-fixed': [409, "Updating leases for 'flavor:instance' type reservations is not yet supported."],
  'only-amount-changes': [409, (facts) => `${text(facts.name)} cannot be updated`],
  'affinity-malformed': [400, 'Malformed parameter affinity (must be a bool value or None)'],
  'affinity-unsupported': [409, 'Affinity not supported yet'],
  'flavor-unknown': [404, (facts) => `Flavor ${text(facts.flavorId)} could not be found.`],
  'network-unknown': [400, (facts) => `Failed to find network ${text(facts.networkId)}`],
  'network-fixed': [400, 'network_id cannot be updated'],
  'address-malformed': [400, (facts) => `IP address ${text(facts.address)} is invalid form.`],
  'required-addresses-too-many': [400, 'There are more required_floatingips than the amount allows.'],
  'required-addresses-fixed': [400, 'required_floatingips cannot be updated, except to an empty list'],
  'not-enough-floating-ips': [400, 'Not enough floating IPs available'],
  'duration-too-long': [
    400,
    ({ seconds, maxSeconds }) =>
      `Lease duration of ${text(seconds)} seconds must be less than or equal to the maximum lease duration of ${text(maxSeconds)} seconds.`,
  ],
  'filter-service-refused': [400, (facts) => text(facts.message)],
  'filter-service-unavailable': () => BlazarError.tryAgain('The service that decides about leases does not answer.'),
  'host-unknown': (facts) => notFound('host_id', text(facts.hostId)),
  'host-unnamed': [403, (facts) => `Invalid values for host ${text(facts.rest ?? {})}`],
  'hypervisor-unknown': [404, (facts) => `Host '${text(facts.name)}' not found!`],
  'hypervisors-ambiguous': [409, (facts) => `Multiple Hosts found for pattern '${text(facts.name)}'`],
  'host-already-enrolled': [
    409,
    (facts) => `Conflict while adding host ${text(facts.name)} to aggregate freepool: it is registered already.`,
  ],
  'host-has-servers': [409, (facts) => `Servers ${pythonRepr(facts.servers ?? [])} found for host ${text(facts.name)}`],
  'host-reserved': [409, (facts) => `Can't delete host ${text(facts.hostId)}. The host is reserved.`],
  'capability-key-too-long': [400, 'Extra capability key too long'],
  'capability-not-storable': [409, capabilitiesRefused],
  'capability-in-use': [409, capabilitiesRefused],
  'nothing-to-update': () => BlazarError.unnamed(400, 'No data to update'),
  'resource-property-unknown': [500, 'BlazarDBInvalidResourceProperty: A database error occurred'],
  'floating-ip-unknown': (facts) => floatingIpNotFound(text(facts.id)),
  'floating-ip-exists': [409, (facts) => `Floating IP ${text(facts.address)} already exists.`],
  'floating-ip-reserved': [409, (facts) => `Can't delete floating IP ${text(facts.id)}. The floating IP is reserved.`],
  'address-in-pool': [
    400,
    ({ address, networkId }) => `IP address ${text(address)} is in an allocation pool of network ${text(networkId)}.`,
  ],
  'address-is-gateway': [
    400,
    ({ address, networkId }) => `IP address ${text(address)} is a gateway of network ${text(networkId)}.`,
  ],
  'subnet-unknown': [
    404,
    ({ address, networkId }) => `No subnet of network ${text(networkId)} holds IP address ${text(address)}.`,
  ],
} as const satisfies Record<Mapped, Row>;

export function errorOf({ code, facts }: Refused<Mapped>, rule: string): BlazarError {
  const row: Row = table[code];
  if (typeof row === 'function') return row(facts, rule);
  const [status, words] = row;
  return new BlazarError(status, typeof words === 'string' ? words : words(facts));
}
