/** Leading integer of a number or text, as Ruby's `to_i`; undefined for what has none (lists, objects, booleans). */
export function rubyInteger(value: unknown): number | undefined {
  if (value === null) return 0;
  if (typeof value === 'number') return bounded(Math.trunc(value));
  if (typeof value !== 'string') return undefined;
  return bounded(Number(/^\s*([+-]?\d+)/.exec(value)?.[1] ?? 0));
}

const bounded = (value: number): number =>
  Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER) + 0;

/** `to_s` of a JSON value. */
export function rubyText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : rubyInspect(value);
}

/** `inspect` of a JSON value: `{"x"=>"y"}`. */
export function rubyInspect(value: unknown): string {
  if (typeof value === 'string') return inspectText(value);
  if (Array.isArray(value)) return `[${value.map((item) => rubyInspect(item)).join(', ')}]`;
  if (value !== null && typeof value === 'object')
    return `{${Object.entries(value).map(([key, member]) => `${inspectText(key)}=>${rubyInspect(member)}`).join(', ')}}`; // prettier-ignore
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'nil';
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\v': '\\v',
  '\b': '\\b',
  '\u0007': '\\a',
  '\u001b': '\\e',
};

function inspectText(text: string): string {
  // eslint-disable-next-line no-control-regex -- those that Ruby escapes
  const escaped = text.replace(/["\\\u0000-\u001f\u007f]|#(?=[{$@])/g, (found) => {
    if (found === '#') return '\\#';
    return escapes[found] ?? `\\u${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}
