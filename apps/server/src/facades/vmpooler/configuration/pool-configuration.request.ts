import type { FastifyRequest } from 'fastify';
import { bodyOf, isObject } from '../requests/json-body.js';
import { VmpoolerError } from '../vmpooler-error.js';

/** What a body says of each pool, by name. */
export type ByPool = readonly (readonly [pool: string, value: unknown])[];

/** As large as the configuration file allows. */
const largestSize = 100_000;
/** Templates and clone targets. */
const longestText = 1024;

/** Undefined: `null`, which names nothing. Throws 400 for what is no object. */
export function byPool(request: FastifyRequest): ByPool | undefined {
  const body = bodyOf(request);
  if (body.kind === 'json' && body.value === null) return undefined;
  if (body.kind !== 'json' || !isObject(body.value)) throw new VmpoolerError(400);
  return Object.entries(body.value);
}

/** The values that can be used, and each name that cannot, as often as there is something wrong with it. */
export interface Checked<Value> {
  readonly values: ReadonlyMap<string, Value>;
  readonly wrong: readonly string[];
}

type IsPool = (name: string) => boolean;

/** Integers from 0, or text that is one. */
export function sizes(given: ByPool, isPool: IsPool): Checked<number> {
  return checked(given, isPool, (value) => {
    const size = typeof value === 'string' && /^\s*\+?\d{1,9}\s*$/.test(value) ? Number(value) : value;
    const isSize = typeof size === 'number' && Number.isInteger(size) && size >= 0 && size <= largestSize;
    return isSize ? size : undefined;
  });
}

/** Paths with a slash that stands at neither end. */
export function templates(given: ByPool, isPool: IsPool): Checked<string> {
  return checked(given, isPool, (value) => {
    const isPath = typeof value === 'string' && value.length <= longestText && /^[^/].*\/.*[^/]$/s.test(value);
    return isPath ? value : undefined;
  });
}

export function cloneTargets(given: ByPool, isPool: IsPool): Checked<string> {
  return checked(given, isPool, (value) =>
    typeof value === 'string' && value !== '' && value.length <= longestText ? value : undefined,
  );
}

/** Only the names count. */
export function poolNames(given: ByPool, isPool: IsPool): Checked<true> {
  return checked(given, isPool, () => true);
}

function checked<Value>(given: ByPool, isPool: IsPool, read: (value: unknown) => Value | undefined): Checked<Value> {
  const values = new Map<string, Value>();
  const wrong: string[] = [];
  for (const [pool, written] of given) {
    const value = read(written);
    if (!isPool(pool)) wrong.push(pool);
    if (value === undefined) wrong.push(pool);
    else values.set(pool, value);
  }
  return { values, wrong };
}
