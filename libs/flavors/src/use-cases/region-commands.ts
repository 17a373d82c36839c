import type { CommandContext, CommandOutcome } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { FlavorsRefusal } from '../contracts.js';
import { FLAVORS_SETTINGS, type FlavorsSettings } from '../flavors.settings.js';
import { region, regionStream } from '../region/region.aggregate.js';
import type { RegionCommand } from '../region/region.decider.js';
import type { RegionEvent, RegionFlavor } from '../region/region.events.js';
import { flavorOf, type Region } from '../region/region.state.js';

type Own<Command> = Command extends RegionCommand ? Omit<Command, 'region' | 'at'> : never;

/** Runs commands on this server's own region. */
@Injectable()
export class RegionCommands {
  constructor(
    private readonly executor: CommandExecutor,
    @Inject(FLAVORS_SETTINGS) private readonly settings: Pick<FlavorsSettings, 'clock' | 'region'>,
  ) {}

  run<Answer = undefined>(
    context: CommandContext,
    command: Own<RegionCommand>,
    answer?: (state: Readonly<Region>) => Answer,
  ): Promise<CommandOutcome<RegionEvent, FlavorsRefusal, Answer>> {
    const { region: name, clock } = this.settings;
    const whole = { ...command, region: name, at: clock.now() } as RegionCommand;
    return this.executor.execute(region, regionStream(name), whole, context, answer);
  }

  /** Answered with the flavor as it is right after. */
  change(
    context: CommandContext,
    command: Extract<Own<RegionCommand>, { flavor: RegionFlavor }>,
  ): Promise<CommandOutcome<RegionEvent, FlavorsRefusal, RegionFlavor>> {
    const { id } = command.flavor;
    return this.run(context, command, (state) => {
      const flavor = flavorOf(state, id);
      if (flavor === undefined) throw new Error(`flavor ${id} was made and is not there`);
      return flavor;
    });
  }

  find(flavorId: string): Promise<RegionFlavor | undefined> {
    return this.executor.look(region, regionStream(this.settings.region), (state) => flavorOf(state, flavorId));
  }
}
