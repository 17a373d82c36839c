import type { ReadStore } from '#read-store';
import { changedAt, KeptAnswer } from '../kept-answer.js';
import { everyPageOf } from '../pages.js';
import { vmsChangeCollection, vmsChangeId, vmsCollection, vmsPoolsCollection } from './vms.document.js';
import type { QueueCounts } from './vms.query.js';

/** Counts of all pools; after a change only those of the pools that it concerned are made anew. */
export class QueueCounter {
  private readonly kept: KeptAnswer<ReadonlyMap<string, QueueCounts>>;
  private pools: ReadonlyMap<string, { readonly position: number; readonly counts: QueueCounts }> = new Map();

  constructor(private readonly store: ReadStore) {
    this.kept = new KeptAnswer(
      () => changedAt(store, vmsChangeCollection, vmsChangeId),
      () => this.make(),
    );
  }

  current(): Promise<ReadonlyMap<string, QueueCounts>> {
    return this.kept.current();
  }

  private async make(): Promise<ReadonlyMap<string, QueueCounts>> {
    const pools = await everyPageOf(this.store.collection(vmsPoolsCollection));
    const known = this.pools;
    const made = await Promise.all(
      pools.map(async ({ _id, _position: position }) => {
        const former = known.get(_id);
        return [_id, former?.position === position ? former : { position, counts: await this.count(_id) }] as const;
      }),
    );
    this.pools = new Map(made);
    return new Map(made.map(([pool, { counts }]) => [pool, counts]));
  }

  private async count(pool: string): Promise<QueueCounts> {
    const vms = this.store.collection(vmsCollection);
    const [pending, cloning, ready, running, completed] = await Promise.all([
      vms.count({ pool, queue: 'pending' }),
      vms.count({ pool, queue: 'pending', cloning: true }),
      vms.count({ pool, queue: 'ready' }),
      vms.count({ pool, queue: 'running' }),
      vms.count({ pool, queue: 'completed' }),
    ]);
    return { pending, cloning, ready, running, completed };
  }
}
