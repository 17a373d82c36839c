import { systemActor, type Clock, type CommandContext, type EventEnvelope } from '#kernel';
import type { Timer, Timers } from '#timers';
import { deriveUuid, leasebookNamespace } from '../derived-ids.js';
import type { Reaction, RunningProcess } from '../process.port.js';

/** Carries out one reaction. Doing it twice has one effect: command and timer ids derive from what led to them (C2). */
export async function carryOut(
  running: RunningProcess,
  reaction: Reaction,
  envelope: EventEnvelope,
  index: number,
  timers: Timers,
  clock: Clock,
): Promise<void> {
  switch (reaction.kind) {
    case 'schedule':
      return timers.schedule([reaction.timer]);
    case 'cancel':
      return timers.cancel([reaction.timerId]);
    case 'do': {
      const handler = Object.hasOwn(running.handlers, reaction.name) ? running.handlers[reaction.name] : undefined;
      if (handler === undefined) throw new Error(`${running.process.name} has no handler for ${reaction.name}`);
      return handler(reaction.input, reactionContext(running.process.name, envelope, index, clock));
    }
  }
}

export function reactionContext(
  processName: string,
  envelope: EventEnvelope,
  index: number,
  clock: Clock,
): CommandContext {
  return {
    commandId: deriveUuid(leasebookNamespace, `process\n${processName}\n${envelope.id}\n${String(index)}`),
    repeatable: true,
    time: clock.now(),
    actor: systemActor,
    facade: 'runtime',
    requestId: envelope.metadata.request,
    correlationId: envelope.metadata.correlation,
    causationId: envelope.id,
    clientAddress: null,
  };
}

export function timerContext(processName: string, timer: Timer, clock: Clock): CommandContext {
  const commandId = deriveUuid(leasebookNamespace, `timer\n${processName}\n${timer.id}`);
  return {
    commandId,
    repeatable: true,
    time: clock.now(),
    actor: systemActor,
    facade: 'runtime',
    requestId: `req-${commandId}`,
    correlationId: commandId,
    causationId: null,
    clientAddress: null,
  };
}
