import { chainHash, type EventStore } from '#event-store';
import type { Checkpoint } from '#read-store';

/** C8: does derived state with this checkpoint belong to this log and to this version of the fold? Throws StoreUnavailable. */
export async function belongs(checkpoint: Checkpoint, version: number, store: EventStore): Promise<boolean> {
  if (checkpoint.epoch !== store.epoch || checkpoint.version !== version) return false;
  // Positions are whole numbers, so what comes after the one before is the event itself.
  const [event] = await store.readAll({ after: checkpoint.position - 1, limit: 1 });
  return event?.position === checkpoint.position && chainHash(event) === checkpoint.hash;
}
