import type { Collection } from '#read-store';
import type { HostCapabilityDocument } from './reservable-hosts.document.js';

/** Small, because all hosts may have the same value: the next page begins behind the last value of this one. */
const pageSize = 50;

/** The distinct values that a capability has on hosts, in their order: as many look-ups as there are values, or fewer. */
export async function valuesOfCapability(
  capabilities: Collection<HostCapabilityDocument>,
  key: string,
): Promise<readonly string[]> {
  const values = new Set<string>();
  let last: string | undefined;
  for (;;) {
    const page = await capabilities.find({
      where: last === undefined ? { key } : { key, value: { gt: last } },
      sort: [{ field: 'value', direction: 'ascending' }],
      limit: pageSize,
    });
    for (const { value } of page) values.add(value);
    last = page.at(-1)?.value;
    if (last === undefined || page.length < pageSize) return [...values];
  }
}

export async function isCapabilityOfSomeHost(
  capabilities: Collection<HostCapabilityDocument>,
  key: string,
): Promise<boolean> {
  const [some] = await capabilities.find({
    where: { key },
    sort: [{ field: 'value', direction: 'ascending' }],
    limit: 1,
  });
  return some !== undefined;
}
