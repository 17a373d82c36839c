import { decisionsOf } from '#specs';
import { hostCalendar } from './host-calendar.aggregate.js';
import type { PickedShares } from './host-calendar.commands.js';
import type { HostCalendarEvent } from './host-calendar.events.js';
import {
  ask,
  did,
  held,
  hosts,
  hours,
  undecided,
  wantHosts,
  where,
  whole,
  wish,
} from './host-calendar.samples.contract.js';

const { given } = decisionsOf(hostCalendar);
const notEnough = { reservationId: 'r' };

/** `r` is given exactly these hosts. */
const gets = (events: readonly HostCalendarEvent[], command: ReturnType<typeof ask.hold>, ...hostIds: string[]): void =>
  given(...events)
    .when(command)
    .then(did.hold('b', held('r', command.picked[0]!.window, whole(...hostIds))));

describe('what was picked before', () => {
  const picked = (...hostIds: string[]): PickedShares => ({
    reservationId: 'r',
    window: hours(10, 20),
    filter: [],
    shares: whole(...hostIds),
  });
  const hold = (...all: ReturnType<typeof picked>[]) => ask.hold('b', [], { picked: all });
  const busy = [
    ...hosts(4),
    ...did.allocate('r', hours(10, 20), whole('1', '2')),
    ...did.allocate('s', hours(20, 30), whole('3')),
  ];

  it('is held as it is, also in place of a host that failed', () => {
    gets([...busy, did.fail('1')], hold(picked('2', '3')), '2', '3');
    gets(busy, hold(picked()));
  });

  it('keeps what the reservation has, though it failed, while its window does not grow', () => {
    gets([...busy, did.fail('1')], hold(picked('1')), '1');
    const longer = { ...picked('1'), window: hours(10, 25) };
    gets([...busy, did.fail('1')], hold(longer), '1');
    given(...busy, ...did.allocate('t', hours(20, 21), whole('1')))
      .when(hold(longer))
      .thenRefused('shares-gone', notEnough);
  });

  it.each([
    ['unknown', picked('9'), []],
    ['failed', picked('4'), [did.fail('4')]],
    ['another’s', picked('4'), did.allocate('t', hours(19, 20), whole('4'))],
    ['not matching', { ...picked('4'), filter: [where('vcpus', '>', '999')] }, []],
    ['too near for cleaning', { ...picked('3') }, []],
  ])('is refused where a host is %s', (what, share, more) => {
    const cleaningMs = what.startsWith('too near') ? 1 : 0;
    given(...busy, ...more)
      .when({ ...hold(share), cleaningMs })
      .thenRefused('shares-gone', notEnough);
  });

  it('is waited for where another’s undecided hold has it', () => {
    given(...busy, did.hold('t', held('t', hours(19, 20), whole('4'))))
      .when(hold(picked('4')))
      .thenRefused('held-by-others', { reservationId: 'r', holds: [undecided('t')] });
  });

  it('does not share a host with another that was picked along with it', () => {
    given(...busy)
      .when(hold(picked('4'), { ...picked('4'), reservationId: 's' }))
      .thenRefused('shares-gone', { reservationId: 's' });
    const both = ask.hold('b', [wish('t', wantHosts(1))], { picked: [picked('4')] });
    given(...busy)
      .when(both)
      .thenRefused('shares-gone', notEnough);
  });
});
