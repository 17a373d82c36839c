import type { CommandContext } from '#kernel';
import type { ReservationsWorld } from '../../reservations.settings.js';

/**
 * For what a decider recognises by what is so already: the same may be wanted again later, when it is not so any more,
 * and that is no repeat.
 */
export function freshContext(context: CommandContext, world: ReservationsWorld): CommandContext {
  const time = world.now();
  return { ...context, commandId: world.uuid(), repeatable: false, time, causationId: context.commandId };
}
