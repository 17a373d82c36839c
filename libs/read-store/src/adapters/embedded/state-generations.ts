import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { HeldProjection } from '../../in-memory/held-projection.js';
import type { Checkpoint, ProjectionShape } from '../../port.js';
import { readSnapshot, removeSnapshot, SnapshotDamaged, writeSnapshot } from './snapshot-file.js';

export interface StateOptions {
  readonly folder: string;
  readonly warn: (message: string) => void;
  readonly beforeCheckpoint?: (() => void) | undefined;
}

/** Generations of `state` projections: in memory, the live one with a snapshot on disk from which the next start goes on. */
export class StateGenerations {
  /** What the snapshot on disk holds. */
  private readonly written = new WeakMap<HeldProjection, Checkpoint>();
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: StateOptions) {}

  async prepare(): Promise<void> {
    const { folder } = this.options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const file of await readdir(folder)) if (file.endsWith('.new')) await removeSnapshot(join(folder, file));
  }

  beside(shape: ProjectionShape): HeldProjection {
    const { beforeCheckpoint } = this.options;
    return new HeldProjection(shape, beforeCheckpoint && { beforeCheckpoint });
  }

  async live(shape: ProjectionShape): Promise<HeldProjection> {
    const generation = this.beside(shape);
    try {
      const checkpoint = await this.load(generation);
      if (!checkpoint) return generation;
      this.written.set(generation, checkpoint);
      return generation;
    } catch (error) {
      if (!(error instanceof SnapshotDamaged)) throw error;
      this.options.warn(
        `the snapshot of ${shape.name} is ignored, its documents are made from the log again: ${error.message}`,
      );
      return this.beside(shape);
    }
  }

  /** From then on, a crash too leaves the second one. */
  async replace(next: HeldProjection): Promise<void> {
    if (await next.checkpoint()) await this.snapshot(next);
    else await this.forget(next.shape);
  }

  /** Nothing where the snapshot on disk is as new. One at a time. */
  snapshot(generation: HeldProjection): Promise<void> {
    return this.afterOthers(async () => {
      // Taken together before anything waits: documents never change, so these lists are one moment.
      const [checkpoint, parts] = [generation.reached(), generation.contents()];
      if (!checkpoint || this.written.get(generation) === checkpoint || generation.isRemoved) return;
      const { shape } = generation;
      await writeSnapshot(this.pathOf(shape), { format: 1, projection: shape.name, checkpoint }, parts);
      this.written.set(generation, checkpoint);
    });
  }

  /** The projection is kept elsewhere from now on. */
  forget(shape: ProjectionShape): Promise<void> {
    return this.afterOthers(() => removeSnapshot(this.pathOf(shape)));
  }

  /** Names of projections may hold anything. */
  pathOf({ name }: ProjectionShape): string {
    return join(this.options.folder, `${encodeURIComponent(name)}.snapshot`);
  }

  private async load(generation: HeldProjection): Promise<Checkpoint | undefined> {
    const { shape } = generation;
    let checkpoint: Checkpoint | undefined;
    const used = await readSnapshot(this.pathOf(shape), {
      head: (head) => {
        ({ checkpoint } = head);
        return head.projection === shape.name && head.checkpoint.version === shape.version;
      },
      document: (collection, document) => generation.load(collection, document),
    });
    if (!used || !checkpoint) return undefined;
    generation.loaded(checkpoint);
    return checkpoint;
  }

  private afterOthers(work: () => Promise<void>): Promise<void> {
    const result = this.writing.then(work);
    this.writing = result.catch(() => undefined);
    return result;
  }
}
