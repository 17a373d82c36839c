import { CommandExecutor } from '#runtime';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { VacateHost } from '../../contracts.js';
import { hypervisor, hypervisorStream } from '../../hypervisor/hypervisor.decider.js';
import type { HypervisorState } from '../../hypervisor/hypervisor.state.js';
import { INVENTORY_CLOCK, type WaitingClock } from '../../inventory.settings.js';
import { freshContext } from '../derived-context.js';
import { HostGuests } from './host-guests.js';

@CommandHandler(VacateHost)
export class VacateHostHandler implements ICommandHandler<VacateHost> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly guests: HostGuests,
    @Inject(INVENTORY_CLOCK) private readonly clock: WaitingClock,
  ) {}

  async execute({ context, uuid, reservationId }: VacateHost) {
    const stream = hypervisorStream(uuid);
    const isOn = await this.look(uuid, (state) => state?.takenBy?.reservationId === reservationId);
    // A host that has vanished has no provider to ask; its guests are looked at when it returns.
    const host = isOn ? await this.guests.host(uuid) : undefined;
    let gone: readonly string[] = [];
    let destroyed: readonly string[] = [];
    if (host !== undefined) {
      const before = await this.look(uuid, (state) => [...(state?.guests.keys() ?? [])]);
      const everyOne = () => true;
      const missedOnce = async (known: ReadonlySet<string>) => before.some((guestUuid) => !known.has(guestUuid));
      destroyed = await this.guests.clear(host, context, everyOne, missedOnce);
      gone = before;
    }
    return this.executor.execute(
      hypervisor,
      stream,
      { type: 'vacate', reservationId, gone, at: this.clock.now() },
      freshContext(context),
      () => ({ destroyed }),
    );
  }

  private look<T>(uuid: string, look: (state: Readonly<HypervisorState>) => T): Promise<T> {
    return this.executor.look(hypervisor, hypervisorStream(uuid), look);
  }
}
