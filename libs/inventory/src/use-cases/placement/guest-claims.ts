import type { CommandOutcome } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Injectable } from '@nestjs/common';
import type { InventoryRefusal, PlacedGuest, PlaceGuest } from '../../contracts.js';
import { hypervisor, hypervisorStream } from '../../hypervisor/hypervisor.decider.js';
import type { HypervisorEvent } from '../../hypervisor/hypervisor.events.js';
import type { HypervisorState } from '../../hypervisor/hypervisor.state.js';
import { prospectOf, type Prospect } from '../../hypervisor/placement.policy.js';
import type { ListedHypervisor } from '../../hypervisor-registry/hypervisor-registry.state.js';
import { derivedContext } from '../derived-context.js';
import { inParallel } from '../in-parallel.js';

export type Placement = CommandOutcome<HypervisorEvent, InventoryRefusal, PlacedGuest>;

export interface Offer {
  readonly hypervisor: ListedHypervisor;
  readonly prospect: Prospect;
}

const looksAtOnce = 64;

/** Looks at hypervisors and claims room on one, which is decided in its own stream. */
@Injectable()
export class GuestClaims {
  /** By hypervisor: vcpus of the claims that are under way, so that guests placed at once spread over the hosts. */
  private readonly underWay = new Map<string, number>();

  constructor(private readonly executor: CommandExecutor) {}

  /** One for each, in their order. */
  async offers({ guest }: PlaceGuest, hypervisors: readonly ListedHypervisor[]): Promise<readonly Offer[]> {
    const offers: Offer[] = [];
    await inParallel(hypervisors, looksAtOnce, async (one, index) => {
      const prospect = await this.executor.look(hypervisor, hypervisorStream(one.uuid), (state) =>
        prospectOf(guest, state),
      );
      offers[index] = { hypervisor: one, prospect };
    });
    return offers;
  }

  /** Where the guest is known first, then the one with the most free vcpus. */
  bestFirst(offers: readonly Offer[]): readonly Offer[] {
    const free = ({ hypervisor: { uuid }, prospect }: Offer): number =>
      prospect.freeVcpus - (this.underWay.get(uuid) ?? 0);
    return offers
      .filter(({ prospect: { knows, obstacle } }) => knows || obstacle === undefined)
      .sort(
        (a, b) =>
          Number(b.prospect.knows) - Number(a.prospect.knows) ||
          free(b) - free(a) ||
          a.hypervisor.number - b.hypervisor.number,
      );
  }

  async claim({ context, guest, owner }: PlaceGuest, { uuid }: ListedHypervisor): Promise<Placement> {
    this.count(uuid, guest.vcpus);
    try {
      const { name, vcpus, memoryMb, diskGb } = guest;
      return await this.executor.execute(
        hypervisor,
        hypervisorStream(uuid),
        {
          type: 'place-guest',
          guest: { uuid: guest.uuid, name, vcpus, memoryMb, diskGb },
          owner: { kind: owner.kind, id: owner.id },
          at: context.time,
        },
        derivedContext(context, uuid),
        placedOn,
      );
    } finally {
      this.count(uuid, -guest.vcpus);
    }
  }

  private count(uuid: string, vcpus: number): void {
    const now = (this.underWay.get(uuid) ?? 0) + vcpus;
    if (now === 0) this.underWay.delete(uuid);
    else this.underWay.set(uuid, now);
  }
}

function placedOn(state: Readonly<HypervisorState>): PlacedGuest {
  if (state === undefined) throw new Error('a guest was placed on a hypervisor that is not there');
  const { uuid, provider, nativeId, service } = state;
  return { hypervisorUuid: uuid, provider, nativeId, serviceHost: service.host };
}
