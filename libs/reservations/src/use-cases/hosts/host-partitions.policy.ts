import type { PartitionSettings } from '../../reservations.settings.js';

/** Of hosts that no configured partition names. */
export const defaultPartition = 'default';

/** The first that names the host; `*` stands for any characters. */
export function partitionFor(partitions: readonly PartitionSettings[], hostname: string): string {
  const named = partitions.find(({ hosts }) => hosts.some((pattern) => matches(pattern, hostname)));
  return named?.name ?? defaultPartition;
}

/** In the order of the settings. */
export function partitionNames(partitions: readonly PartitionSettings[]): readonly string[] {
  return [...new Set([...partitions.map(({ name }) => name), defaultPartition])];
}

/** From left to right, the shortest that fits: linear, unlike an expression with several `.*`. */
function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
