import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { EnrolHost, SetHostCapabilities, WithdrawHost, type HostFacts } from '#reservations';
import { GetReservableHost, ListReservableHosts } from '#projections/reservable-hosts/reservable-hosts.query';
import { answer, answerNothing } from './answer.js';
import { BlazarError } from './blazar-error.js';
import { notFound } from './blazar.refusals.js';
import { accepted, BlazarFace } from './face.js';
import { hostIdOf } from './host-id.js';
import { changedCapabilities, wantedHost } from './host.request.js';
import { changedHost, listedHosts, shownHost } from './host.view.js';
import type { BlazarRequest } from './pipeline/blazar-request.js';
import { Asked, BlazarController, BlazarRoute } from './routing/blazar-route.decorator.js';

/** contracts/blazar §11. */
@BlazarController()
export class HostsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly face: BlazarFace,
  ) {}

  @BlazarRoute('GET', '/os-hosts')
  async list(@Asked() asked: BlazarRequest): Promise<void> {
    const { value, stale } = await this.queries.execute(new ListReservableHosts());
    asked.markStale(stale);
    answer(asked, 200, listedHosts(value));
  }

  @BlazarRoute('GET', '/os-hosts/:id')
  async show(@Asked() asked: BlazarRequest): Promise<void> {
    answer(asked, 200, shownHost(await this.host(asked)));
  }

  @BlazarRoute('POST', '/os-hosts')
  async enrol(@Asked() asked: BlazarRequest): Promise<void> {
    const command = new EnrolHost(asked.context(this.face.now()), wantedHost(asked.body));
    const host = accepted(await this.commands.execute(command), asked).answer;
    answer(asked, this.face.created, shownHost(host));
  }

  @BlazarRoute('PUT', '/os-hosts/:id')
  async update(@Asked() asked: BlazarRequest): Promise<void> {
    const command = await this.updateCommand(asked);
    const host = accepted(await this.commands.execute(command), asked).answer;
    answer(asked, this.face.changed, changedHost(host));
  }

  @BlazarRoute('DELETE', '/os-hosts/:id')
  async withdraw(@Asked() asked: BlazarRequest): Promise<void> {
    const command = new WithdrawHost(asked.context(this.face.now()), hostIdOf(asked));
    accepted(await this.commands.execute(command), asked);
    answerNothing(asked);
  }

  /** What is wrong with the fields is told of a host that is there. */
  private async updateCommand(asked: BlazarRequest): Promise<SetHostCapabilities> {
    const id = hostIdOf(asked);
    try {
      return new SetHostCapabilities(asked.context(this.face.now()), id, changedCapabilities(asked.body, id));
    } catch (error) {
      if (error instanceof BlazarError) await this.host(asked);
      throw error;
    }
  }

  private async host(asked: BlazarRequest): Promise<HostFacts> {
    const id = hostIdOf(asked);
    const { value, stale } = await this.queries.execute(new GetReservableHost(id));
    asked.markStale(stale);
    if (value === undefined) throw notFound('host_id', id);
    return value;
  }
}
