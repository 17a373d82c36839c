import { parseQuery } from '#wire';

/** The last value of a parameter: null when it stands there without `=`, undefined when it does not. Throws NotUtf8. */
export function queryValue(target: string, name: string): string | null | undefined {
  const mark = target.indexOf('?');
  if (mark < 0) return undefined;
  let found: string | null | undefined;
  for (const pair of target.slice(mark + 1).split('&')) {
    const value = parseQuery(`?${pair}`)[name]?.at(-1);
    if (value !== undefined) found = pair.includes('=') ? value : null;
  }
  return found;
}
