import type { LeaseChange, RawReservation, WantedLease } from '#reservations';
import { BlazarError } from './blazar-error.js';
import type { JsonObject } from './pipeline/blazar-request.js';
import { dateOf, dateOrNow } from './wire-time.js';

const required = ['name', 'start_date', 'end_date'] as const;
const longestName = 255;
const mostReservations = 1000;

const malformed = (name: string): BlazarError => new BlazarError(400, `Malformed parameter ${name}`);
const missing = (names: readonly string[]): BlazarError =>
  new BlazarError(400, `Missing parameter ${names.join(', ')}`);

/** POST, in Blazar's order of checks (contracts/blazar §5). `now`: milliseconds since 1970. Throws BlazarError. */
export function wantedLease(body: JsonObject, now: number): WantedLease {
  const absent = required.filter((name) => !Object.hasOwn(body, name));
  if (absent.length > 0) throw missing(absent);
  const reservations = reservationsOf(body.reservations === undefined ? [] : body.reservations);
  if (reservations.some((reservation) => !Object.hasOwn(reservation, 'resource_type')))
    throw missing(['resource_type']);
  const startsAt = dateOrNow(body.start_date, now);
  const endsAt = dateOrNow(body.end_date, now);
  return { name: nameOf(body.name), startsAt, endsAt, ...beforeEnd(body), reservations };
}

/** PUT (contracts/blazar §9): fields that are not there stay as they are. Throws BlazarError. */
export function leaseChange(body: JsonObject, now: number): LeaseChange {
  const has = (name: string): boolean => Object.hasOwn(body, name);
  return {
    ...(has('name') ? { name: nameOf(body.name) } : {}),
    ...(has('start_date') ? { startsAt: dateOrNow(body.start_date, now) } : {}),
    ...(has('end_date') ? { endsAt: dateOrNow(body.end_date, now) } : {}),
    ...beforeEnd(body),
    ...(has('reservations') ? { reservations: reservationsOf(body.reservations) } : {}),
  };
}

/** Null is as good as absent. */
function beforeEnd({ before_end_date: value }: JsonObject): { readonly beforeEndAt?: number } {
  return value === undefined || value === null ? {} : { beforeEndAt: dateOf(value) };
}

function nameOf(value: unknown): string {
  if (typeof value !== 'string' || value.length > longestName) throw malformed('name');
  return value;
}

function reservationsOf(value: unknown): readonly RawReservation[] {
  if (!Array.isArray(value) || value.length > mostReservations || !value.every(isObject))
    throw malformed('reservations');
  return value;
}

function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
