import { refKey, type Checkpoint, type DocumentWrite, type ProjectionStore } from '#read-store';
import type { Process } from '../process.port.js';
import { instanceRef, instancesName, type InstanceDocument } from './instances.js';

export interface Instance {
  /** Undefined: there is none (any more). */
  readonly text: string | undefined;
  /** Of the event that last moved it; -Infinity when nothing is known. */
  readonly position: number;
}

export const unknownInstance: Instance = { text: undefined, position: -Infinity };

/** The instances of a process: what is stored, under what has changed since. */
export class InstanceStore {
  private readonly changed = new Map<string, Instance>();

  constructor(
    private readonly process: Process,
    private readonly store: ProjectionStore,
  ) {}

  get unwritten(): number {
    return this.changed.size;
  }

  async find(key: string): Promise<Instance> {
    const changed = this.changed.get(key);
    if (changed !== undefined) return changed;
    const ref = instanceRef(this.process, key);
    const stored = (await this.store.getMany([ref])).get(refKey(ref)) as
      (InstanceDocument & { readonly _position: number }) | undefined;
    return stored === undefined ? unknownInstance : { text: stored.state, position: stored._position };
  }

  set(key: string, instance: Instance): void {
    this.changed.set(key, instance);
  }

  /**
   * Writes what has changed until now, with a checkpoint that is not ahead of it. Answers the position that is stored
   * then: further than the checkpoint when a former runner of this process has come further meanwhile. The write was
   * left out in that case, and is still to be done.
   */
  async flush(checkpoint: Checkpoint): Promise<number> {
    const writing = [...this.changed];
    const collection = instancesName(this.process);
    const writes = writing.map(([key, { text, position }]): DocumentWrite => {
      if (text === undefined) return { kind: 'delete', collection, id: key, position };
      const document: InstanceDocument = { _id: key, state: text };
      return { kind: 'put', collection, position, document };
    });
    await this.store.apply(writes, checkpoint);
    const stored = (await this.store.checkpoint())?.position ?? checkpoint.position;
    if (stored > checkpoint.position) return stored;
    for (const [key, instance] of writing) {
      if (this.changed.get(key) === instance) this.changed.delete(key);
    }
    return stored;
  }
}
