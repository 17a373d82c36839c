import { describe, expect, it } from '@jest/globals';
import { beforeEndRefusal, datesRefusal, dueEvents, minuteOf } from './due-events.policy.js';
import { endsAt, minute, startsAt } from './lease.samples.contract.js';

const dates = { startsAt, endsAt };

describe('the dates of a new lease', () => {
  it('are compared with the minute that it is', () => {
    expect(minuteOf(startsAt + minute - 1)).toBe(startsAt);
    expect(minuteOf(startsAt)).toBe(startsAt);
    expect(datesRefusal(dates, startsAt + minute - 1)).toBeUndefined();
    expect(datesRefusal(dates, startsAt + minute)?.code).toBe('start-in-past');
  });

  it('end after they begin', () => {
    expect(datesRefusal({ startsAt, endsAt: startsAt }, 0)?.code).toBe('end-not-after-start');
    expect(datesRefusal({ startsAt, endsAt: startsAt - minute }, 0)?.code).toBe('end-not-after-start');
    expect(datesRefusal({ startsAt, endsAt: startsAt + minute }, 0)).toBeUndefined();
    expect(datesRefusal({ startsAt, endsAt: startsAt }, endsAt)?.code).toBe('start-in-past');
  });

  it.each([
    [undefined, undefined],
    [startsAt, 'before-end-out-of-lease'],
    [startsAt + minute, undefined],
    [endsAt - minute, undefined],
    [endsAt, 'before-end-out-of-lease'],
    [0, 'before-end-out-of-lease'],
  ])('have the moment before the end, if asked for, strictly inside: %p', (beforeEndAt, code) => {
    expect(beforeEndRefusal({ ...dates, beforeEndAt })?.code).toBe(code);
  });
});

describe('the events of a new lease', () => {
  const events = (minutes: number, beforeEndAt?: number) =>
    dueEvents({ ...dates, beforeEndAt }, minutes, (type) => `id of ${type}`);
  const both = [
    { id: 'id of start_lease', type: 'start_lease', dueAt: startsAt },
    { id: 'id of end_lease', type: 'end_lease', dueAt: endsAt },
  ];
  const announced = (dueAt: number) => ({ id: 'id of before_end_lease', type: 'before_end_lease', dueAt });

  it('are its start, its end, and some minutes before it', () => {
    expect(events(60)).toEqual([...both, announced(endsAt - 60 * minute)]);
    expect(events(120)).toEqual([...both, announced(startsAt)]);
  });

  it('are never before its start', () => {
    expect(events(121)).toEqual([...both, announced(startsAt)]);
  });

  it('have none before the end where none is configured', () => {
    expect(events(0)).toEqual(both);
  });

  it('have it when it is asked for', () => {
    expect(events(60, endsAt - minute)).toEqual([...both, announced(endsAt - minute)]);
    expect(events(0, endsAt - minute)).toEqual([...both, announced(endsAt - minute)]);
  });
});
