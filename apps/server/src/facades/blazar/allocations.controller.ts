import { QueryBus } from '@nestjs/cqrs';
import { ListAllocations, type AllocationDocument } from '#projections/allocations/allocations.query';
import { GetReservableHost, ListReservableHosts } from '#projections/reservable-hosts/reservable-hosts.query';
import { listedAllocations, shownAllocation } from './allocation.view.js';
import { answer } from './answer.js';
import { notFound } from './blazar.refusals.js';
import { BlazarFace } from './face.js';
import { hostIdOf } from './host-id.js';
import type { BlazarRequest } from './pipeline/blazar-request.js';
import { Asked, BlazarController, BlazarRoute } from './routing/blazar-route.decorator.js';

/** contracts/blazar §7. */
@BlazarController()
export class AllocationsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly face: BlazarFace,
  ) {}

  @BlazarRoute('GET', '/os-hosts/allocations')
  async list(@Asked() asked: BlazarRequest): Promise<void> {
    const hosts = await this.queries.execute(new ListReservableHosts());
    asked.markStale(hosts.stale);
    const ids = hosts.value.map(({ id }) => id);
    answer(asked, 200, listedAllocations(ids, await this.allocations(asked)));
  }

  @BlazarRoute('GET', '/os-hosts/:id/allocation')
  async show(@Asked() asked: BlazarRequest): Promise<void> {
    const hostId = hostIdOf(asked);
    const { value, stale } = await this.queries.execute(new GetReservableHost(hostId));
    asked.markStale(stale);
    if (value === undefined) throw notFound('host_id', hostId);
    answer(asked, 200, shownAllocation(hostId, await this.allocations(asked, hostId)));
  }

  /** Of one host, or of all; those of the lease and the reservation that the query names. */
  private async allocations(asked: BlazarRequest, hostId?: string): Promise<readonly AllocationDocument[]> {
    const { lease_id: [leaseId] = [], reservation_id: [reservationId] = [] } = asked.query;
    const of = {
      ...(hostId === undefined ? {} : { hostId }),
      ...(leaseId === undefined ? {} : { leaseId }),
      ...(reservationId === undefined ? {} : { reservationId }),
    };
    const { value, stale } = await this.queries.execute(new ListAllocations(of, this.face.now()));
    asked.markStale(stale);
    return value;
  }
}
