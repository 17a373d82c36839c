/** Makes the values of tags as the configuration wants them (`tagfilter`): pure, replaceable. */
export type TagFilter = (tags: Readonly<Record<string, string | null>>) => Readonly<Record<string, string>>;

/**
 * By tag key a regular expression: where it matches, its captures joined become the value, else the value stays.
 * Empty values and nulls are left out. Throws SyntaxError for what is no expression.
 */
export function tagFilter(expressions: Readonly<Record<string, string>>): TagFilter {
  const byKey = new Map(Object.entries(expressions).map(([key, expression]) => [key, new RegExp(expression)]));
  return (tags) => {
    const filtered = Object.entries(tags).map(([key, value]): [string, string] => {
      if (value === null) return [key, ''];
      const captures = byKey.get(key)?.exec(value)?.slice(1);
      return [key, captures?.map((capture: string | undefined) => capture ?? '').join('') ?? value];
    });
    return Object.fromEntries(filtered.filter(([, value]) => value !== ''));
  };
}
