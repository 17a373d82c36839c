import { randomUUID } from 'node:crypto';
import { systemActor, type CommandContext } from '#kernel';

/** For what the server does of its own accord. `time`: milliseconds since 1970. */
export function systemContext(time: number): CommandContext {
  const commandId = randomUUID();
  return {
    commandId,
    repeatable: false,
    time,
    actor: systemActor,
    facade: 'runtime',
    requestId: `req-${commandId}`,
    correlationId: commandId,
    causationId: null,
    clientAddress: null,
  };
}
