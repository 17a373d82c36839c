import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refuse, type Facts } from '#kernel';
import { CreateLease, type ReservationsRefusal } from '#reservations';
import { askBlazar, long } from './ask-blazar.js';
import { startMemoryBlazar, type MemoryBlazar } from './memory-blazar.js';

let face: MemoryBlazar;

beforeAll(async () => {
  face = await startMemoryBlazar();
});
afterAll(() => face.stop());

type Row = readonly [status: number, facts: Facts, message: string, name?: string];

/** contracts/blazar §2, and what §5 to §13 say besides. */
const rows: Readonly<Record<ReservationsRefusal | 'busy', Row>> = {
  busy: [503, {}, 'The server is busy with changes to the same resource; try again.'],
  'lease-unknown': [404, { leaseId: 'l-1' }, "Object with {'lease_id': 'l-1'} not found"],
  'not-the-project': [403, { leaseId: 'l-1' }, "Policy doesn't allow blazar:leases:post to be performed"],
  'lease-status-invalid': [500, { leaseId: 'l-1', status: 'STARTING' }, 'Invalid lease status.'],
  'start-in-past': [400, {}, 'Start date must be later than current date'],
  'end-not-after-start': [400, {}, 'End date must be later than start date.'],
  'end-invalid': [400, {}, 'End date must be later than current and start date'],
  'lease-already-started': [400, {}, 'Cannot modify the start date of already started leases'],
  'lease-over': [400, {}, 'Terminated leases can only be renamed'],
  'before-end-out-of-lease': [403, {}, 'Datetime is out of lease limits'],
  'parameters-missing': [400, { names: ['min', 'max'] }, 'Missing parameter min, max'],
  'parameter-malformed': [400, { name: 'before_end' }, 'Malformed parameter before_end'],
  'range-below-one': [400, {}, 'Malformed parameter min and max (must be greater than or equal to 1)'],
  'range-inverted': [400, {}, 'Invalid values for min/max of hosts. Max must be equal to or larger than min.'],
  'amount-below-one': [400, {}, 'amount must be >= 1'],
  'requirements-malformed': [400, { expression: '["or"]' }, 'Malformed requirements ["or"]'],
  'property-unknown': [500, { name: 'gpu' }, 'BlazarDBNotFound: A database error occurred'],
  'not-enough-hosts': [500, { reservationId: 'r' }, 'Not enough hosts available'],
  'resource-type-unsupported': [500, { resourceType: 'virtual:moon' }, 'The virtual:moon resource type is not supported'],
  'reservation-id-missing': [400, {}, 'Missing parameter reservation ID'],
  'reservation-ids-unknown': [400, { ids: ['a', 'b'] }, 'Please enter valid reservation IDs. Invalid reservation IDs are: a, b'],
  'resource-type-fixed': [409, {}, 'resource_type cannot be updated'],
  'flavor-instance-fixed': [409, {}, "Updating leases for 'flavor:instance' type reservations is not yet supported."],
  'only-amount-changes': [409, { reservationId: 'r', name: 'vcpus' }, 'vcpus cannot be updated'],
  'affinity-malformed': [400, {}, 'Malformed parameter affinity (must be a bool value or None)'],
  'affinity-unsupported': [409, {}, 'Affinity not supported yet'],
  'flavor-unknown': [404, { flavorId: 'f' }, 'Flavor f could not be found.'],
  'network-unknown': [400, { networkId: 'n' }, 'Failed to find network n'],
  'network-fixed': [400, {}, 'network_id cannot be updated'],
  'address-malformed': [400, { address: '1.2.3' }, 'IP address 1.2.3 is invalid form.'],
  'required-addresses-too-many': [400, {}, 'There are more required_floatingips than the amount allows.'],
  'required-addresses-fixed': [400, {}, 'required_floatingips cannot be updated, except to an empty list'],
  'not-enough-floating-ips': [400, { reservationId: 'r' }, 'Not enough floating IPs available'],
  'duration-too-long': [400, { seconds: 7200, maxSeconds: 3600 }, 'Lease duration of 7200 seconds must be less than or equal to the maximum lease duration of 3600 seconds.'],
  'filter-service-refused': [400, { message: 'Not today.' }, 'Not today.'],
  'filter-service-unavailable': [503, {}, 'The service that decides about leases does not answer.'],
  'host-unknown': [404, { hostId: '7' }, "Object with {'host_id': '7'} not found"],
  'host-unnamed': [403, { rest: { gpu: 'a100', n: 4 } }, "Invalid values for host {'gpu': 'a100', 'n': 4}"],
  'hypervisor-unknown': [404, { name: 'n-1' }, "Host 'n-1' not found!"],
  'hypervisors-ambiguous': [409, { name: 'n' }, "Multiple Hosts found for pattern 'n'"],
  'host-already-enrolled': [409, { hostId: '7', name: 'n-1' }, 'Conflict while adding host n-1 to aggregate freepool: it is registered already.'],
  'host-has-servers': [409, { name: 'n-1', servers: ['s-1', 's-2'] }, "Servers ['s-1', 's-2'] found for host n-1"],
  'host-reserved': [409, { hostId: '7' }, "Can't delete host 7. The host is reserved."],
  'capability-key-too-long': [400, { key: 'k' }, 'Extra capability key too long'],
  'capability-not-storable': [409, { hostId: '7', keys: ['vcpus'] }, "Can't add extracapabilities ['vcpus'] to Host 7"],
  'capability-in-use': [409, { hostId: '7', keys: ['gpu', 'ssd'] }, "Can't add extracapabilities ['gpu', 'ssd'] to Host 7"],
  'nothing-to-update': [400, {}, 'No data to update', 'INTERNAL_SERVER_ERROR'],
  'resource-property-unknown': [500, { name: 'gpu' }, 'BlazarDBInvalidResourceProperty: A database error occurred'],
  'floating-ip-unknown': [404, { id: 'i' }, 'Floating IP i not found.'],
  'floating-ip-exists': [409, { address: '192.0.2.1' }, 'Floating IP 192.0.2.1 already exists.'],
  'floating-ip-reserved': [409, { id: 'i' }, "Can't delete floating IP i. The floating IP is reserved."],
  'address-in-pool': [400, { address: '192.0.2.1', networkId: 'n' }, 'IP address 192.0.2.1 is in an allocation pool of network n.'],
  'address-is-gateway': [400, { address: '192.0.2.1', networkId: 'n' }, 'IP address 192.0.2.1 is a gateway of network n.'],
  'subnet-unknown': [404, { address: '192.0.2.1', networkId: 'n' }, 'No subnet of network n holds IP address 192.0.2.1.'],
}; // prettier-ignore

describe('refused as', () => {
  it.each(Object.entries(rows))('%s', async (code, [status, facts, message, name]) => {
    face.replies.set(CreateLease, () => refuse(code, facts));
    const json = { name: 'n', start_date: '2031-05-04 09:00', end_date: '2031-05-04 17:30' };
    const heard = await askBlazar('POST /v1/leases', { at: face, json });
    expect([heard.status, heard.json]).toEqual([status, long(status, message, name ?? status)]);
    expect(heard.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
  });
});
