import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { GetFloatingIp, ListFloatingIps } from '#projections/floating-ips/floating-ips.query';
import { AddFloatingIp, RemoveFloatingIp } from '#reservations';
import { answer, answerNothing } from './answer.js';
import { floatingIpNotFound } from './blazar.refusals.js';
import { accepted, BlazarFace } from './face.js';
import { wantedFloatingIp } from './floating-ip.request.js';
import { addedFloatingIp, listedFloatingIps, shownFloatingIp } from './floating-ip.view.js';
import type { BlazarRequest } from './pipeline/blazar-request.js';
import { Asked, BlazarController, BlazarRoute } from './routing/blazar-route.decorator.js';

/** contracts/blazar §10. The documented API has none of it, so that the codes are Blazar's in any case. */
@BlazarController()
export class FloatingIpsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly face: BlazarFace,
  ) {}

  @BlazarRoute('GET', '/floatingips')
  async list(@Asked() asked: BlazarRequest): Promise<void> {
    const { value, stale } = await this.queries.execute(new ListFloatingIps());
    asked.markStale(stale);
    answer(asked, 200, listedFloatingIps(value));
  }

  @BlazarRoute('GET', '/floatingips/:id')
  async show(@Asked() asked: BlazarRequest): Promise<void> {
    const id = asked.parameter('id');
    const { value, stale } = await this.queries.execute(new GetFloatingIp(id));
    asked.markStale(stale);
    if (value === undefined) throw floatingIpNotFound(id);
    answer(asked, 200, shownFloatingIp(value));
  }

  @BlazarRoute('POST', '/floatingips')
  async add(@Asked() asked: BlazarRequest): Promise<void> {
    const { networkId, address } = wantedFloatingIp(asked.body);
    const command = new AddFloatingIp(asked.context(this.face.now()), networkId, address);
    const added = accepted(await this.commands.execute(command), asked).answer;
    answer(asked, 201, addedFloatingIp(added));
  }

  @BlazarRoute('DELETE', '/floatingips/:id')
  async remove(@Asked() asked: BlazarRequest): Promise<void> {
    const command = new RemoveFloatingIp(asked.context(this.face.now()), asked.parameter('id'));
    accepted(await this.commands.execute(command), asked);
    answerNothing(asked);
  }
}
