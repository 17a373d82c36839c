import { join } from 'node:path';
import type { Generation } from '../../generation.js';
import { HeldProjection } from '../../in-memory/held-projection.js';
import type {
  Blobs,
  Collection,
  CollectionDefinition,
  Document,
  ProjectionShape,
  ProjectionStore,
  ReadStore,
} from '../../port.js';
import { ProjectionRegister } from '../../register.js';
import { HistoryGeneration } from './history-generation.js';
import { HistoryReader } from './history-reader.js';
import { HistoryWriter } from './history-writer.js';
import { StateGenerations } from './state-generations.js';

export interface EmbeddedReadStoreOptions {
  /** For `read-models.db` and the folder `snapshots`; one process at a time, whoever owns the data folder (C9). */
  readonly folder: string;
  /** How often what changed in memory is written to disk, in milliseconds; default 60,000. Bounds the tail to fold after a crash. */
  readonly snapshotEveryMs?: number;
  /** Told what was lost and will be made again from the log, and snapshots that could not be written. */
  readonly warn?: (message: string) => void;
  /** Called between documents and checkpoint of batches of `state` projections; what it throws makes the batch fail. For tests. */
  readonly beforeCheckpoint?: () => void;
}

const defaultSnapshotEveryMs = 60_000;

/**
 * Read models in files of one process. `state` projections are in memory, with a snapshot from time to time; `history`
 * projections and blobs are in SQLite, written by a worker, read here. All of it may be deleted: it comes again from the log.
 */
export class EmbeddedReadStore implements ReadStore {
  readonly blobs: Blobs;
  private readonly register: ProjectionRegister;
  private readonly interval: NodeJS.Timeout;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly states: StateGenerations,
    private readonly writer: HistoryWriter,
    private readonly reader: HistoryReader,
    private readonly warn: (message: string) => void,
    snapshotEveryMs: number,
  ) {
    this.register = new ProjectionRegister({
      live: (shape) => this.make('live', shape),
      beside: (shape) => this.make('beside', shape),
      replace: (_former, next) => this.replace(next),
      remove: (generation) => this.remove(generation),
    });
    this.blobs = this.makeBlobs();
    this.interval = setInterval(() => void this.snapshotAll().catch(() => undefined), snapshotEveryMs).unref();
  }

  static async open({
    folder,
    snapshotEveryMs,
    warn,
    beforeCheckpoint,
  }: EmbeddedReadStoreOptions): Promise<EmbeddedReadStore> {
    const tell = warn ?? (() => undefined);
    const states = new StateGenerations({ folder: join(folder, 'snapshots'), warn: tell, beforeCheckpoint });
    await states.prepare();
    const path = join(folder, 'read-models.db');
    const { writer, discarded } = await HistoryWriter.open(path);
    if (discarded !== undefined)
      tell(`${path} was thrown away, its documents are made from the log again: ${discarded}`);
    const reader = new HistoryReader(path);
    return new EmbeddedReadStore(states, writer, reader, tell, snapshotEveryMs ?? defaultSnapshotEveryMs);
  }

  open(shape: ProjectionShape): Promise<ProjectionStore> {
    return this.register.open(shape);
  }

  openBeside(shape: ProjectionShape): Promise<ProjectionStore> {
    return this.register.openBeside(shape);
  }

  swap(shape: ProjectionShape, beside: ProjectionStore): Promise<void> {
    return this.register.swap(shape, beside);
  }

  discard(beside: ProjectionStore): Promise<void> {
    return this.register.discard(beside);
  }

  collection<D extends Document>(definition: CollectionDefinition<D>): Collection<D> {
    return this.register.collection(definition);
  }

  condition(): { readonly ready: true } | { readonly ready: false; readonly reason: string } {
    if (this.register.isClosed) return { ready: false, reason: 'the read store is closed' };
    const damage = this.reader.failure ?? this.writer.damage;
    if (damage)
      return { ready: false, reason: `read-models.db is damaged; the next start makes it anew: ${damage.message}` };
    if (this.writer.failure) return { ready: false, reason: this.writer.failure.message };
    return { ready: true };
  }

  async flush(): Promise<void> {
    this.register.assertOpen();
    await this.snapshotAll();
  }

  /** Where a snapshot cannot be written, the next start folds a longer tail; the rest is closed all the same. */
  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  /** Leaves everything as the death of the process would. For tests. */
  async abandon(): Promise<void> {
    clearInterval(this.interval);
    this.closing = Promise.resolve();
    this.retireAll();
    await this.writer.kill();
    this.reader.close();
  }

  private async closeOnce(): Promise<void> {
    clearInterval(this.interval);
    this.register.close();
    await this.snapshotAll().catch(() => undefined);
    this.retireAll();
    // The last connection to close takes the WAL back into the file, and one that only reads cannot.
    this.reader.close();
    await this.writer.close();
  }

  private retireAll(): void {
    this.register.close();
    for (const generation of this.register.live()) if (generation instanceof HeldProjection) generation.remove();
  }

  private async make(kind: 'live' | 'beside', shape: ProjectionShape): Promise<Generation> {
    if (kind === 'live') await this.forgetElsewhere(shape);
    if (shape.keeps === 'state') return kind === 'live' ? this.states.live(shape) : this.states.beside(shape);
    const number = await this.writer.ask({ kind, shape: plainShape(shape) });
    if (number === undefined) throw new Error(`no generation was made for ${shape.name}`);
    return new HistoryGeneration(number, shape, this.writer, this.reader);
  }

  private async replace(next: Generation): Promise<void> {
    if (next instanceof HeldProjection) await this.states.replace(next);
    else if (next instanceof HistoryGeneration)
      await this.writer.ask({ kind: 'replace', shape: plainShape(next.shape), generation: next.number });
    await this.forgetElsewhere(next.shape);
  }

  /** A projection that was kept the other way before must not come back from there. */
  private async forgetElsewhere(shape: ProjectionShape): Promise<void> {
    if (shape.keeps === 'state') await this.writer.ask({ kind: 'forget', name: shape.name });
    else await this.states.forget(shape);
  }

  private async remove(generation: Generation): Promise<void> {
    if (generation instanceof HeldProjection) generation.remove();
    else if (generation instanceof HistoryGeneration) await generation.remove();
  }

  private async snapshotAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const generation of this.register.live()) {
      if (!(generation instanceof HeldProjection)) continue;
      try {
        await this.states.snapshot(generation);
      } catch (error) {
        failures.push(error);
        this.warn(`the snapshot of ${generation.shape.name} could not be written: ${(error as Error).message}`);
      }
    }
    if (failures.length > 0) throw failures[0] as Error;
  }

  private makeBlobs(): Blobs {
    return {
      get: async (key) => {
        this.register.assertOpen();
        return this.reader.blob(key);
      },
      put: async (key, text) => {
        this.register.assertOpen();
        await this.writer.ask({ kind: 'putBlob', key, text });
      },
      delete: async (key) => {
        this.register.assertOpen();
        await this.writer.ask({ kind: 'deleteBlob', key });
      },
    };
  }
}

/** Projections carry folds, which cannot be handed to the worker. */
function plainShape({ name, version, keeps, collections }: ProjectionShape): ProjectionShape {
  return {
    name,
    version,
    keeps,
    collections: collections.map((collection) => ({ name: collection.name, indexes: collection.indexes })),
  };
}
