const steps = /\.([A-Za-z_][\w-]*)|\[(\d+)\]|\['([^']*)'\]/y;

/** The value at `$.list[0].name` or `$['odd name']`; undefined where there is none; `$.list.length()` counts. */
export function valueAt(path: string, json: unknown): unknown {
  if (!path.startsWith('$')) throw new Error(`${path}: a path begins with $`);
  let value = json;
  let at = 1;
  while (at < path.length) {
    const rest = path.slice(at);
    if (rest.startsWith('.length()')) {
      value = Array.isArray(value) ? value.length : undefined;
      at += '.length()'.length;
      continue;
    }
    steps.lastIndex = at;
    const step = steps.exec(path);
    if (step === null) throw new Error(`${path}: cannot be read from "${rest}"`);
    value = member(value, step[1] ?? step[3] ?? Number(step[2]));
    at = steps.lastIndex;
  }
  return value;
}

function member(value: unknown, key: string | number): unknown {
  if (value === null || typeof value !== 'object') return undefined;
  return Object.hasOwn(value, key) ? (value as Record<string | number, unknown>)[key] : undefined;
}
