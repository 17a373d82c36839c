import type { Blobs, Projection } from '#read-store';

/** Ids of events that an operator has a read model leave out; kept per version of the fold, so that a repaired fold sees them again. */
export async function readSkipped(blobs: Blobs, projection: Projection): Promise<Set<string>> {
  const text = await blobs.get(keyOf(projection));
  return new Set(text === undefined ? [] : (JSON.parse(text) as string[]));
}

export async function writeSkipped(blobs: Blobs, projection: Projection, skipped: ReadonlySet<string>): Promise<void> {
  await blobs.put(keyOf(projection), JSON.stringify([...skipped]));
}

function keyOf({ name, version }: Projection): string {
  return `skipped/${name}@${String(version)}`;
}
