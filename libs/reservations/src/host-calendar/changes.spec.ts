import { decisionsOf } from '#specs';
import { hostCalendar } from './host-calendar.aggregate.js';
import type { HostWish } from './host-calendar.commands.js';
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

/** `r` has hosts 1 and 2 of five, from hour 10 to 20; host 1 is another's afterwards, host 5 before. */
const before = [
  ...hosts(4),
  did.enrol('5', { host: { vcpus: 128 } }),
  ...did.allocate('r', hours(10, 20), whole('1', '2')),
  ...did.allocate('s', hours(20, 30), whole('1')),
  ...did.allocate('t', hours(5, 10), whole('5')),
];
type Change = Partial<Omit<HostWish, 'reservationId' | 'ask'>>;
const change = (min: number, max: number, more: Change = {}) => ask.hold('b', [wish('r', wantHosts(min, max), more)]);
const notEnough = { reservationId: 'r' };

function has(
  command: ReturnType<typeof change>,
  expected: readonly string[] | string,
  ...more: HostCalendarEvent[]
): void {
  const decided = given(...before, ...more).when(command);
  if (typeof expected === 'string') decided.thenRefused(expected, notEnough);
  else decided.then(did.hold('b', held('r', command.wishes[0]!.window, whole(...expected))));
}

describe('a change of a reservation of hosts', () => {
  it('keeps what it has, though nobody but itself were to have it', () => has(change(2, 2), ['1', '2']));

  it('keeps its hosts in a window that shrinks, or reaches to where others begin', () => {
    has(change(2, 2, { window: hours(12, 18) }), ['1', '2']);
    has(change(2, 2, { window: hours(8, 20), grown: true }), ['1', '2']);
  });

  it('replaces those that others have in the window that has grown', () => {
    has(change(2, 2, { window: hours(10, 25), grown: true }), ['2', '3']);
    has(change(1, 1, { window: hours(10, 25), grown: true }), ['2']);
  });

  it('asks that of a window which reaches further, whatever it is called', () => {
    has(change(2, 2, { window: hours(10, 25), grown: false }), ['2', '3']);
  });

  it('wants cleaning time where it searches, not where it stays', () => {
    has({ ...change(2, 2, { grown: true }), cleaningMs: 3_600_000 }, ['1', '2']);
    has({ ...change(5, 5), cleaningMs: 1 }, 'not-enough-hosts');
    has(change(5, 5), ['1', '2', '5', '3', '4']);
  });

  it('replaces those that no longer match', () => {
    const filter = [where('id', '!=', '1')];
    has(change(2, 2, { filter }), ['2', '3']);
    has(change(1, 1, { filter: [where('vcpus', '==', '128')] }), ['5']);
    has(change(2, 2, { filter: [where('vcpus', '==', '128')] }), 'not-enough-hosts');
  });

  it('keeps a host that failed: replacing it is another change', () => has(change(2, 2), ['1', '2'], did.fail('1')));

  it('gives back what is above the new most', () => has(change(1, 1), ['1']));

  it('adds what is missing, up to the new most', () => {
    has(change(3, 3), ['1', '2', '3']);
    has(change(2, 9), ['1', '2', '3', '4']);
    has(change(5, 9), ['1', '2', '5', '3', '4']);
    has(change(6, 9), 'not-enough-hosts');
  });

  it('adds only hosts that nobody has booked when it has enough', () => {
    has(change(2, 9), ['1', '2'], ...['3', '4'].flatMap((id) => did.allocate(id, hours(0, 1), whole(id))));
  });

  it('waits for undecided holds that are in its way', () => {
    given(...before, did.hold('u', held('u', hours(20, 30), whole('2', '3', '4', '5'))))
      .when(change(2, 2, { window: hours(10, 25), grown: true }))
      .thenRefused('held-by-others', { reservationId: 'r', holds: [undecided('u')] });
  });
});

describe('a change of a reservation in use', () => {
  const firm = { firm: true };

  it('may add hosts', () => {
    has(change(1, 2, firm), ['1', '2']);
    has(change(3, 3, firm), ['1', '2', '3']);
  });

  it('may be longer while its hosts are free', () => {
    has(change(2, 2, { ...firm, window: hours(10, 25), grown: true }), ['1', '2'], did.free('lease-of-s', 's'));
  });

  it.each<[string, ReturnType<typeof change>]>([
    ['busy then', change(1, 2, { ...firm, window: hours(10, 25), grown: true })],
    ['above the most', change(1, 1, firm)],
    ['not matching', change(1, 2, { ...firm, filter: [where('id', '==', '2')] })],
  ])('is refused when a host of its own would go: %s', (_, command) => has(command, 'not-enough-hosts'));

  it('waits where only an undecided hold is in the way', () => {
    given(...before, did.free('lease-of-s', 's'), did.hold('u', held('u', hours(20, 30), whole('1'))))
      .when(change(2, 2, { ...firm, window: hours(10, 25), grown: true }))
      .thenRefused('held-by-others', { reservationId: 'r', holds: [undecided('u')] });
  });
});
