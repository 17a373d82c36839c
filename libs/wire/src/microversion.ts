/** A header as Node gives it. */
export type HeaderValue = string | string[] | undefined;

/**
 * The version that a client asks one service for, as written: `OpenStack-API-Version: compute 2.53` (several services
 * separated by commas, the last of ours counts), else the older header of that service alone. Undefined: none.
 */
export function askedMicroversion(service: string, standard: HeaderValue, older: HeaderValue): string | undefined {
  return fromStandard(service, joined(standard)) ?? lastItem(joined(older));
}

function joined(value: HeaderValue): string | undefined {
  return Array.isArray(value) ? value.join(',') : value;
}

function fromStandard(service: string, header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  for (const item of header.split(',').reverse()) {
    const [name, ...version] = item.trim().split(/\s+/);
    if (name?.toLowerCase() === service && version.length > 0) return version.join(' ');
  }
  return undefined;
}

function lastItem(header: string | undefined): string | undefined {
  const item = header?.split(',').at(-1)?.trim();
  return item === '' ? undefined : item;
}

const form = /^([1-9][0-9]*)\.([1-9][0-9]*|0)$/;

/** Undefined: not of the form MAJOR.MINOR. */
export function parseMicroversion(text: string): { readonly major: number; readonly minor: number } | undefined {
  const found = form.exec(text);
  return found === null ? undefined : { major: Number(found[1]), minor: Number(found[2]) };
}
