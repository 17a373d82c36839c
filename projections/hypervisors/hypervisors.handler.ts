import { FRESHNESS, READ_STORE, type Answered, type Freshness, type ReadStore } from '#read-store';
import { Inject, Injectable } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  hypervisorsCollection,
  placedGuestsCollection,
  type GuestFields,
  type HypervisorDocument,
} from './hypervisors.document.js';
import {
  GetHypervisor,
  ListGuests,
  ListHypervisors,
  SearchHypervisors,
  SumHypervisors,
  type HypervisorSums,
} from './hypervisors.query.js';
import { likeAnywhere } from './like.js';
import { HypervisorOverview, type Overview } from './overview.js';

/** What the handlers share: the collection, and the overview that is kept between questions. */
@Injectable()
export class HypervisorReader {
  private kept: HypervisorOverview | undefined;

  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  get hypervisors() {
    return this.store.collection(hypervisorsCollection);
  }

  get placedGuests() {
    return this.store.collection(placedGuestsCollection);
  }

  /** Made at the first question: the collections are opened after this object is made. */
  overview(): Promise<Overview> {
    this.kept ??= new HypervisorOverview(this.store);
    return this.kept.current();
  }

  /** Waits for the log's end, then answers (C10). */
  async answer<T>(read: () => Promise<T>): Promise<Answered<T>> {
    const { stale } = await this.freshness.upToDate(['hypervisors']);
    return { value: await read(), stale };
  }
}

@QueryHandler(ListHypervisors)
export class ListHypervisorsHandler implements IQueryHandler<ListHypervisors> {
  constructor(private readonly reader: HypervisorReader) {}

  async execute({ page }: ListHypervisors): Promise<Answered<readonly HypervisorDocument[]>> {
    if (page.limit < 1) return this.reader.answer(async () => []);
    return this.reader.answer(() =>
      this.reader.hypervisors.find({
        where: { number: { gt: page.afterNumber ?? 0 } },
        sort: [{ field: 'number', direction: 'ascending' }],
        limit: page.limit,
      }),
    );
  }
}

@QueryHandler(GetHypervisor)
export class GetHypervisorHandler implements IQueryHandler<GetHypervisor> {
  constructor(private readonly reader: HypervisorReader) {}

  execute({ id }: GetHypervisor): Promise<Answered<HypervisorDocument | undefined>> {
    return this.reader.answer(async () => {
      if ('uuid' in id) return this.reader.hypervisors.get(id.uuid);
      const [found] = await this.reader.hypervisors.find({ where: { number: id.number }, limit: 1 });
      return found;
    });
  }
}

@QueryHandler(SearchHypervisors)
export class SearchHypervisorsHandler implements IQueryHandler<SearchHypervisors> {
  constructor(private readonly reader: HypervisorReader) {}

  execute({ pattern }: SearchHypervisors): Promise<Answered<readonly HypervisorDocument[]>> {
    return this.reader.answer(async () => {
      const { names } = await this.reader.overview();
      const matches = likeAnywhere(pattern);
      const ids = names.filter((name) => matches(name.hypervisorHostname)).map((name) => name.uuid);
      const found = await this.reader.hypervisors.getMany(ids);
      return ids.flatMap((id) => found.get(id) ?? []);
    });
  }
}

@QueryHandler(SumHypervisors)
export class SumHypervisorsHandler implements IQueryHandler<SumHypervisors> {
  constructor(private readonly reader: HypervisorReader) {}

  execute(): Promise<Answered<HypervisorSums>> {
    return this.reader.answer(async () => (await this.reader.overview()).sums);
  }
}

/** Largest page that a read store gives. */
const pageSize = 10_000;

@QueryHandler(ListGuests)
export class ListGuestsHandler implements IQueryHandler<ListGuests> {
  constructor(private readonly reader: HypervisorReader) {}

  async execute({ hypervisors }: ListGuests): Promise<ReadonlyMap<string, readonly GuestFields[]>> {
    const guests = new Map<string, readonly GuestFields[]>();
    for (const { _id, guests: found, placed } of hypervisors) {
      guests.set(_id, placed.guests === 0 ? found : [...found, ...(await this.placedOn(_id))]);
    }
    return guests;
  }

  private async placedOn(hypervisor: string): Promise<readonly GuestFields[]> {
    const all: GuestFields[] = [];
    for (let after = -1; ;) {
      const page = await this.reader.placedGuests.find({
        where: { hypervisor, order: { gt: after } },
        sort: [{ field: 'order', direction: 'ascending' }],
        limit: pageSize,
      });
      for (const { uuid, name, vcpus, memoryMb, diskGb } of page) all.push({ uuid, name, vcpus, memoryMb, diskGb });
      after = page.at(-1)?.order ?? after;
      if (page.length < pageSize) return all;
    }
  }
}

export const hypervisorProviders = [
  HypervisorReader,
  ListHypervisorsHandler,
  GetHypervisorHandler,
  SearchHypervisorsHandler,
  SumHypervisorsHandler,
  ListGuestsHandler,
];
