import { ImageServers } from '#inventory';
import type { CommandContext, CommandOutcome, DomainEvent } from '#kernel';
import { deriveUuid, leasebookNamespace } from '#runtime';
import { ProviderError } from '#providers';
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { LeaseEndAnnounced } from '../../lease/lease.events.js';
import { eventOf, type LeaseFacts } from '../../lease/lease.facts.state.js';
import { RESERVATIONS_SETTINGS, type ReservationsSettings } from '../../reservations.settings.js';
import { accepted } from './accepted.js';
import { LeaseDecisions } from './lease-decisions.js';
import { done, over, providerAgain, type StepResult, type StepTry } from './lease-step.js';

type Images = LeaseEndAnnounced['data']['images'];
type Imaged = readonly { readonly guestUuid: string; readonly imageId: string; readonly name: string }[];

/** before_end_lease: the action of each reservation is carried out; lease and reservations stay as they are. */
@Injectable()
export class LeaseAnnouncement {
  constructor(
    private readonly commands: CommandBus,
    private readonly decisions: LeaseDecisions,
    @Inject(RESERVATIONS_SETTINGS) private readonly settings: ReservationsSettings,
  ) {}

  async try(its: StepTry): Promise<StepResult> {
    const {
      lease: { id: leaseId },
      context,
    } = its;
    const begun = await this.decisions.decide(leaseId, { type: 'begin-announcement' }, context);
    if (begun === undefined) return over;
    if (begun.lease === undefined || eventOf(begun.lease, 'before_end_lease')?.status !== 'IN_PROGRESS') return done;
    try {
      const images = await this.images(begun.lease, context);
      await this.decisions.decide(leaseId, { type: 'complete-announcement', images }, context);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      const again = error.kind === 'permanent' ? undefined : providerAgain(its, this.settings.eventMaxRetries);
      if (again !== undefined) return again;
      await this.decisions.decide(leaseId, { type: 'fail-announcement', reason: error.message }, context);
    }
    return done;
  }

  private async images(lease: LeaseFacts, context: CommandContext): Promise<Images> {
    const images: Images[number][] = [];
    for (const { id: reservationId, terms, hosts } of lease.reservations) {
      if (terms.resourceType !== 'physical:host') continue;
      const action = terms.beforeEnd === 'default' ? this.settings.beforeEndAction : terms.beforeEnd;
      if (action !== 'snapshot') continue;
      for (const { hostId, hypervisorUuid } of hosts) {
        const made = await this.imagesOf(lease, hypervisorUuid, context);
        images.push(...made.map((image) => ({ reservationId, hostId, ...image })));
      }
    }
    return images;
  }

  /** Again after a stop in between: the same images, as it is the same event at the same time. */
  private async imagesOf(lease: LeaseFacts, uuid: string, context: CommandContext): Promise<Imaged> {
    const { id, dueAt } = eventOf(lease, 'before_end_lease') ?? { id: lease.id, dueAt: 0 };
    const commandId = deriveUuid(leasebookNamespace, `before end\n${id}\n${String(dueAt)}\n${uuid}`);
    const its = { ...context, commandId, repeatable: true, causationId: context.commandId };
    const outcome: CommandOutcome<DomainEvent, string, Imaged> = await this.commands.execute(
      new ImageServers(its, uuid),
    );
    if (outcome.kind === 'refused' && outcome.code !== 'busy')
      throw new ProviderError('permanent', `${uuid}: ${outcome.code}`);
    return accepted(outcome, `hypervisor ${uuid}`).answer;
  }
}
