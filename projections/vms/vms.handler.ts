import { FRESHNESS, READ_STORE, type Answered, type Freshness, type ReadStore } from '#read-store';
import { Inject, Injectable } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { everyPageOf } from '../pages.js';
import { vmRecordsCollection, type VmRecordDocument } from '../vm-records/vm-records.document.js';
import { QueueCounter } from './queue-counts.js';
import { vmsCollection, type VmDocument } from './vms.document.js';
import { CountQueues, GetVm, RunningVmsOfToken, type QueueCounts } from './vms.query.js';

@QueryHandler(GetVm)
export class GetVmHandler implements IQueryHandler<GetVm> {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute({ name, now }: GetVm): Promise<Answered<VmDocument | VmRecordDocument | undefined>> {
    const { stale } = await this.freshness.upToDate(['vms']);
    const vm = await this.store.collection(vmsCollection).get(name);
    if (vm !== undefined) return { value: vm, stale };
    // Asked only now: a machine that is gone from the one read model has its record in the other by then.
    const records = await this.freshness.upToDate(['vmRecords']);
    const record = await this.store.collection(vmRecordsCollection).get(name);
    const isKept = record !== undefined && record.forgetAt > now;
    return { value: isKept ? record : undefined, stale: stale || records.stale };
  }
}

@QueryHandler(RunningVmsOfToken)
export class RunningVmsOfTokenHandler implements IQueryHandler<RunningVmsOfToken> {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute({ tokenHash }: RunningVmsOfToken): Promise<Answered<readonly VmDocument[]>> {
    const { stale } = await this.freshness.upToDate(['vms']);
    const taken = await everyPageOf<VmDocument>(this.store.collection(vmsCollection), { where: { tokenHash } });
    // The others are about to be destroyed: too few for an index that every machine would move about in.
    const running = taken.filter(({ queue }) => queue === 'running');
    return { value: running.sort((a, b) => (a.checkout?.at ?? 0) - (b.checkout?.at ?? 0)), stale };
  }
}

/** What is kept between questions. Made at the first: the collections are opened after this object is made. */
@Injectable()
export class KeptQueueCounts {
  private counter: QueueCounter | undefined;

  constructor(@Inject(READ_STORE) private readonly store: ReadStore) {}

  current(): Promise<ReadonlyMap<string, QueueCounts>> {
    this.counter ??= new QueueCounter(this.store);
    return this.counter.current();
  }
}

@QueryHandler(CountQueues)
export class CountQueuesHandler implements IQueryHandler<CountQueues> {
  constructor(
    private readonly counts: KeptQueueCounts,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute(): Promise<Answered<ReadonlyMap<string, QueueCounts>>> {
    const { stale } = await this.freshness.upToDate(['vms']);
    return { value: await this.counts.current(), stale };
  }
}

export const vmProviders = [GetVmHandler, RunningVmsOfTokenHandler, KeptQueueCounts, CountQueuesHandler];
