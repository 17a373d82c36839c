import type { AggregateDefinition } from '#kernel';
import type { HostCalendarCommand, HostCalendarRefusal } from './host-calendar.commands.js';
import { hostCalendarDecider } from './host-calendar.decider.js';
import { hostCalendarCatalog, type HostCalendarEvent } from './host-calendar.events.js';
import { hostCalendarSnapshot } from './host-calendar.snapshot.js';
import type { CalendarState } from './host-calendar.state.js';

const prefix = 'hostCalendar-';

export const hostCalendarStream = (partition: string): string => `${prefix}${partition}`;

/** Undefined: not a calendar's. */
export function partitionOf(stream: string): string | undefined {
  return stream.startsWith(prefix) ? stream.slice(prefix.length) : undefined;
}

export const hostCalendar: AggregateDefinition<
  CalendarState,
  HostCalendarCommand,
  HostCalendarEvent,
  HostCalendarRefusal
> = {
  name: 'hostCalendar',
  decider: hostCalendarDecider,
  catalog: hostCalendarCatalog,
  snapshot: hostCalendarSnapshot,
};
