import { refuse, type Json } from '#kernel';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { PlaceGuest } from '../../contracts.js';
import { GuestClaims, type Offer, type Placement } from './guest-claims.js';
import { PlacementCandidates } from './placement-candidates.js';

/** Candidates that a refusal names. */
const mostNamed = 100;

/**
 * Tries the candidates in order, best first. What was seen when looking only gives the order: each claim is decided on
 * the hypervisor's own stream, and where another guest was faster the next one is tried.
 */
@CommandHandler(PlaceGuest)
export class PlaceGuestHandler implements ICommandHandler<PlaceGuest> {
  constructor(
    private readonly candidates: PlacementCandidates,
    private readonly claims: GuestClaims,
  ) {}

  async execute(command: PlaceGuest): Promise<Placement> {
    const found = await this.candidates.find(command);
    if (found.kind === 'refused') return found;
    const offers = await this.claims.offers(command, found.hypervisors);
    const obstacles = new Map<Offer, Json | undefined>(offers.map((offer) => [offer, offer.prospect.obstacle]));
    let busy: Placement | undefined;
    for (const offer of this.claims.bestFirst(offers)) {
      const outcome = await this.claims.claim(command, offer.hypervisor);
      if (outcome.kind === 'accepted') return outcome;
      if (outcome.code === 'busy') busy = outcome;
      else obstacles.set(offer, outcome.facts.why);
    }
    if (busy !== undefined) return busy;
    const named = Array.from(obstacles, ([offer, why]) => ({ host: offer.hypervisor.serviceHost, why })).concat(
      found.vanished.map((host) => ({ host, why: 'vanished' })),
    );
    return refuse('no-capacity', { candidates: named.slice(0, mostNamed) });
  }
}
