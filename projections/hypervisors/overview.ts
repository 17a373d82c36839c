import type { Collection, ReadStore } from '#read-store';
import {
  changeId,
  hypervisorsChangeCollection,
  hypervisorsCollection,
  type HypervisorDocument,
} from './hypervisors.document.js';
import type { HypervisorSums } from './hypervisors.query.js';

/** What one pass over all hypervisors gives. */
export interface Overview {
  readonly sums: HypervisorSums;
  /** In order of integer id. */
  readonly names: readonly { readonly uuid: string; readonly hypervisorHostname: string }[];
}

/** Largest page that a read store gives. */
const pageSize = 10_000;

/** Sums and names of all hypervisors, made anew only after one of them has changed. */
export class HypervisorOverview {
  private readonly hypervisors: Collection<HypervisorDocument>;
  private readonly changes;
  private made: { readonly position: number; readonly overview: Promise<Overview> } | undefined;

  constructor(store: ReadStore) {
    this.hypervisors = store.collection(hypervisorsCollection);
    this.changes = store.collection(hypervisorsChangeCollection);
  }

  async current(): Promise<Overview> {
    const position = (await this.changes.get(changeId))?._position ?? -1;
    if (this.made?.position === position) return this.made.overview;
    // A change during the pass has a higher position: the next question makes it anew.
    const overview = this.make();
    const made = { position, overview };
    this.made = made;
    try {
      return await overview;
    } catch (error) {
      if (this.made === made) this.made = undefined;
      throw error;
    }
  }

  private async make(): Promise<Overview> {
    const sums = { ...nothing };
    const names: { uuid: string; hypervisorHostname: string }[] = [];
    for await (const page of this.pages()) {
      for (const hypervisor of page) {
        names.push({ uuid: hypervisor._id, hypervisorHostname: hypervisor.hypervisorHostname });
        if (hypervisor.enabled) add(sums, hypervisor);
      }
    }
    return { sums, names };
  }

  private async *pages(): AsyncGenerator<readonly HypervisorDocument[]> {
    let afterNumber = 0;
    for (;;) {
      const page = await this.hypervisors.find({
        where: { number: { gt: afterNumber } },
        sort: [{ field: 'number', direction: 'ascending' }],
        limit: pageSize,
      });
      yield page;
      afterNumber = page.at(-1)?.number ?? afterNumber;
      if (page.length < pageSize) return;
    }
  }
}

type Sums = { -readonly [Field in keyof HypervisorSums]: HypervisorSums[Field] };

const nothing: HypervisorSums = {
  count: 0,
  vcpus: 0,
  memoryMb: 0,
  localGb: 0,
  vcpusUsed: 0,
  memoryMbUsed: 0,
  localGbUsed: 0,
  freeRamMb: 0,
  freeDiskGb: 0,
  currentWorkload: 0,
  runningVms: 0,
  diskAvailableLeastGb: 0,
};

/** `currentWorkload` stays 0: nothing here is ever half under way. */
function add(sums: Sums, hypervisor: HypervisorDocument): void {
  sums.count += 1;
  sums.vcpus += hypervisor.vcpus;
  sums.memoryMb += hypervisor.memoryMb;
  sums.localGb += hypervisor.localGb;
  sums.vcpusUsed += hypervisor.vcpusUsed;
  sums.memoryMbUsed += hypervisor.memoryMbUsed;
  sums.localGbUsed += hypervisor.localGbUsed;
  sums.freeRamMb += hypervisor.memoryMb - hypervisor.memoryMbUsed;
  sums.freeDiskGb += hypervisor.localGb - hypervisor.localGbUsed;
  sums.runningVms += hypervisor.guests.length + hypervisor.placed.guests;
  sums.diskAvailableLeastGb += hypervisor.diskAvailableLeastGb ?? 0;
}
