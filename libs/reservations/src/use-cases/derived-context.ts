import type { CommandContext } from '#kernel';
import { deriveUuid, leasebookNamespace } from '#runtime';

/**
 * For one of several streams that a command concerns: event ids derive from command ids, so each stream gets its own
 * (C2). The same command and key give the same id again.
 */
export function derivedContext(context: CommandContext, key: string): CommandContext {
  const commandId = deriveUuid(leasebookNamespace, `${context.commandId}\n${key}`);
  return { ...context, commandId, causationId: context.commandId };
}

/** The same where the decider itself knows a repeat by what it says: nothing has to be remembered. */
export function recognisedContext(context: CommandContext, key: string): CommandContext {
  return { ...derivedContext(context, key), repeatable: false };
}
