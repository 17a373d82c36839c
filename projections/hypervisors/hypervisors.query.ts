import type { Answered } from '#read-store';
import { Query } from '@nestjs/cqrs';
import type { GuestFields, HypervisorDocument } from './hypervisors.document.js';

export type { GuestFields, HypervisorDocument } from './hypervisors.document.js';

/** In order of integer id, those after `afterNumber`. */
export class ListHypervisors extends Query<Answered<readonly HypervisorDocument[]>> {
  constructor(readonly page: { readonly afterNumber?: number; readonly limit: number }) {
    super();
  }
}

/** By uuid (as stored: lower case, dashes) or by integer id. */
export class GetHypervisor extends Query<Answered<HypervisorDocument | undefined>> {
  constructor(readonly id: { readonly uuid: string } | { readonly number: number }) {
    super();
  }
}

/** SQL's `LIKE '%pattern%'` on hypervisor_hostname: `_` any one character, `%` any run, ASCII case ignored; in order of integer id. */
export class SearchHypervisors extends Query<Answered<readonly HypervisorDocument[]>> {
  constructor(readonly pattern: string) {
    super();
  }
}

/**
 * By uuid: the guests of these hypervisors, found ones first, then placed ones in the order of placing. Asked right after
 * the query that gave the documents, so it does not wait for the log again.
 */
export class ListGuests extends Query<ReadonlyMap<string, readonly GuestFields[]>> {
  constructor(readonly hypervisors: readonly HypervisorDocument[]) {
    super();
  }
}

export interface HypervisorSums {
  readonly count: number;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly localGb: number;
  readonly vcpusUsed: number;
  readonly memoryMbUsed: number;
  readonly localGbUsed: number;
  readonly freeRamMb: number;
  readonly freeDiskGb: number;
  readonly currentWorkload: number;
  readonly runningVms: number;
  readonly diskAvailableLeastGb: number;
}

/** Over hypervisors whose service is enabled, down ones included (contracts/nova §8). */
export class SumHypervisors extends Query<Answered<HypervisorSums>> {}
