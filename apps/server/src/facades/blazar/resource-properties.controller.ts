import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ListResourceProperties } from '#projections/resource-properties/resource-properties.query';
import { SetResourcePropertyPrivacy } from '#reservations';
import { answer } from './answer.js';
import { BlazarError } from './blazar-error.js';
import { accepted, BlazarFace } from './face.js';
import type { BlazarRequest, JsonObject } from './pipeline/blazar-request.js';
import { changedProperty, listedProperties } from './resource-property.view.js';
import { Asked, BlazarController, BlazarRoute } from './routing/blazar-route.decorator.js';

/** contracts/blazar §11. */
@BlazarController()
export class ResourcePropertiesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly face: BlazarFace,
  ) {}

  @BlazarRoute('GET', '/os-hosts/properties')
  async list(@Asked() asked: BlazarRequest): Promise<void> {
    const { detail, all } = asked.query;
    const query = new ListResourceProperties({ values: isTrue(detail), all: isTrue(all) });
    const { value, stale } = await this.queries.execute(query);
    asked.markStale(stale);
    answer(asked, 200, listedProperties(value));
  }

  @BlazarRoute('PATCH', '/os-hosts/properties/:name')
  async update(@Asked() asked: BlazarRequest): Promise<void> {
    const context = asked.context(this.face.now());
    const command = new SetResourcePropertyPrivacy(context, asked.parameter('name'), wantedPrivacy(asked.body));
    const property = accepted(await this.commands.execute(command), asked).answer;
    answer(asked, 200, changedProperty(property));
  }
}

/** Any text that is not empty: `False` too. */
function isTrue(values: readonly string[] | undefined): boolean {
  return values !== undefined && values[0] !== '';
}

function wantedPrivacy(body: JsonObject): boolean {
  const { private: isPrivate } = body;
  if (typeof isPrivate === 'boolean') return isPrivate;
  throw new BlazarError(400, `${Object.hasOwn(body, 'private') ? 'Malformed' : 'Missing'} parameter private`);
}
