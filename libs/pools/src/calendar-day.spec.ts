import { describe, expect, it } from '@jest/globals';
import { calendarDay } from './calendar-day.policy.js';

describe('the calendar day', () => {
  it.each([
    ['2026-03-09T22:59:59.999Z', 'Europe/Berlin', '2026-03-09'],
    ['2026-03-09T23:00:00.000Z', 'Europe/Berlin', '2026-03-10'],
    ['2026-03-09T23:00:00.000Z', 'UTC', '2026-03-09'],
    ['2026-03-09T18:14:59.999Z', 'Asia/Kathmandu', '2026-03-09'],
    ['2026-03-09T18:15:00.000Z', 'Asia/Kathmandu', '2026-03-10'],
    ['2026-10-24T22:00:00.000Z', 'Europe/Berlin', '2026-10-25'],
    ['2026-10-25T22:59:59.999Z', 'Europe/Berlin', '2026-10-25'],
    ['2026-10-25T23:00:00.000Z', 'Europe/Berlin', '2026-10-26'],
  ])('of %s in %s is %s', (moment, zone, day) => {
    expect(calendarDay(Date.parse(moment), zone)).toBe(day);
  });

  it('without a zone is that of the system', () => {
    const at = new Date(2026, 2, 9, 23, 59, 59);
    expect(calendarDay(at.getTime(), null)).toBe('2026-03-09');
    expect(calendarDay(at.getTime() + 1000, null)).toBe('2026-03-10');
  });
});
