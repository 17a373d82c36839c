import { ValidateBy } from 'class-validator';

/** RFC 3339: a moment needs its zone, or nobody knows which it is. */
export const momentForm = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** `2026-02-30` is none, though Date reads it as the 2nd of March. */
function isMoment(value: unknown): boolean {
  const [, year, month, day] = (typeof value === 'string' ? momentForm.exec(value) : null) ?? [];
  if (year === undefined || Number.isNaN(Date.parse(value as string))) return false;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

export function IsMoment(): PropertyDecorator {
  return ValidateBy({
    name: 'isMoment',
    validator: {
      validate: isMoment,
      defaultMessage: (about) =>
        `${about?.property ?? 'it'} must be an RFC 3339 moment with a zone, such as 2026-03-02T08:00:00Z`,
    },
  });
}
