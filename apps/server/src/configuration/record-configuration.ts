import type { Clock } from '#kernel';
import { systemContext, type CommandExecutor } from '#runtime';
import type { Settings } from '../profiles/settings.type.js';
import { configurationAggregate, configurationStream } from './configuration.decider.js';
import { effectiveConfiguration } from './effective.js';

/** At every start: what is in force from now on stands in the log before anybody is answered (C13). */
export async function recordConfiguration(executor: CommandExecutor, settings: Settings, clock: Clock): Promise<void> {
  const time = clock.now();
  await executor.execute(
    configurationAggregate,
    configurationStream,
    { settings: effectiveConfiguration(settings), loadedAt: time },
    systemContext(time),
  );
}
