import { refuse, type Refused } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { hostCalendar, hostCalendarStream } from '../../host-calendar/host-calendar.aggregate.js';
import { hostFactsOf } from '../../host-calendar/host-calendar.looks.js';
import { RESERVATIONS_SETTINGS, type ReservationsSettings } from '../../reservations.settings.js';
import { contextBody, leaseBody, type KnownHosts } from './filter-body.js';
import { FilterService, type FilterAnswer } from './filter-service.js';
import { durationRefusal } from './lease-duration.policy.js';
import { LeaseFilters, type FilterContext, type FilteredLease, type FilterRefusal } from './lease-filters.js';

/** The filters that the settings turn on: first the longest duration, then the operator's service. */
@Injectable()
export class ConfiguredLeaseFilters extends LeaseFilters {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly service: FilterService,
    @Inject(RESERVATIONS_SETTINGS)
    private readonly settings: Pick<ReservationsSettings, 'maxLeaseSeconds' | 'maxLeaseExemptProjects'>,
  ) {
    super();
  }

  async checkCreate(context: FilterContext, lease: FilteredLease): Promise<Refused<FilterRefusal> | undefined> {
    const tooLong = this.tooLong(context, lease);
    if (tooLong !== undefined || !this.service.configured) return tooLong;
    const hosts = await this.hostsOf([lease]);
    const body = { context: contextBody(context), lease: leaseBody(lease, hosts) };
    return refusalOf(await this.service.ask('check-create', body));
  }

  async checkUpdate(
    context: FilterContext,
    lease: FilteredLease,
    changed: FilteredLease,
  ): Promise<Refused<FilterRefusal> | undefined> {
    const tooLong = this.tooLong(context, changed);
    if (tooLong !== undefined || !this.service.configured) return tooLong;
    const hosts = await this.hostsOf([lease, changed]);
    const leases = { current_lease: leaseBody(lease, hosts), lease: leaseBody(changed, hosts) };
    return refusalOf(await this.service.ask('check-update', { context: contextBody(context), ...leases }));
  }

  async onEnd(context: FilterContext, lease: FilteredLease): Promise<boolean> {
    if (!this.service.configured) return true;
    const hosts = await this.hostsOf([lease]);
    const body = { context: contextBody(context), lease: leaseBody(lease, hosts) };
    return (await this.service.ask('on-end', body)).kind !== 'unavailable';
  }

  private tooLong({ projectId }: FilterContext, lease: FilteredLease): Refused<FilterRefusal> | undefined {
    const { maxLeaseSeconds: maxSeconds, maxLeaseExemptProjects: exemptProjects } = this.settings;
    return durationRefusal(lease, projectId, { maxSeconds, exemptProjects });
  }

  private async hostsOf(leases: readonly FilteredLease[]): Promise<KnownHosts> {
    const partitions = new Map<string, Set<string>>();
    for (const { partition, hostId } of leases.flatMap(({ reservations }) =>
      reservations.flatMap(({ hosts }) => hosts),
    ))
      partitions.set(partition, (partitions.get(partition) ?? new Set()).add(hostId));
    const known = await Promise.all(
      Array.from(partitions, ([partition, ids]) =>
        this.executor.look(hostCalendar, hostCalendarStream(partition), (state) =>
          [...ids].flatMap((id) => hostFactsOf(state, id) ?? []),
        ),
      ),
    );
    return new Map(known.flat().map((facts) => [facts.id, facts]));
  }
}

function refusalOf(answer: FilterAnswer): Refused<FilterRefusal> | undefined {
  switch (answer.kind) {
    case 'allowed':
      return undefined;
    case 'refused':
      return refuse('filter-service-refused', { message: answer.message });
    case 'unavailable':
      return refuse('filter-service-unavailable');
  }
}
