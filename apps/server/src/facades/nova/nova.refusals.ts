import type { InventoryRefusal } from '#inventory';
import type { Facts, Refused, RuntimeRefusal } from '#kernel';
import { pythonRepr, pythonStr } from '#wire';
import { NovaFault } from './nova-fault.js';

type Mapped = InventoryRefusal | RuntimeRefusal;

/** What the client had asked for: texts quote ids as they were written. */
export interface AskedFor {
  readonly id: string;
  /** `update`: "Cannot update aggregate"; `metadata`: "Cannot update metadata of aggregate". */
  readonly action?: 'update' | 'metadata' | 'add_host' | 'remove_host';
  readonly host?: string;
  /** The images as written, in the order of the command's. */
  readonly images?: readonly { readonly id: string; readonly written: string }[];
}

type Row = readonly [status: number, text: (facts: Facts, asked: AskedFor) => string];

const text = (value: unknown): string => pythonStr(value);

const zones = (facts: Facts): string =>
  `One or more hosts already in availability zone(s) ${pythonRepr(facts.zones ?? [])}.`;

const inUpdate = (facts: Facts, asked: AskedFor, reason: string): string =>
  `Cannot update ${asked.action === 'metadata' ? 'metadata of ' : ''}aggregate ${text(facts.id)}. Reason: ${reason}`;

const notRemoved = (asked: AskedFor): string => `Cannot remove host ${asked.host ?? ''} in aggregate ${asked.id}`;

function wouldChangeZone(facts: Facts): string {
  const [done, verb] = facts.direction === 'remove' ? ['removed', 'remove host from'] : ['added', 'add host to'];
  const effect = `its availability zone would change from ${text(facts.fromZone)} to ${text(facts.toZone)}`;
  const reason = `The host cannot be ${done} because it has ${text(facts.servers)} server(s) and ${effect}.`;
  return `Cannot ${verb} aggregate ${text(facts.id)}. Reason: ${reason}`;
}

function unknownImage(facts: Facts, asked: AskedFor): string {
  const id = text(facts.imageId);
  return `Image ${asked.images?.find((image) => image.id === id)?.written ?? id} could not be found.`;
}

/** What Nova would have done, and why it is not done (C21). */
function owned(facts: Facts, asked: AskedFor): string {
  const id = text(facts.id);
  const what = {
    update: `Cannot update aggregate ${id}`,
    metadata: `Cannot update metadata of aggregate ${id}`,
    add_host: `Cannot add host to aggregate ${id}`,
    remove_host: `Cannot remove host from aggregate ${id}`,
    delete: `Cannot delete aggregate ${id}`,
  }[asked.action ?? 'delete'];
  return `${what}. Reason: Aggregate ${text(facts.name)} belongs to the reservation service, which alone changes it.`;
}

/** Refusal → status and Nova's words (contracts/nova §5, §12), exhaustive: a new code does not compile until it stands here. */
const table = {
  busy: [503, () => 'The server is busy with changes to the same resource; try again.'],
  'aggregate-name-taken': [409, (facts) => `Aggregate ${text(facts.name)} already exists.`],
  'aggregate-unknown': [
    404,
    (_facts, asked) =>
      asked.action === 'remove_host' ? notRemoved(asked) : `Aggregate ${asked.id} could not be found.`,
  ],
  'aggregate-not-empty': [
    400,
    (facts) => `Cannot remove host from aggregate ${text(facts.id)}. Reason: Host aggregate is not empty.`,
  ],
  'host-unknown': [
    404,
    (facts, asked) =>
      asked.action === 'remove_host' ? notRemoved(asked) : `Compute host ${text(facts.host)} could not be found.`,
  ],
  'host-in-other-zone': [409, (facts) => `Cannot add host to aggregate ${text(facts.id)}. Reason: ${zones(facts)}`],
  'host-already-in-aggregate': [409, (facts) => `Aggregate ${text(facts.id)} already has host ${text(facts.host)}.`],
  'host-not-in-aggregate': [404, (_facts, asked) => notRemoved(asked)],
  'host-has-servers': [409, (facts) => wouldChangeZone(facts)],
  'zone-empty': [
    400,
    (facts, asked) =>
      inUpdate(facts, asked, `Aggregate ${text(facts.name)} does not support empty named availability zone.`),
  ],
  'zone-in-conflict': [400, (facts, asked) => inUpdate(facts, asked, zones(facts))],
  'zone-has-servers': [
    400,
    (facts, asked) => inUpdate(facts, asked, 'One or more hosts contain instances in this zone.'),
  ],
  'image-unknown': [400, unknownImage],
  'hypervisor-unknown': [404, (_facts, asked) => `Hypervisor with ID '${asked.id}' could not be found.`],
  'service-already-so': [409, () => 'The service is in that condition already.'],
  'no-capacity': [409, () => 'No host has room for it.'],
  'aggregate-owned': [409, owned],
  'host-has-guests': [409, () => 'The host has servers.'],
  'host-not-reservable': [409, () => 'The host is not for reservations.'],
  'host-taken': [409, () => 'The host is in use by a reservation.'],
} as const satisfies Record<Mapped, Row>;

export function faultOf(refusal: Refused<Mapped>, asked: AskedFor): NovaFault {
  const [status, words]: Row = table[refusal.code];
  return new NovaFault(status, words(refusal.facts, asked), status === 503 ? { 'retry-after': '1' } : {});
}
