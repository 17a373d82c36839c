import { describe, expect, it } from '@jest/globals';
import { RubyTimes } from './ruby-time.js';

const at = Date.UTC(2026, 2, 9, 7, 15, 0, 999);

describe('times of the server', () => {
  it.each([
    ['Europe/Berlin', '2026-03-09 08:15:00 +0100', '2026-03-09T08:15:00+01:00'],
    ['UTC', '2026-03-09 07:15:00 +0000', '2026-03-09T07:15:00+00:00'],
    ['America/St_Johns', '2026-03-09 04:45:00 -0230', '2026-03-09T04:45:00-02:30'],
    ['Asia/Kathmandu', '2026-03-09 13:00:00 +0545', '2026-03-09T13:00:00+05:45'],
    ['Pacific/Kiritimati', '2026-03-09 21:15:00 +1400', '2026-03-09T21:15:00+14:00'],
  ])('%s', (zone, local, rfc3339) => {
    const times = new RubyTimes(zone);
    expect([times.local(at), times.rfc3339(at)]).toEqual([local, rfc3339]);
  });

  it('change with the season, to the second', () => {
    const times = new RubyTimes('Europe/Berlin');
    const change = Date.UTC(2026, 2, 29, 1);
    expect([change - 1000, change].map((moment) => times.local(moment))).toEqual([
      '2026-03-29 01:59:59 +0100',
      '2026-03-29 03:00:00 +0200',
    ]);
  });

  it('have days of their own', () => {
    const midnight = Date.UTC(2026, 2, 9, 23, 30);
    expect(['UTC', 'Asia/Tokyo'].map((zone) => new RubyTimes(zone).day(midnight))).toEqual([
      '2026-03-09',
      '2026-03-10',
    ]);
  });

  it('without a zone are those of the system, and the same moment', () => {
    const written = new RubyTimes(null).rfc3339(at);
    expect(Date.parse(written)).toBe(Math.floor(at / 1000) * 1000);
  });

  it('are right also when more moments were asked for than are kept', () => {
    const times = new RubyTimes('Europe/Berlin');
    const moments = Array.from({ length: 3_000 }, (_, n) => at + n * 900_000);
    for (const moment of [...moments, ...moments])
      expect(Date.parse(times.rfc3339(moment))).toBe(Math.floor(moment / 1000) * 1000);
  });
});
