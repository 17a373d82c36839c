import type { CommandContext } from '#kernel';
import { Injectable } from '@nestjs/common';

/** `replaced`: by another host; `missing`: there is none; `unconcerned`: it does not have that host (any more), or is over. */
export type Healing = 'replaced' | 'missing' | 'unconcerned';

/** Another host in place of one that failed (contracts/blazar §13). */
@Injectable()
export class ReservationHealing {
  /** Throws StoreUnavailable where others hold what could replace it: to be tried again. */
  heal(leaseId: string, reservationId: string, _hostId: string, _context: CommandContext): Promise<Healing> {
    return Promise.reject(new Error(`not healed yet: ${reservationId} of ${leaseId}`));
  }
}
