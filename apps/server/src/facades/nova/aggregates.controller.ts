import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { DeleteAggregate, type AggregateFacts, type InventoryRefusal } from '#inventory';
import type { CommandAccepted, CommandOutcome, DomainEvent } from '#kernel';
import { GetAggregate, ListAggregates } from '#projections/aggregates/aggregates.query';
import * as request from './aggregate.request.js';
import { changedAggregate, createdAggregate, listedAggregates, shownAggregate } from './aggregate.view.js';
import { since } from './microversions.js';
import { NovaFault } from './nova-fault.js';
import { faultOf, type AskedFor } from './nova.refusals.js';
import type { NovaRequest } from './pipeline/nova-request.js';
import { Asked, NovaController, NovaRoute } from './routing/route.decorators.js';
import * as schemas from './schemas/aggregates.schema.js';

const rule = (name: string): string => `os_compute_api:os-aggregates:${name}`;
const strictQuery = [{ from: since.strictAggregateQuery, schema: schemas.noQuery }];

const actions = {
  add_host: { policy: rule('add_host'), body: schemas.addHost },
  remove_host: { policy: rule('remove_host'), body: schemas.removeHost },
  set_metadata: { policy: rule('set_metadata'), body: schemas.setMetadata },
} as const;

/** Bytes, because Fastify would add a charset to JSON given as text (contracts/nova §2 has none). */
const nothing = Buffer.alloc(0);

type Outcome<Answer> = CommandOutcome<DomainEvent, InventoryRefusal, Answer>;

function accepted<Answer>(outcome: Outcome<Answer>, asked: AskedFor): CommandAccepted<DomainEvent, Answer> {
  if (outcome.kind === 'refused') throw faultOf(outcome, asked);
  return outcome;
}

/** contracts/nova §5. */
@NovaController()
export class AggregatesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @NovaRoute('GET', '/os-aggregates', { policy: rule('index'), query: strictQuery })
  async list(@Asked() asked: NovaRequest): Promise<Buffer> {
    const { value, stale } = await this.queries.execute(new ListAggregates());
    asked.markStale(stale);
    return Buffer.from(listedAggregates(value, asked.minor));
  }

  @NovaRoute('POST', '/os-aggregates', { policy: rule('create'), body: schemas.createAggregate })
  async create(@Asked() asked: NovaRequest): Promise<Buffer> {
    const outcome = await this.commands.execute(request.createCommand(asked.commandContext(), asked.body));
    return Buffer.from(createdAggregate(accepted(outcome, { id: '' }).answer, asked.minor));
  }

  @NovaRoute('GET', '/os-aggregates/:id', { policy: rule('show'), query: strictQuery })
  async show(@Asked() asked: NovaRequest): Promise<Buffer> {
    const id = asked.parameter('id');
    const { value, stale } = await this.queries.execute(new GetAggregate(request.aggregateId(id)));
    asked.markStale(stale);
    if (value === undefined) throw new NovaFault(404, `Aggregate ${id} could not be found.`);
    return Buffer.from(shownAggregate(value, asked.minor));
  }

  @NovaRoute('PUT', '/os-aggregates/:id', { policy: rule('update'), body: schemas.updateAggregate })
  async update(@Asked() asked: NovaRequest): Promise<Buffer> {
    const id = asked.parameter('id');
    const command = request.updateCommand(asked.commandContext(), request.aggregateId(id), asked.body);
    const outcome = await this.commands.execute(command);
    return Buffer.from(changedAggregate(accepted(outcome, { id, action: 'update' }).answer, asked.minor));
  }

  @NovaRoute('DELETE', '/os-aggregates/:id', { policy: rule('delete') })
  async delete(@Asked() asked: NovaRequest): Promise<Buffer> {
    const id = asked.parameter('id');
    const command = new DeleteAggregate(asked.commandContext(), request.aggregateId(id));
    accepted(await this.commands.execute(command), { id });
    return nothing;
  }

  @NovaRoute('POST', '/os-aggregates/:id/action', { actions })
  async act(@Asked() asked: NovaRequest): Promise<Buffer> {
    const id = request.aggregateId(asked.parameter('id'));
    const aggregate = await this.perform(asked.action as keyof typeof actions, id, asked);
    return Buffer.from(changedAggregate(aggregate, asked.minor));
  }

  private async perform(action: keyof typeof actions, id: number, asked: NovaRequest): Promise<AggregateFacts> {
    const context = asked.commandContext();
    const written = asked.parameter('id');
    switch (action) {
      case 'add_host': {
        const command = request.addHostCommand(context, id, asked.body);
        return accepted(await this.commands.execute(command), { id: written, action, host: command.host }).answer;
      }
      case 'remove_host': {
        const command = request.removeHostCommand(context, id, asked.body);
        return accepted(await this.commands.execute(command), { id: written, action, host: command.host }).answer;
      }
      case 'set_metadata': {
        const command = request.setMetadataCommand(context, id, asked.body);
        return accepted(await this.commands.execute(command), { id: written, action: 'metadata' }).answer;
      }
    }
  }

  @NovaRoute(
    'POST',
    '/os-aggregates/:id/images',
    { policy: 'compute:aggregates:images', from: since.imageCaching, body: schemas.cacheImages },
    202,
  )
  async cacheImages(@Asked() asked: NovaRequest): Promise<Buffer> {
    const written = asked.parameter('id');
    const id = request.aggregateId(written);
    const images = request.wantedImages(asked.body);
    const outcome = await this.commands.execute(request.cacheImagesCommand(asked.commandContext(), id, images));
    accepted(outcome, { id: written, images });
    return nothing;
  }
}
