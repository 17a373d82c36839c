import { freeAndBusy } from './free-and-busy.policy.js';
import type { HostCalendarEvent } from './host-calendar.events.js';
import { did, held, hours, slots, stateOf, whole } from './host-calendar.samples.contract.js';

const shown = (...events: readonly HostCalendarEvent[]) => {
  const [host] = stateOf(did.enrol('1'), ...events).ordered;
  return freeAndBusy(host!, hours(10, 20));
};
const busy = (reservationId: string, from: number, to: number, count: number | null = null) => ({
  ...hours(from, to),
  ...{ reservationId, leaseId: `lease-of-${reservationId}`, slots: count },
});

describe('free and busy times of a host', () => {
  it('are all free where nothing is booked inside the window', () => {
    expect(
      shown(...did.allocate('r', hours(0, 10), whole('1')), ...did.allocate('s', hours(20, 30), whole('1'))),
    ).toEqual({
      ...{ hostId: '1', hostname: 'node-1', reservable: true, busy: [], free: [hours(10, 20)] },
    });
  });

  it('end with the window', () => {
    const { busy: taken, free } = shown(
      ...did.allocate('r', hours(5, 12), whole('1')),
      ...did.allocate('s', hours(15, 30), whole('1')),
    );
    expect([taken, free]).toEqual([[busy('r', 10, 12), busy('s', 15, 20)], [hours(12, 15)]]);
    expect(shown(...did.allocate('r', hours(0, 99), whole('1'))).free).toEqual([]);
  });

  it('tell of instances that are there together', () => {
    const { busy: taken, free } = shown(
      ...did.allocate('r', hours(11, 18), slots({ '1': 2 })),
      ...did.allocate('s', hours(12, 14), slots({ '1': 1 })),
    );
    expect([taken, free]).toEqual([
      [busy('r', 11, 18, 2), busy('s', 12, 14, 1)],
      [hours(10, 11), hours(18, 20)],
    ]);
  });

  it('tell of what is held, once where it is what the reservation has', () => {
    const had = did.allocate('r', hours(11, 13), whole('1'));
    const kept = shown(...had, did.hold('r2', held('r', hours(11, 13), whole('1'))));
    expect(kept.busy).toEqual([busy('r', 11, 13)]);
    const longer = shown(...had, did.hold('r2', held('r', hours(11, 15), whole('1'))));
    expect(longer.busy).toEqual([busy('r', 11, 13), { ...busy('r', 11, 15), leaseId: 'lease-of-r2' }]);
    expect(longer.free).toEqual([hours(10, 11), hours(15, 20)]);
  });
});
