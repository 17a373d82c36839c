import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { CreateLease, DeleteLease, UpdateLease, type LeaseFacts } from '#reservations';
import { GetLease, ListLeases } from '#projections/leases/leases.query';
import { answer, answerNothing } from './answer.js';
import { BlazarError } from './blazar-error.js';
import { notFound } from './blazar.refusals.js';
import { accepted, BlazarFace } from './face.js';
import { leaseChange, wantedLease } from './lease.request.js';
import { listedLeases, shownLease } from './lease.view.js';
import type { BlazarRequest } from './pipeline/blazar-request.js';
import { Asked, BlazarController, BlazarRoute } from './routing/blazar-route.decorator.js';

/** contracts/blazar §4, §5, §9. */
@BlazarController()
export class LeasesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly face: BlazarFace,
  ) {}

  @BlazarRoute('GET', '/leases')
  async list(@Asked() asked: BlazarRequest): Promise<void> {
    const { value, stale } = await this.queries.execute(new ListLeases(asked.isAdministrator ? null : asked.projectId));
    asked.markStale(stale);
    answer(asked, 200, listedLeases(value));
  }

  @BlazarRoute('GET', '/leases/:id')
  async show(@Asked() asked: BlazarRequest): Promise<void> {
    answer(asked, 200, shownLease(await this.lease(asked)));
  }

  @BlazarRoute('POST', '/leases')
  async create(@Asked() asked: BlazarRequest): Promise<void> {
    const now = this.face.now();
    const command = new CreateLease(asked.context(now), asked.caller, wantedLease(asked.body, now));
    const lease = accepted(await this.commands.execute(command), asked).answer;
    answer(asked, this.face.created, shownLease(lease));
  }

  @BlazarRoute('PUT', '/leases/:id')
  async update(@Asked() asked: BlazarRequest): Promise<void> {
    const command = await this.updateCommand(asked, this.face.now());
    const lease = accepted(await this.commands.execute(command), asked).answer;
    answer(asked, this.face.changed, shownLease(lease));
  }

  @BlazarRoute('DELETE', '/leases/:id')
  async delete(@Asked() asked: BlazarRequest): Promise<void> {
    const command = new DeleteLease(asked.context(this.face.now()), asked.caller, leaseId(asked));
    accepted(await this.commands.execute(command), asked);
    answerNothing(asked);
  }

  /** What is wrong with the fields is told of a lease of the caller's alone. */
  private async updateCommand(asked: BlazarRequest, now: number): Promise<UpdateLease> {
    const id = leaseId(asked);
    try {
      return new UpdateLease(asked.context(now), asked.caller, id, leaseChange(asked.body, now));
    } catch (error) {
      if (error instanceof BlazarError) await this.lease(asked);
      throw error;
    }
  }

  private async lease(asked: BlazarRequest): Promise<LeaseFacts> {
    const id = leaseId(asked);
    const { value, stale } = await this.queries.execute(new GetLease(id));
    asked.markStale(stale);
    if (value === undefined) throw notFound('lease_id', id);
    if (value.projectId !== asked.projectId && !asked.isAdministrator) throw BlazarError.forbidden(asked.row.rule);
    return value;
  }
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** No lease has an id of another form. */
function leaseId(asked: BlazarRequest): string {
  const id = asked.parameter('id');
  if (!uuid.test(id)) throw notFound('lease_id', id);
  return id;
}
