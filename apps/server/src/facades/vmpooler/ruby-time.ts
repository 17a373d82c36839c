/** Offsets change at most at these intervals, anywhere. Milliseconds. */
const slice = 900_000;
/** Enough for ten days of slices. */
const keptSlices = 1_000;
const minute = 60_000;

/** The server's local time in Ruby's forms. Offsets are looked up once for each quarter of an hour. */
export class RubyTimes {
  private readonly offsets = new Map<number, number>();
  private readonly format: Intl.DateTimeFormat;

  /** `timeZone`: IANA name; null: the system's. */
  constructor(timeZone: string | null) {
    this.format = new Intl.DateTimeFormat('en-US', {
      ...(timeZone === null ? {} : { timeZone }),
      timeZoneName: 'longOffset',
    });
  }

  /** `2026-03-09 08:15:00 +0100` */
  local(at: number): string {
    const offset = this.offset(at);
    return `${civil(at, offset, ' ')} ${offsetText(offset, '')}`;
  }

  /** `2026-03-09T08:15:00+01:00` */
  rfc3339(at: number): string {
    const offset = this.offset(at);
    return `${civil(at, offset, 'T')}${offsetText(offset, ':')}`;
  }

  /** `2026-03-09` */
  day(at: number): string {
    return civil(at, this.offset(at), 'T').slice(0, 10);
  }

  /** Minutes east of UTC. */
  private offset(at: number): number {
    const of = Math.floor(at / slice);
    const known = this.offsets.get(of);
    if (known !== undefined) return known;
    const written = this.format.formatToParts(of * slice).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours = '0', minutes = '0'] = /([+-])(\d\d):(\d\d)/.exec(written) ?? [];
    const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
    if (this.offsets.size >= keptSlices) this.offsets.clear();
    this.offsets.set(of, offset);
    return offset;
  }
}

function civil(at: number, offset: number, between: string): string {
  const iso = new Date(at + offset * minute).toISOString();
  return `${iso.slice(0, 10)}${between}${iso.slice(11, 19)}`;
}

function offsetText(offset: number, between: string): string {
  const size = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${between}${two(size % 60)}`;
}

const two = (number: number): string => String(number).padStart(2, '0');
