import { accept, refuse, type Decision } from '#kernel';
import type { HostCalendarCommand, HostCalendarRefusal } from './host-calendar.commands.js';
import type { Capability, HostCalendarEvent } from './host-calendar.events.js';
import type { CalendarHost, CalendarState } from './host-calendar.state.js';
import { capabilityOf, isHostColumn } from './requirements.policy.js';

export type Decided = Decision<HostCalendarEvent, HostCalendarRefusal>;
export type Of<Type extends HostCalendarCommand['type']> = Extract<HostCalendarCommand, { type: Type }>;
type State = Readonly<CalendarState>;

const longestKey = 64;

/** Names of host columns among the capabilities are passed over: they say what the host has anyway. */
export function enrol(command: Of<'enrol'>, state: State): Decided {
  const { partition, hostId, host, reservable, at } = command;
  if (state.hosts.has(hostId)) return refuse('host-already-enrolled', { hostId, name: host.hypervisorHostname });
  const capabilities = lastOfEach(command.capabilities.filter(({ key }) => !isHostColumn(key)));
  const tooLong = capabilities.find(({ key }) => key.length > longestKey);
  if (tooLong !== undefined) return refuse('capability-key-too-long', { key: tooLong.key });
  return accept({ type: 'HostEnrolled', data: { partition, at, hostId, host, capabilities, reservable } });
}

/** What a reservation's filter names on that host stays as it is until the reservation is over. */
export function setCapabilities({ hostId, set, at }: Of<'set-capabilities'>, state: State): Decided {
  const host = state.hosts.get(hostId);
  if (host === undefined) return refuse('host-unknown', { hostId });
  if (set.length === 0) return refuse('nothing-to-update');
  const tooLong = set.find(({ key }) => key.length > longestKey);
  if (tooLong !== undefined) return refuse('capability-key-too-long', { key: tooLong.key });
  const columns = set.map(({ key }) => key).filter(isHostColumn);
  if (columns.length > 0) return refuse('capability-not-storable', { hostId, keys: columns });
  const changed = lastOfEach(set).filter(({ key, value }) => capabilityOf(host.facts, key) !== value);
  const needed = propertiesInUse(state, host, at);
  const inUse = changed.map(({ key }) => key).filter((key) => needed.has(key));
  if (inUse.length > 0) return refuse('capability-in-use', { hostId, keys: inUse });
  if (changed.length === 0) return accept();
  return accept({
    type: 'HostCapabilitiesSet',
    data: { partition: host.facts.partition, at, hostId, set: changed },
  });
}

function lastOfEach(capabilities: readonly Capability[]): Capability[] {
  return Array.from(new Map(capabilities.map(({ key, value }) => [key, value])), ([key, value]) => ({ key, value }));
}

function propertiesInUse(state: State, { bookings }: Readonly<CalendarHost>, at: number): ReadonlySet<string> {
  const inUse = new Set<string>();
  for (const { reservationId, attempt, to } of bookings) {
    if (to <= at) continue;
    const of = attempt === null ? state.allocations : state.holds.get(attempt)?.reservations;
    for (const name of of?.get(reservationId)?.properties ?? []) inUse.add(name);
  }
  return inUse;
}

export function withdraw({ hostId, at }: Of<'withdraw'>, state: State): Decided {
  const host = state.hosts.get(hostId);
  if (host === undefined) return refuse('host-unknown', { hostId });
  if (host.bookings.length > 0) return refuse('host-reserved', { hostId });
  const { partition, hypervisorUuid, serviceName } = host.facts;
  return accept({ type: 'HostWithdrawn', data: { partition, at, hostId, hypervisorUuid, serviceName } });
}

/** Who has it keeps it: replacing it is a change of the reservation. */
export function noteCondition({ hostId, obstacle, at }: Of<'note-condition'>, state: State): Decided {
  const host = state.hosts.get(hostId);
  if (host === undefined || host.facts.reservable === (obstacle === null)) return accept();
  const about = { partition: host.facts.partition, at, hostId };
  return accept<HostCalendarEvent>(
    obstacle === null
      ? { type: 'HostBecameReservable', data: about }
      : { type: 'HostBecameUnreservable', data: { ...about, why: obstacle } },
  );
}
