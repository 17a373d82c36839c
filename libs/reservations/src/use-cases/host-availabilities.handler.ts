import { CommandExecutor } from '#runtime';
import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { HostAvailabilities, type HostAvailability } from '../contracts.js';
import { freeAndBusy } from '../host-calendar/free-and-busy.policy.js';
import { hostCalendar, hostCalendarStream } from '../host-calendar/host-calendar.aggregate.js';
import type { CalendarState } from '../host-calendar/host-calendar.state.js';
import { inStorageOrder } from '../host-calendar/host-calendar.state.js';
import { RESERVATIONS_SETTINGS, type ReservationsSettings } from '../reservations.settings.js';
import { partitionNames } from './hosts/host-partitions.policy.js';

@QueryHandler(HostAvailabilities)
export class HostAvailabilitiesHandler implements IQueryHandler<HostAvailabilities> {
  constructor(
    private readonly executor: CommandExecutor,
    @Inject(RESERVATIONS_SETTINGS) private readonly settings: ReservationsSettings,
  ) {}

  async execute({ window, hostIds }: HostAvailabilities): Promise<readonly HostAvailability[]> {
    const wanted = hostIds === undefined ? undefined : [...new Set(hostIds)];
    const look = ({ hosts, ordered }: Readonly<CalendarState>): HostAvailability[] => {
      const asked = wanted === undefined ? ordered : wanted.flatMap((id) => hosts.get(id) ?? []);
      return asked.map((host) => freeAndBusy(host, window));
    };
    const partitions = partitionNames(this.settings.partitions);
    const found = await Promise.all(
      partitions.map((partition) => this.executor.look(hostCalendar, hostCalendarStream(partition), look)),
    );
    const [only, ...others] = found;
    if (only !== undefined && others.length === 0 && wanted === undefined) return only;
    return found.flat().sort((one, other) => inStorageOrder(one.hostId, other.hostId));
  }
}
