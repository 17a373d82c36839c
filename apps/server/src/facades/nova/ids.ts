import { pythonInt } from '#wire';

/** What oslo takes for a uuid: dashes, braces and `urn:uuid:` aside, 32 hex digits in any case. */
export function isUuidLike(text: string): boolean {
  return bareUuid(text) !== undefined;
}

/** Lower case with dashes; undefined: does not look like a uuid. */
export function normalUuid(text: string): string | undefined {
  return bareUuid(text)?.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function bareUuid(text: string): string | undefined {
  const bare = text
    .replace('urn:', '')
    .replace('uuid:', '')
    .replace(/^[{}]+|[{}]+$/g, '')
    .replaceAll('-', '')
    .toLowerCase();
  return /^[0-9a-f]{32}$/.test(bare) ? bare : undefined;
}

/** Nothing has it. */
export const unusedId = 0;

/** An integer id as Python reads it; one that no row can have becomes `unusedId`; undefined: no integer. */
export function integerId(text: string): number | undefined {
  const value = pythonInt(text);
  if (value === undefined) return undefined;
  return value > 0n && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : unusedId;
}
