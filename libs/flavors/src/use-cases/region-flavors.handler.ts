import { CommandHandler, QueryHandler, type ICommandHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  CreateRegionFlavor,
  DeleteRegionFlavor,
  EnsureReservationFlavor,
  FindRegionFlavor,
  GrantRegionFlavorAccess,
} from '../contracts.js';
import { RegionCommands } from './region-commands.js';

@CommandHandler(CreateRegionFlavor)
export class CreateRegionFlavorHandler implements ICommandHandler<CreateRegionFlavor> {
  constructor(private readonly region: RegionCommands) {}

  execute({ context, flavor }: CreateRegionFlavor) {
    return this.region.change(context, { type: 'create', flavor });
  }
}

@CommandHandler(EnsureReservationFlavor)
export class EnsureReservationFlavorHandler implements ICommandHandler<EnsureReservationFlavor> {
  constructor(private readonly region: RegionCommands) {}

  execute({ context, flavor }: EnsureReservationFlavor) {
    return this.region.change(context, { type: 'ensure', flavor });
  }
}

@CommandHandler(DeleteRegionFlavor)
export class DeleteRegionFlavorHandler implements ICommandHandler<DeleteRegionFlavor> {
  constructor(private readonly region: RegionCommands) {}

  execute({ context, flavorId, reservationId }: DeleteRegionFlavor) {
    return this.region.run(context, { type: 'delete', flavorId, reservationId });
  }
}

@CommandHandler(GrantRegionFlavorAccess)
export class GrantRegionFlavorAccessHandler implements ICommandHandler<GrantRegionFlavorAccess> {
  constructor(private readonly region: RegionCommands) {}

  execute({ context, flavorId, projectId }: GrantRegionFlavorAccess) {
    return this.region.run(context, { type: 'grant', flavorId, projectId });
  }
}

@QueryHandler(FindRegionFlavor)
export class FindRegionFlavorHandler implements IQueryHandler<FindRegionFlavor> {
  constructor(private readonly region: RegionCommands) {}

  execute({ flavorId }: FindRegionFlavor) {
    return this.region.find(flavorId);
  }
}
