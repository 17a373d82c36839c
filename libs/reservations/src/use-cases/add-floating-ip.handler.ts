import { refuse, type CommandOutcome, type DomainEvent } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AddFloatingIp, type FloatingIpFacts, type ReservationsRefusal } from '../contracts.js';
import { placeIn, type Place } from '../floating-ips/address.policy.js';
import { floatingIps, floatingIpsStream } from '../floating-ips/floating-ips.aggregate.js';
import { floatingIpOf } from '../floating-ips/floating-ips.looks.js';
import {
  RESERVATIONS_SETTINGS,
  RESERVATIONS_WORLD,
  type ReservationsSettings,
  type ReservationsWorld,
} from '../reservations.settings.js';
import { derivedId } from './derived-ids.js';
import { ownRefusal } from './floating-ip-refusals.js';

const refusalOf = {
  malformed: 'address-malformed',
  'in-pool': 'address-in-pool',
  gateway: 'address-is-gateway',
  outside: 'subnet-unknown',
} as const satisfies Record<Exclude<Place['kind'], 'usable'>, ReservationsRefusal>;

/** Network, form, pools and gateway, subnets, and only then whether it is there already (contracts/blazar §10). */
@CommandHandler(AddFloatingIp)
export class AddFloatingIpHandler implements ICommandHandler<AddFloatingIp> {
  constructor(
    private readonly executor: CommandExecutor,
    @Inject(RESERVATIONS_SETTINGS) private readonly settings: Pick<ReservationsSettings, 'networks'>,
    @Inject(RESERVATIONS_WORLD) private readonly world: Pick<ReservationsWorld, 'now'>,
  ) {}

  async execute({
    context,
    networkId,
    address: text,
  }: AddFloatingIp): Promise<CommandOutcome<DomainEvent, ReservationsRefusal, FloatingIpFacts>> {
    const network = this.settings.networks.find(({ id }) => id === networkId);
    if (network === undefined) return refuse('network-unknown', { networkId });
    const place = placeIn(network, text);
    if (place.kind !== 'usable') return refuse(refusalOf[place.kind], { address: text, networkId });
    const { subnetId, address } = place;
    const id = derivedId(context.commandId, 'floating IP');
    const outcome = await this.executor.execute(
      floatingIps,
      floatingIpsStream,
      { type: 'add', id, networkId, subnetId, address, at: this.world.now() },
      context,
      (state) => {
        const facts = floatingIpOf(state, id);
        if (facts === undefined) throw new Error(`the floating IP ${address} was added and is not there`);
        return facts;
      },
    );
    return outcome.kind === 'accepted' ? outcome : ownRefusal(outcome);
  }
}
