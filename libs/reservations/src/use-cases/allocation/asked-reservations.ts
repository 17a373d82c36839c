import { FindRegionFlavor } from '#flavors';
import { refuse, type Refused } from '#kernel';
import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { RawReservation, ReservationsRefusal } from '../../contracts.js';
import type { ReservationTerms } from '../../lease/lease.events.js';
import { missingOf } from '../../lease/raw-values.policy.js';
import { termsOf, type AskedTerms } from '../../lease/reservation-terms.policy.js';
import { needsOf } from '../flavor-needs.policy.js';
import { flavorText } from './instance-flavor.js';

/** What a new lease asks for. `terms`: of its reservations, up to the first one that is not in order. */
export interface AskedReservations {
  readonly terms: readonly ReservationTerms[];
  readonly refusal: Refused<ReservationsRefusal> | undefined;
}

/** Reads what is sent for reservations into their terms, in the contract's order of checks (contracts/blazar §5, §9). */
@Injectable()
export class AskedReservationsReader {
  constructor(private readonly queries: QueryBus) {}

  /** Asked before anything else of a lease. */
  typeMissing(reservations: readonly RawReservation[]): Refused<ReservationsRefusal> | undefined {
    for (const raw of reservations) {
      const missing = missingOf(raw, ['resource_type']);
      if (missing !== undefined) return missing;
    }
    return undefined;
  }

  async read(reservations: readonly RawReservation[]): Promise<AskedReservations> {
    const terms: ReservationTerms[] = [];
    for (const raw of reservations) {
      const asked = termsOf(raw);
      if (asked.kind === 'refused') return { terms, refusal: asked };
      const whole = await this.withFlavor(asked.terms);
      if ('code' in whole) return { terms, refusal: whole };
      terms.push(whole);
    }
    return { terms, refusal: undefined };
  }

  private async withFlavor(asked: AskedTerms): Promise<ReservationTerms | Refused<ReservationsRefusal>> {
    if (asked.resourceType !== 'flavor:instance') return asked;
    const { flavorId } = asked;
    const flavor = await this.queries.execute(new FindRegionFlavor(flavorId));
    // What another reservation is booted with is no flavor to reserve by.
    if (flavor?.reservationId !== null) return refuse('flavor-unknown', { flavorId });
    const { vcpus, ramMb: memoryMb, diskGb: disk, ephemeralGb } = flavor;
    const diskGb = disk + ephemeralGb;
    return { ...asked, flavor: flavorText(flavor), vcpus, memoryMb, diskGb, ...needsOf(flavor) };
  }
}
