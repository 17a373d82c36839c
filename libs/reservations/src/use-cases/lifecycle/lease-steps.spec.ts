import { announcedAt, endsAt, factsAfter, happened, startsAt } from '../../lease/lease.samples.contract.js';
import type { LeaseEvent } from '../../lease/lease.events.js';
import { stepDue } from './lease-steps.policy.js';

const { created, starting, started, startFailed, announcing, announced, ending, ended, endFailed } = happened;
const { deleting, deletionFailed } = happened;
const after = (now: number, ...events: readonly LeaseEvent[]) => stepDue(factsAfter(created(), ...events), now);
const longAfter = endsAt + 1e9;

describe('what is due for a lease', () => {
  it('is nothing early, and start, announcement and end in this order, however late', () => {
    expect([after(startsAt - 1), after(startsAt), after(longAfter)]).toEqual([undefined, 'start', 'start']);
    expect([announcedAt - 1, announcedAt, longAfter].map((now) => after(now, starting, started))).toEqual([
      undefined,
      'announce',
      'announce',
    ]);
    expect([endsAt - 1, endsAt].map((now) => after(now, starting, started, announced))).toEqual([undefined, 'end']);
    expect(after(longAfter, starting, started, announced, ending, ended)).toBeUndefined();
  });

  it('is to go on with what was begun, whatever the clock says', () => {
    expect(after(0, starting)).toBe('start');
    expect(after(0, starting, started, announcing)).toBe('announce');
    expect(after(0, starting, started, announced, ending)).toBe('end');
    expect(after(0, starting, started, deleting)).toBe('delete');
  });

  it('after a failed start is the end alone, after a failed end nothing', () => {
    expect([announcedAt, endsAt].map((now) => after(now, starting, startFailed))).toEqual([undefined, 'end']);
    expect(after(longAfter, starting, started, announced, ending, endFailed)).toBeUndefined();
    expect([announcedAt, endsAt].map((now) => after(now, starting, started, deleting, deletionFailed))).toEqual([
      undefined,
      'end',
    ]);
  });
});
