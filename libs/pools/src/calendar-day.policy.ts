interface Calendar {
  readonly format: Intl.DateTimeFormat;
  /** The quarter of an hour that was asked for last: no zone's day changes within one. */
  quarter: number;
  day: string;
}

const quarterMs = 15 * 60_000;
const calendars = new Map<string | null, Calendar>();

/** The server's calendar date at a moment, `YYYY-MM-DD`. `timeZone`: IANA name; null: the system's. */
export function calendarDay(at: number, timeZone: string | null): string {
  let calendar = calendars.get(timeZone);
  if (calendar === undefined) {
    const format = new Intl.DateTimeFormat('en-CA', {
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      ...(timeZone === null ? {} : { timeZone }),
    });
    calendar = { format, quarter: NaN, day: '' };
    calendars.set(timeZone, calendar);
  }
  const quarter = Math.floor(at / quarterMs);
  if (quarter !== calendar.quarter) {
    calendar.day = dateOf(calendar.format, at);
    calendar.quarter = quarter;
  }
  return calendar.day;
}

function dateOf(format: Intl.DateTimeFormat, at: number): string {
  const part = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return [part.get('year')?.padStart(4, '0'), part.get('month'), part.get('day')].join('-');
}
