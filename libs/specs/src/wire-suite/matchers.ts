import { isDeepStrictEqual } from 'node:util';
import type { ScalarTag } from 'yaml';

const kinds = ['matches', 'any', 'absent', 'integer', 'uuid'] as const;

/** An expected value that is not one value: `!matches '^req-'`, `!any`, `!absent`, `!integer`, `!uuid`. */
export class Matcher {
  constructor(
    readonly kind: (typeof kinds)[number],
    readonly pattern = '',
  ) {}

  accepts(actual: unknown): boolean {
    switch (this.kind) {
      case 'any':
        return actual !== undefined;
      case 'absent':
        return actual === undefined;
      case 'integer':
        return Number.isInteger(actual);
      case 'uuid':
        return typeof actual === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(actual);
      case 'matches':
        return typeof actual === 'string' && new RegExp(this.pattern, 'su').test(actual);
    }
  }

  toJSON(): string {
    return `!${this.kind}${this.pattern === '' ? '' : ` ${this.pattern}`}`;
  }
}

/** The tags that the YAML parser needs to know. */
export const matcherTags: ScalarTag[] = kinds.map((kind) => ({
  tag: `!${kind}`,
  resolve: (text) => new Matcher(kind, text),
}));

const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Matcher);

/** Every place where `actual` is not as expected, in words. `partial`: objects may have members that are not expected. */
export function differences(expected: unknown, actual: unknown, partial: boolean, place = '$'): readonly string[] {
  if (expected instanceof Matcher)
    return expected.accepts(actual) ? [] : [`${place}: expected ${show(expected)}, got ${show(actual)}`];
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length)
    return expected.flatMap((item, index) => differences(item, actual[index], partial, `${place}[${String(index)}]`));
  if (isObject(expected) && isObject(actual)) {
    const unexpected = partial ? [] : Object.keys(actual).filter((name) => !Object.hasOwn(expected, name));
    return [
      ...Object.entries(expected).flatMap(([name, value]) =>
        differences(value, Object.hasOwn(actual, name) ? actual[name] : undefined, partial, `${place}.${name}`),
      ),
      ...unexpected.map((name) => `${place}.${name}: unexpected, ${show(actual[name])}`),
    ];
  }
  return isDeepStrictEqual(expected, actual) ? [] : [`${place}: expected ${show(expected)}, got ${show(actual)}`];
}
