/** A number that is a float in Ruby: `100.0`, where JSON would have it as `100`. */
export class RubyFloat {
  constructor(readonly value: number) {}
}

/** A member of an object: in the order in which they are given, whatever the names are. */
export type Field = readonly [name: string, value: JsonValue];

/** What this face's answers are made of. A map is an object with keys that somebody chose, in the map's order. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | RubyFloat
  | readonly JsonValue[]
  | ReadonlyMap<string, JsonValue>
  | { readonly [name: string]: JsonValue | undefined };

/** `decimals`: rounded to so many. */
export function float(value: number, decimals?: number): RubyFloat {
  if (decimals === undefined) return new RubyFloat(value);
  const scale = 10 ** decimals;
  return new RubyFloat(Math.round(value * scale) / scale);
}

/** An object of these members. */
export function fields(members: Iterable<Field>): ReadonlyMap<string, JsonValue> {
  return new Map(members);
}

/** Over several lines with two blanks for each level, as Ruby's pretty_generate. */
export function jsonText(value: JsonValue, indent = ''): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value !== 'object') return String(value);
  if (value instanceof RubyFloat) return floatText(value.value);
  const deeper = `${indent}  `;
  if (isList(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((item) => deeper + jsonText(item, deeper)).join(',\n')}\n${indent}]`;
  }
  const members: string[] = [];
  const given: Iterable<readonly [string, JsonValue | undefined]> = isMap(value) ? value : Object.entries(value);
  for (const [name, member] of given)
    if (member !== undefined) members.push(`${deeper}${JSON.stringify(name)}: ${jsonText(member, deeper)}`);
  return members.length === 0 ? '{}' : `{\n${members.join(',\n')}\n${indent}}`;
}

const isList = (value: object): value is readonly JsonValue[] => Array.isArray(value);
const isMap = (value: object): value is ReadonlyMap<string, JsonValue> => value instanceof Map;

function floatText(value: number): string {
  if (!Number.isFinite(value)) return '0.0';
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${String(value)}.0` : String(value);
}
