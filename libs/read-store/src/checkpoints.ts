import { type Checkpoint, CheckpointConflict, type DocumentWrite, type ProjectionShape } from './port.js';

/**
 * May a batch with this checkpoint be written onto that one? False: it is an old one, there is nothing to do.
 * Throws `CheckpointConflict` where the two do not belong to one log and one version of the fold.
 */
export function followsOn(
  stored: Checkpoint | undefined,
  next: Checkpoint,
  { name, version }: ProjectionShape,
): boolean {
  const conflict = (why: string) => new CheckpointConflict(`projection ${name}: ${why}`);
  if (next.version !== version)
    throw conflict(`a batch of version ${next.version} for documents of version ${version}`);
  if (!stored) return true;
  if (next.epoch !== stored.epoch)
    throw conflict(`a batch of the log's epoch ${next.epoch}, documents of epoch ${stored.epoch}`);
  if (next.position === stored.position && next.hash !== stored.hash)
    throw conflict(`the event at ${next.position} is another one than the documents were made from`);
  return next.position >= stored.position;
}

/** Those that are not certainly written yet (C17). */
export function newWrites(stored: Checkpoint | undefined, writes: readonly DocumentWrite[]): readonly DocumentWrite[] {
  const written = stored?.position ?? -Infinity;
  return writes.every(({ position }) => position > written)
    ? writes
    : writes.filter(({ position }) => position > written);
}
