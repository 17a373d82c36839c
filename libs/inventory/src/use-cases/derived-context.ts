import { randomUUID } from 'node:crypto';
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

/**
 * For a command that its decider recognises by what is so already: it may well be wanted again later, when it is not so
 * any more, and that is no repeat.
 */
export function freshContext(context: CommandContext): CommandContext {
  return { ...context, commandId: randomUUID(), repeatable: false, causationId: context.commandId };
}
