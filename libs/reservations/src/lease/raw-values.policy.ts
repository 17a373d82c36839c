import { refuse, type Refused } from '#kernel';

/** An integer, or its plain decimal numeral (`7`, not `07` or `+7`). Undefined: it is neither. */
export function integerOf(value: unknown): number | undefined {
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) return undefined;
  // `-0` is the integer 0 as well.
  return typeof value === 'number' || String(number) === value ? number + 0 : undefined;
}

const yes = new Set(['1', 't', 'true', 'on', 'y', 'yes']);
const no = new Set(['0', 'f', 'false', 'off', 'n', 'no']);

/** Null: none is wanted. Undefined: it is nothing of the kind. */
export function affinityOf(value: unknown): boolean | null | undefined {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const word = String(value).trim().toLowerCase();
  if (word === 'none') return null;
  return yes.has(word) ? true : no.has(word) ? false : undefined;
}

/** Names that are not there; null is as good as not there, but for those of `nullable`. */
export function missingOf(
  raw: Readonly<Record<string, unknown>>,
  names: readonly string[],
  nullable: readonly string[] = [],
): Refused<'parameters-missing'> | undefined {
  const isThere = (name: string): boolean =>
    Object.hasOwn(raw, name) && raw[name] !== undefined && (raw[name] !== null || nullable.includes(name));
  const missing = names.filter((name) => !isThere(name));
  return missing.length === 0 ? undefined : refuse('parameters-missing', { names: missing });
}
