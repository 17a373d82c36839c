import type { Refused, RuntimeRefusal } from '#kernel';
import type { InventoryRefusal } from '#inventory';
import { LeasebookProblem } from './problem.js';

type Mapped = InventoryRefusal | RuntimeRefusal;

/** Refusal → status and words, exhaustive: a new code does not compile until it stands here. */
const table = {
  busy: [503, 'The stream is busy; try again.'],
  'aggregate-name-taken': [409, 'An aggregate of that name exists already.'],
  'aggregate-unknown': [404, 'There is no such aggregate.'],
  'aggregate-not-empty': [409, 'The aggregate still has hosts.'],
  'host-unknown': [404, 'There is no such host.'],
  'host-in-other-zone': [409, 'The host is in another availability zone.'],
  'host-already-in-aggregate': [409, 'The host is in that aggregate already.'],
  'host-not-in-aggregate': [404, 'The host is not in that aggregate.'],
  'host-has-servers': [409, 'The host has servers, and its availability zone would change.'],
  'zone-empty': [400, 'An availability zone cannot be empty.'],
  'zone-in-conflict': [409, 'Hosts of the aggregate are in another availability zone.'],
  'zone-has-servers': [409, 'Hosts of the aggregate have servers.'],
  'image-unknown': [404, 'There is no such image.'],
  'hypervisor-unknown': [404, 'There is no such hypervisor.'],
  'service-already-so': [409, 'The service is in that condition already.'],
  'no-capacity': [409, 'No host has room for it.'],
  'aggregate-owned': [409, 'The aggregate belongs to reservations, which alone change it.'],
  'host-has-guests': [409, 'The host has servers.'],
  'host-not-reservable': [409, 'The host is not for reservations.'],
  'host-taken': [409, 'A reservation is on the host, or servers are left there.'],
} as const satisfies Record<Mapped, readonly [number, string]>;

export function problemOf(refusal: Refused<Mapped>): LeasebookProblem {
  const [status, detail] = table[refusal.code];
  return new LeasebookProblem(status, refusal.code, detail);
}
