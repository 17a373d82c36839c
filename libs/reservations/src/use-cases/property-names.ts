import { StoreUnavailable, type CommandContext } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import {
  resourceProperties,
  resourcePropertiesStream,
  unknownNames,
} from '../resource-properties/resource-properties.aggregate.js';
import { RESERVATIONS_WORLD, type ReservationsWorld } from '../reservations.settings.js';
import { derivedId } from './derived-ids.js';
import { recognisedContext } from './derived-context.js';

/** The names that capabilities of hosts have or had. */
@Injectable()
export class PropertyNames {
  constructor(
    private readonly executor: CommandExecutor,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {}

  /** Known ones are left as they are. */
  async note(names: readonly string[], context: CommandContext): Promise<void> {
    const look = (state: Parameters<typeof unknownNames>[0]) => unknownNames(state, names);
    const fresh =
      names.length === 0 ? [] : await this.executor.look(resourceProperties, resourcePropertiesStream, look);
    if (fresh.length === 0) return;
    const properties = fresh.map((name) => ({ id: derivedId(resourcePropertiesStream, name), name }));
    const outcome = await this.executor.execute(
      resourceProperties,
      resourcePropertiesStream,
      { type: 'note', properties, at: this.world.now() },
      recognisedContext(context, 'note property names'),
    );
    if (outcome.kind === 'refused') throw new StoreUnavailable(`${resourcePropertiesStream} is busy`);
  }
}
