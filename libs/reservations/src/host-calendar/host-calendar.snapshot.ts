import type { SnapshotFormat } from '#kernel';
import { countCapabilities, placeAllocation, placeHold, placeHost } from './host-calendar-evolution.state.js';
import { initialState, type Allocation, type CalendarState, type Hold } from './host-calendar.state.js';
import type { DecidedAttempts } from './decided-attempts.state.js';
import type { HostFacts } from './host-facts.state.js';

/** Only what cannot be worked out; bookings are made from allocations and holds. */
interface StoredCalendar {
  readonly partition: string | null;
  readonly hosts: readonly HostFacts[];
  readonly allocations: readonly Allocation[];
  readonly holds: readonly (Omit<Hold, 'reservations'> & { readonly reservations: readonly Allocation[] })[];
  readonly decidedAttempts: ReturnType<DecidedAttempts['entries']>;
}

export const hostCalendarSnapshot: SnapshotFormat<CalendarState> = {
  version: 1,
  everyEvents: 10_000,
  write: (state): StoredCalendar => ({
    partition: state.partition,
    hosts: Array.from(state.hosts.values(), ({ facts }) => facts),
    allocations: [...state.allocations.values()],
    holds: Array.from(state.holds.values(), (hold) => ({ ...hold, reservations: [...hold.reservations.values()] })),
    decidedAttempts: state.decidedAttempts.entries(),
  }),
  read,
};

function read({ partition, hosts, allocations, holds, decidedAttempts }: StoredCalendar): CalendarState {
  const state = initialState();
  state.partition = partition;
  for (const facts of hosts) {
    countCapabilities(state, facts, 1);
    placeHost(state, { facts, bookings: [], longest: 0 });
  }
  for (const allocation of allocations) placeAllocation(state, allocation);
  for (const { reservations, ...hold } of holds) {
    const byId = new Map(reservations.map((held) => [held.reservationId, held]));
    placeHold(state, { ...hold, reservations: byId });
  }
  state.decidedAttempts.restore(decidedAttempts);
  return state;
}
