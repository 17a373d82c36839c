import { refuse, type Decider } from '#kernel';
import type { HostCalendarCommand, HostCalendarRefusal } from './host-calendar.commands.js';
import { evolve } from './host-calendar-evolution.state.js';
import type { HostCalendarEvent } from './host-calendar.events.js';
import { initialState, type CalendarState } from './host-calendar.state.js';

export const hostCalendarDecider: Decider<CalendarState, HostCalendarCommand, HostCalendarEvent, HostCalendarRefusal> =
  {
    initialState,
    decide: () => refuse('nothing-to-update'),
    evolve,
  };
