type Setting = string | number | boolean | null | readonly string[];

/** Flat settings, field by field, whatever the order of the fields. */
export function sameSettings<Settings extends { readonly [Field in keyof Settings]: Setting }>(
  one: Settings,
  other: Settings,
): boolean {
  const fields = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof Settings>;
  return [...fields].every((field) => sameSetting(one[field], other[field]));
}

function sameSetting(one: Setting | undefined, other: Setting | undefined): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((each, index) => each === other[index]);
  }
  return one === other;
}
