import { expect, it, describe } from '@jest/globals';
import fc from 'fast-check';
import { bookingText, CalendarModel } from './calendar-model.contract.js';
import { hostCalendar } from './host-calendar.aggregate.js';
import type { HostCalendarCommand, HostWish } from './host-calendar.commands.js';
import type { HostCalendarEvent, HostShare } from './host-calendar.events.js';
import { offersOf } from './host-calendar.looks.js';
import {
  ask,
  asStored,
  decision,
  enrolled,
  hour,
  hours,
  wantHosts,
  wantSlots,
  where,
  wish,
} from './host-calendar.samples.contract.js';
import type { CalendarState } from './host-calendar.state.js';

/** A step of a random history: which command, about what, and how it is to be. */
interface Step {
  readonly kind: (typeof kinds)[number];
  readonly host: number;
  readonly reservation: number;
  readonly from: number;
  readonly lasts: number;
  readonly count: number;
  readonly more: number;
  readonly odd: boolean;
  readonly even: boolean;
}

const kinds = [
  ...['hold hosts', 'hold hosts', 'hold hosts', 'hold slots', 'hold slots', 'hold slots', 'hold both', 'hold picked'],
  ...['confirm', 'confirm', 'confirm', 'release', 'free', 'enrol', 'withdraw', 'note', 'set'],
] as const;

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom(...kinds),
    host: fc.nat(5),
    reservation: fc.nat(7),
    from: fc.nat(12),
    lasts: fc.integer({ min: 1, max: 6 }),
    count: fc.integer({ min: 1, max: 4 }),
    more: fc.nat(2),
    odd: fc.boolean(),
    even: fc.boolean(),
  }),
  { minLength: 20, maxLength: 80, size: 'max' },
);

const leaseOf = (reservation: number): string => `lease-${String(reservation % 4)}`;

function wishOf(step: Step, kind: 'hosts' | 'slots', shift = 0): HostWish {
  const { reservation, count, more, odd, even } = step;
  const affinity = odd ? null : even;
  const wanted = kind === 'hosts' ? wantHosts(count, count + more) : wantSlots(count + more, { affinity });
  // A reservation is of one kind for ever: those with even numbers have hosts.
  const id = `r${String((reservation + shift) % 8)}`;
  const filter = step.host === 0 ? [where('level', odd ? '==' : '!=', '1')] : [];
  return wish(id, wanted, { window: windowOf(step), filter, firm: odd && even, grown: odd });
}

function windowOf({ from, lasts }: Step): ReturnType<typeof hours> {
  return hours(from, from + lasts);
}

function commandOf(step: Step, state: Readonly<CalendarState>, index: number): HostCalendarCommand {
  const { kind, host, reservation, count, odd, even } = step;
  const hostId = String(host);
  const attempt = [...state.holds.keys()][reservation % 3] ?? `attempt-${String(index)}`;
  const hosts = { ...step, reservation: reservation & ~1 };
  const slots = { ...step, reservation: reservation | 1 };
  const lease = { leaseId: leaseOf(reservation >> 1), cleaningMs: even ? 0 : hour, dice: odd ? 0.3 : null };
  const hold = (wishes: HostWish[]): HostCalendarCommand => ask.hold(`attempt-${String(index)}`, wishes, lease);
  switch (kind) {
    case 'hold hosts':
      return hold([wishOf(hosts, 'hosts')]);
    case 'hold slots':
      return hold([wishOf(slots, 'slots')]);
    case 'hold both':
      return hold([wishOf(hosts, 'hosts'), wishOf(slots, 'slots'), wishOf(slots, 'slots', 2)]);
    case 'hold picked': {
      const ids = [...new Set([hostId, String((host + count) % 6)])];
      const shares = ids.map((id): HostShare => ({ hostId: id, slots: null }));
      const { reservationId, window, filter } = wishOf(hosts, 'hosts');
      return ask.hold(`attempt-${String(index)}`, [], {
        ...lease,
        picked: [{ reservationId, window, filter, shares }],
      });
    }
    case 'confirm':
      return ask.confirm(attempt);
    case 'release':
      return ask.release(attempt);
    case 'free': {
      const allocation = [...state.allocations.values()][count];
      const ids = [allocation?.reservationId ?? 'none', `r${String(reservation)}`];
      return ask.free(allocation?.leaseId ?? leaseOf(reservation), ...ids);
    }
    case 'enrol':
      return ask.enrol(hostId, {
        host: enrolled(hostId, { vcpus: 16 * count }),
        capabilities: odd ? [{ key: 'level', value: hostId }] : [],
        reservable: even || odd,
      });
    case 'withdraw':
      return ask.withdraw(hostId);
    case 'note':
      return ask.note(hostId, odd ? 'down' : null);
    case 'set':
      return ask.set(hostId, { level: String(count) });
  }
}

