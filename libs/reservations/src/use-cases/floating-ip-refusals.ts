import { refuse, type Refused, type RuntimeRefusal } from '#kernel';
import type { ReservationsRefusal } from '../contracts.js';
import type { FloatingIpsRefusal } from '../floating-ips/floating-ips.decider.js';

/** Refusals that concern holds are no business of whoever adds or removes an address. */
export function ownRefusal({
  code,
  facts,
}: Refused<FloatingIpsRefusal | RuntimeRefusal>): Refused<ReservationsRefusal | RuntimeRefusal> {
  return code === 'held-by-others' || code === 'attempt-decided' ? refuse('busy') : refuse(code, facts);
}
