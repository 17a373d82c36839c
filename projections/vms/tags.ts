import type { VmDocument } from './vms.document.js';

/** A value that is set replaces the former one of its key, in its place. */
export function withTags(tags: VmDocument['tags'], set: Readonly<Record<string, string>>): VmDocument['tags'] {
  const values = new Map(tags);
  for (const [key, value] of Object.entries(set)) values.set(key, value);
  return [...values];
}