interface Ran {
  readonly command: HostCalendarCommand;
  readonly events: readonly HostCalendarEvent[];
  readonly state: CalendarState;
  /** As it was before. */
  readonly had: ReadonlyMap<string, readonly HostShare[]>;
}

/** `restored`: before this step the state is written down and read again. */
function run(given: readonly Step[], check: (ran: Ran) => void = () => undefined, restored = -1) {
  let state = hostCalendar.decider.initialState();
  const all: HostCalendarEvent[] = [];
  const doIt = (command: HostCalendarCommand): void => {
    const had = new Map(Array.from(state.allocations, ([id, { shares }]) => [id, shares] as const));
    const decided = hostCalendar.decider.decide(command, state);
    const events = decided.kind === 'accepted' ? (structuredClone(decided.events) as HostCalendarEvent[]) : [];
    all.push(...structuredClone(events));
    state = events.reduce(hostCalendar.decider.evolve, state);
    check({ command, events, state, had });
  };
  for (const hostId of ['1', '2', '3']) doIt(ask.enrol(hostId, { capabilities: [{ key: 'level', value: hostId }] }));
  for (const [index, step] of given.entries()) {
    if (index === restored) state = hostCalendar.snapshot!.read(asStored(state));
    doIt(commandOf(step, state, index));
  }
  return { events: all, state };
}

function bookingsOf(state: Readonly<CalendarState>): string[] {
  return state.ordered
    .flatMap(({ facts, bookings }) => bookings.map((booking) => bookingText(facts.id, booking)))
    .sort();
}

