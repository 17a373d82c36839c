import { flag, integer, list, object, oneOf, text, url, type SettingRow } from './schema-parts.js';

const uuid = text({ format: 'uuid', pattern: '^[0-9a-f-]{36}$' });
const address = text({ maxLength: 45 });

const partition = object(
  { name: text({ maxLength: 40, pattern: '^[A-Za-z0-9_]+$' }), hosts: list(text({ maxLength: 255 }), [], 10_000) },
  ['name', 'hosts'],
);

const subnet = object(
  {
    id: uuid,
    cidr: text({ maxLength: 49 }),
    gateway: address,
    pools: list(object({ start: address, end: address }, ['start', 'end']), [], 100),
  },
  ['id', 'cidr'],
);

const network = object({ id: uuid, name: text({ maxLength: 255 }), subnets: list(subnet, [], 100) }, ['id', 'name']);

const filterService = object(
  {
    url: url('https?'),
    token: text(),
    tokenFile: text(),
    timeoutSeconds: integer(1, 300, 10),
  },
  ['url'],
);

const flavor = object(
  {
    id: text({ maxLength: 255, pattern: '^(?! )[A-Za-z0-9. _-]*(?<! )$' }),
    name: text({ maxLength: 255 }),
    vcpus: integer(1, 2_147_483_647, 1),
    ramMb: integer(1, 2_147_483_647, 1024),
    diskGb: integer(0, 2_147_483_647, 0),
    ephemeralGb: integer(0, 2_147_483_647, 0),
    swapMb: integer(0, 2_147_483_647, 0),
    isPublic: flag(true),
    extraSpecs: list(
      object({ key: text({ maxLength: 255 }), value: text({ maxLength: 255 }) }, ['key', 'value']),
      [],
      1000,
    ),
  },
  ['id', 'name'],
);

/** Reservations and the Blazar face (contracts/blazar), in the order of docs/reference/configuration.md. */
export const reservationSettingRows: readonly SettingRow[] = [
  {
    key: 'reservationCodes',
    env: 'LEASEBOOK_RESERVATION_CODES',
    schema: oneOf(['seed', 'current'], 'seed'),
    about: 'Codes of the reservation face for what was created or changed: `seed` 202; `current` 201 and 200.',
  },
  {
    key: 'freePoolAggregate',
    schema: { ...text({ maxLength: 255 }), default: 'freepool' },
    about: 'Name of the host aggregate of enrolled hosts that no reservation has.',
  },
  {
    key: 'calendarPartitions',
    schema: list(partition, [], 100),
    about:
      'Parts of the reservable hosts that are booked side by side. A host belongs to the first whose `hosts` (hypervisor hostnames; `*` stands for any characters) name it when it is enrolled, else to the partition `default`.',
  },
  {
    key: 'cleaningMinutes',
    env: 'LEASEBOOK_CLEANING_MINUTES',
    schema: integer(0, 525_600, 0),
    about: 'Kept free before and after each reservation of a host.',
  },
  {
    key: 'minutesBeforeEndLease',
    env: 'LEASEBOOK_MINUTES_BEFORE_END_LEASE',
    schema: integer(0, 525_600, 60),
    about: 'When a lease whose request does not say so announces its end; 0: it does not.',
  },
  {
    key: 'beforeEndAction',
    env: 'LEASEBOOK_BEFORE_END_ACTION',
    schema: oneOf(['', 'snapshot'], ''),
    about: 'What `before_end: default` does: nothing, or an image of every server on the hosts.',
  },
  {
    key: 'randomizeHostSelection',
    env: 'LEASEBOOK_RANDOMIZE_HOST_SELECTION',
    schema: flag(false),
    about: 'Hosts are picked in a random order instead of that of their ids.',
  },
  {
    key: 'eventMaxRetries',
    env: 'LEASEBOOK_EVENT_MAX_RETRIES',
    schema: integer(0, 50, 1),
    about: 'An event of a lease that cannot be carried out yet is tried for so many times ten seconds.',
  },
  {
    key: 'monitorHypervisors',
    env: 'LEASEBOOK_MONITOR_HYPERVISORS',
    schema: flag(true),
    about: 'Hosts whose hypervisor is down or disabled cannot be reserved, and reservations of them get others.',
  },
  {
    key: 'healingMinutes',
    env: 'LEASEBOOK_HEALING_MINUTES',
    schema: integer(0, 525_600, 60),
    about: 'Reservations that begin within it are given other hosts; 0: all.',
  },
  {
    key: 'maxLeaseSeconds',
    env: 'LEASEBOOK_MAX_LEASE_SECONDS',
    schema: integer(0, 3_153_600_000, 0),
    about: 'Longer leases are refused; 0: none is.',
  },
  {
    key: 'maxLeaseExemptProjects',
    schema: list(text({ maxLength: 255 }), [], 10_000),
    about: 'Ids of projects that may have longer ones.',
  },
  {
    key: 'leaseFilterService',
    schema: filterService,
    about: 'HTTP service that is asked before a lease is created or changed, and told when one ends.',
  },
  {
    key: 'leaseHoldSeconds',
    schema: integer(1, 3600, 30),
    about: 'The creation or change of a lease that is undecided by then fails.',
  },
  {
    key: 'networks',
    schema: list(network, [], 1000),
    about: 'Networks whose addresses can be reserved. `pools`: addresses that the network itself gives out.',
  },
  {
    key: 'flavors',
    schema: list(flavor, [], 1000),
    about: "Flavors of this server's own region from the first start on. One that is deleted does not come again.",
  },
];
