import { StoreUnavailable, type CommandContext } from '#kernel';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { FLAVORS_SETTINGS, type FlavorsSettings } from '../flavors.settings.js';
import { RegionCommands } from './region-commands.js';

/** Makes the flavors that the settings name, at start; each only once, so that one who deletes it is rid of it. */
@Injectable()
export class ConfigureFlavors {
  private readonly logger = new Logger('Flavors');

  constructor(
    private readonly region: RegionCommands,
    @Inject(FLAVORS_SETTINGS) private readonly settings: Pick<FlavorsSettings, 'flavors'>,
  ) {}

  /** Rejected when the log cannot be written: the server is not to serve then. */
  async run(context: CommandContext): Promise<void> {
    const { flavors } = this.settings;
    if (flavors.length === 0) return;
    const neverMade = (state: { readonly configured: ReadonlySet<string> }): readonly string[] =>
      flavors.map(({ id }) => id).filter((id) => !state.configured.has(id));
    const outcome = await this.region.run(context, { type: 'configure', flavors }, neverMade);
    if (outcome.kind === 'refused') throw new StoreUnavailable(`the flavors could not be made: ${outcome.code}`);
    for (const id of outcome.answer)
      this.logger.warn(`flavor ${id} of the settings was not made: its id or its name is taken`);
  }
}
