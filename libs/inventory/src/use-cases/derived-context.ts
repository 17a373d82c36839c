import { randomUUID } from 'node:crypto';
import { systemActor, type CommandContext } from '#kernel';
import { deriveUuid, leasebookNamespace } from '#runtime';

/**
 * For one of several streams that a command concerns: event ids derive from command ids, so each stream gets its own
 * (C2). The same command and key give the same id again.
 */
export function derivedContext(context: CommandContext, key: string): CommandContext {
  const commandId = deriveUuid(leasebookNamespace, `${context.commandId}\n${key}`);
  return { ...context, commandId, causationId: context.commandId };
}

/** For what the server does of its own accord. */
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
