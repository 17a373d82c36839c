/** A query string that is not UTF-8 after decoding. */
export class NotUtf8 extends Error {
  override readonly name = 'NotUtf8';
}

/** Every value of every parameter, in order of appearance. */
export type QueryValues = Readonly<Record<string, readonly string[]>>;

const none: QueryValues = Object.freeze({});
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * The query of a request target. A parameter without `=` has the value ''; a percent sign that begins no escape stands
 * for itself, as in Python. Throws NotUtf8.
 */
export function parseQuery(target: string): QueryValues {
  const mark = target.indexOf('?');
  if (mark < 0 || mark === target.length - 1) return none;
  const values = new Map<string, string[]>();
  for (const pair of target.slice(mark + 1).split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  return Object.fromEntries(values);
}

const escapesOnly = /((?:%[0-9a-fA-F]{2})+)/;

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  return spaced
    .split(escapesOnly)
    .map((part, index) => (index % 2 === 0 ? part : utf8(part)))
    .join('');
}

function utf8(escapes: string): string {
  try {
    return decoder.decode(Buffer.from(escapes.replaceAll('%', ''), 'hex'));
  } catch {
    throw new NotUtf8('the query string is not UTF-8');
  }
}
