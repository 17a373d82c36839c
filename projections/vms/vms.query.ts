import { Query } from '@nestjs/cqrs';
import type { Answered } from '#read-store';
import type { VmRecordDocument } from '../vm-records/vm-records.document.js';
import type { VmDocument } from './vms.document.js';

export type { VmRecordDocument } from '../vm-records/vm-records.document.js';
export type { VmDocument } from './vms.document.js';

/** By short host name: a machine that is there, or the record of a destroyed one until it is forgotten (`now`: milliseconds). */
export class GetVm extends Query<Answered<VmDocument | VmRecordDocument | undefined>> {
  constructor(
    readonly name: string,
    readonly now: number,
  ) {
    super();
  }
}

/** Running machines of a token, in the order of `checkout.at`. */
export class RunningVmsOfToken extends Query<Answered<readonly VmDocument[]>> {
  constructor(readonly tokenHash: string) {
    super();
  }
}

export interface QueueCounts {
  readonly pending: number;
  /** Of the pending ones. */
  readonly cloning: number;
  readonly ready: number;
  readonly running: number;
  readonly completed: number;
}

/** By pool name. Held machines count nowhere. Kept between questions while no machine has changed. */
export class CountQueues extends Query<Answered<ReadonlyMap<string, QueueCounts>>> {}
