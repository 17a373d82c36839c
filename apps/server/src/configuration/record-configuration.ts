import { randomUUID } from 'node:crypto';
import { systemActor, type Clock } from '#kernel';
import type { CommandExecutor } from '#runtime';
import type { Settings } from '../profiles/settings.type.js';
import { configurationAggregate, configurationStream } from './configuration.decider.js';
import { effectiveConfiguration } from './effective.js';

/** At every start: what is in force from now on stands in the log before anybody is answered (C13). */
export async function recordConfiguration(executor: CommandExecutor, settings: Settings, clock: Clock): Promise<void> {
  const commandId = randomUUID();
  const time = clock.now();
  await executor.execute(
    configurationAggregate,
    configurationStream,
    { settings: effectiveConfiguration(settings), loadedAt: time },
    {
      commandId,
      repeatable: false,
      time,
      actor: systemActor,
      facade: 'runtime',
      requestId: commandId,
      correlationId: commandId,
      causationId: null,
      clientAddress: null,
    },
  );
}
