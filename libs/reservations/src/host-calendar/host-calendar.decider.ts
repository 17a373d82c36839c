import { unreachable, type Decider } from '#kernel';
import { confirmHold, hold, releaseAllocations, releaseHold } from './hold.decider.js';
import type { HostCalendarCommand, HostCalendarRefusal } from './host-calendar.commands.js';
import { evolve } from './host-calendar-evolution.state.js';
import type { HostCalendarEvent } from './host-calendar.events.js';
import { initialState, type CalendarState } from './host-calendar.state.js';
import { enrol, noteCondition, setCapabilities, withdraw, type Decided } from './host.decider.js';

function decide(command: HostCalendarCommand, state: Readonly<CalendarState>): Decided {
  switch (command.type) {
    case 'enrol':
      return enrol(command, state);
    case 'set-capabilities':
      return setCapabilities(command, state);
    case 'withdraw':
      return withdraw(command, state);
    case 'note-condition':
      return noteCondition(command, state);
    case 'hold':
      return hold(command, state);
    case 'confirm-hold':
      return confirmHold(command, state);
    case 'release-hold':
      return releaseHold(command, state);
    case 'release-allocations':
      return releaseAllocations(command, state);
    default:
      return unreachable(command);
  }
}

/** Who has which host, or room on it, and when: no host is promised twice, and none beyond its capacity. */
export const hostCalendarDecider: Decider<CalendarState, HostCalendarCommand, HostCalendarEvent, HostCalendarRefusal> =
  {
    initialState,
    decide,
    evolve,
  };
