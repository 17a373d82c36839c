import type { CommandContext, CommandOutcome, DomainEvent } from '#kernel';
import { Command, Query } from '@nestjs/cqrs';
import type { RegionFlavor } from './region/region.events.js';

/** Why flavors refuse. Facts are named behind each. */
export type FlavorsRefusal =
  | 'flavor-unknown' // flavorId
  | 'flavor-exists' // flavorId or name
  | 'flavor-of-a-reservation'; // flavorId, reservationId: only the reservation deletes it

type Outcome<Answer> = CommandOutcome<DomainEvent, FlavorsRefusal, Answer>;

/** In this server's own region. The very same flavor again: accepted. Refused: flavor-exists. */
export class CreateRegionFlavor extends Command<Outcome<RegionFlavor>> {
  constructor(
    readonly context: CommandContext,
    readonly flavor: RegionFlavor,
  ) {
    super();
  }
}

/**
 * The flavor of a reservation is exactly this from now on: made, replaced under its id, or left as it is; whoever has
 * access keeps it. Refused: flavor-exists (not the reservation's).
 */
export class EnsureReservationFlavor extends Command<Outcome<RegionFlavor>> {
  constructor(
    readonly context: CommandContext,
    readonly flavor: RegionFlavor & { readonly reservationId: string },
  ) {
    super();
  }
}

/** `reservationId` null: by a user. For a reservation one that is not there, or not its own, is accepted. */
export class DeleteRegionFlavor extends Command<Outcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly flavorId: string,
    readonly reservationId: string | null,
  ) {
    super();
  }
}

/** Granted already: accepted. Refused: flavor-unknown. */
export class GrantRegionFlavorAccess extends Command<Outcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly flavorId: string,
    readonly projectId: string,
  ) {
    super();
  }
}

/** From the region's stream; undefined: there is none. */
export class FindRegionFlavor extends Query<RegionFlavor | undefined> {
  constructor(readonly flavorId: string) {
    super();
  }
}

export { regionCatalog, type ExtraSpec, type RegionEvent, type RegionFlavor } from './region/region.events.js';
