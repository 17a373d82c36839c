import { Query } from '@nestjs/cqrs';
import type { Answered } from '#read-store';
import type { ReservableHostDocument } from './reservable-hosts.document.js';

export type { ReservableHostDocument } from './reservable-hosts.document.js';

export class GetReservableHost extends Query<Answered<ReservableHostDocument | undefined>> {
  constructor(readonly hostId: string) {
    super();
  }
}

/** In the order of their integer ids. */
export class ListReservableHosts extends Query<Answered<readonly ReservableHostDocument[]>> {}