describe('a host calendar, whatever is asked of it', () => {
  it('promises no host twice, none beyond its capacity, and knows who has it', () => {
    let held = 0;
    fc.assert(
      fc.property(steps, (given) => {
        const model = new CalendarModel();
        run(given, ({ events, state }) => {
          for (const event of events) model.read(event);
          held += events.filter(({ type }) => type === 'HostsHeld').length;
          expect(bookingsOf(state)).toEqual(model.bookings);
          for (const { bookings, longest } of state.ordered) {
            const froms = bookings.map(({ from }) => from);
            expect(froms).toEqual([...froms].sort((one, other) => one - other));
            expect(Math.max(0, ...bookings.map(({ from, to }) => to - from))).toBeLessThanOrEqual(longest);
          }
        });
        expect(model.wrong).toEqual([]);
      }),
    );
    expect(held).toBeGreaterThan(100);
  });

  it('gives a wish as much as it wants, and takes nothing from what is in use', () => {
    fc.assert(
      fc.property(steps, (given) => {
        run(given, ({ command, events: [event], had }) => {
          if (command.type !== 'hold' || event?.type !== 'HostsHeld') return;
          for (const { reservationId, ask: wanted, firm } of command.wishes) {
            const shares = event.data.reservations.find((each) => each.reservationId === reservationId)?.shares ?? [];
            expect(new Set(shares.map(({ hostId }) => hostId)).size).toBe(shares.length);
            if (wanted.kind === 'hosts') {
              expect(shares.length).toBeGreaterThanOrEqual(wanted.min);
              expect(shares.length).toBeLessThanOrEqual(wanted.max);
            } else {
              const counts = shares.map(({ slots }) => slots?.count ?? 0);
              expect(counts.reduce((sum, count) => sum + count, 0)).toBe(wanted.amount);
              if (wanted.affinity === true) expect(counts).toHaveLength(1);
              if (wanted.affinity === false && !firm) expect(Math.max(...counts)).toBe(1);
            }
            for (const { hostId, slots } of firm ? (had.get(reservationId) ?? []) : []) {
              const now = shares.find((share) => share.hostId === hostId);
              expect(now).toBeDefined();
              expect(now?.slots?.count ?? 0).toBeGreaterThanOrEqual(slots?.count ?? 0);
            }
          }
        });
      }),
    );
  });

  it('decides the same again, and leaves the state as it was', () => {
    fc.assert(
      fc.property(
        steps,
        fc.array(fc.record({ kind: fc.constantFrom(...kinds), host: fc.nat(5), from: fc.nat(12) })),
        (given, others) => {
          const { state } = run(given);
          const before = [structuredClone(asStored(state)), bookingsOf(state)];
          for (const [index, other] of others.entries()) {
            const command = commandOf({ ...given[0]!, ...other }, state, 1_000 + index);
            const decided = hostCalendar.decider.decide(command, state);
            expect(hostCalendar.decider.decide(command, state)).toEqual(decided);
          }
          offersOf(state, [wish('new', wantSlots(2)), wish('r0', wantHosts(1))], hour);
          expect([asStored(state), bookingsOf(state)]).toEqual(before);
        },
      ),
    );
  });

  it('asked again right away changes nothing more', () => {
    fc.assert(
      fc.property(steps, (given) => {
        run(given, ({ command, state }) => {
          const again = hostCalendar.decider.decide(command, state);
          if (again.kind === 'accepted' && again.events.length > 0) expect([command, again.events]).toEqual([]);
        });
      }),
    );
  });

  // Of several wishes the first may take more when more hosts are unused, and leave less for the next.
  it('refuses one wish for want of hosts only what would not fit if all that is undecided were gone', () => {
    fc.assert(
      fc.property(steps, (given) => {
        run(given, ({ command, events, state }) => {
          if (command.type !== 'hold' || events.length > 0) return;
          if (command.wishes.length + command.picked.length > 1) return;
          const decided = hostCalendar.decider.decide(command, state);
          if (decided.kind === 'accepted' || decided.code === 'attempt-decided') return;
          const gone = hostCalendar.snapshot!.read(asStored(state));
          for (const attempt of [...gone.holds.keys()]) {
            const about = { partition: 'north', at: 0 };
            const ids = [...(gone.holds.get(attempt)?.reservations.keys() ?? [])];
            const kept = new Set([...command.wishes, ...command.picked].map(({ reservationId }) => reservationId));
            hostCalendar.decider.evolve(gone, { type: 'HoldReleased', data: { ...about, attempt } });
            const reservationIds = ids.filter((id) => !kept.has(id));
            hostCalendar.decider.evolve(gone, {
              type: 'AllocationsReleased',
              data: { ...about, leaseId: '', reservationIds },
            });
          }
          const then = hostCalendar.decider.decide({ ...command, ...decision('anew'), attempt: 'anew' }, gone);
          if (decided.code !== 'held-by-others') expect([then.kind, decided.code]).toEqual(['refused', decided.code]);
          else if (!isOwnHold(state, command)) expect(then.kind).toBe('accepted');
        });
      }),
    );
  });

  it('goes on from a snapshot as if there had been none', () => {
    fc.assert(
      fc.property(steps, fc.nat(79), (given, restored) => {
        const [plain, read] = [run(given), run(given, undefined, Math.min(restored, given.length - 1))];
        expect(read.events).toEqual(plain.events);
        expect(asStored(read.state)).toEqual(asStored(plain.state));
        expect(bookingsOf(read.state)).toEqual(bookingsOf(plain.state));
        expect([...read.state.capabilities].sort()).toEqual([...plain.state.capabilities].sort());
      }),
    );
  });

  it('has the state that its events make', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const { events, state } = run(given);
        const again = structuredClone(events).reduce(hostCalendar.decider.evolve, hostCalendar.decider.initialState());
        expect(asStored(again)).toEqual(asStored(state));
        expect(bookingsOf(again)).toEqual(bookingsOf(state));
      }),
    );
  });
});

function isOwnHold(state: Readonly<CalendarState>, command: Extract<HostCalendarCommand, { type: 'hold' }>): boolean {
  return [...command.wishes, ...command.picked].some(({ reservationId }) => state.holdOf.has(reservationId));
}
