import { systemActor, type Clock, type CommandContext, type EventEnvelope } from '#kernel';
import type { Timer, Timers } from '#timers';
import { deriveUuid, leasebookNamespace } from '../derived-ids.js';
import type { Reaction, RunningProcess } from '../process.port.js';

/** Which reaction it is among all that an event led to. */
export interface Place {
  readonly index: number;
  /** Whose reaction, where the event concerns several instances. */
  readonly key: string | undefined;
}

/** Carries out one reaction. Doing it twice has one effect: command and timer ids derive from what led to them (C2). */
export async function carryOut(
  running: RunningProcess,
  reaction: Reaction,
  envelope: EventEnvelope,
  place: Place,
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
      return handler(reaction.input, reactionContext(running.process.name, envelope, place, clock));
    }
  }
}

export function reactionContext(
  processName: string,
  envelope: EventEnvelope,
  { index, key }: Place,
  clock: Clock,
): CommandContext {
  const place = key === undefined ? String(index) : `${String(index)}\n${key}`;
  return {
    commandId: deriveUuid(leasebookNamespace, `process\n${processName}\n${envelope.id}\n${place}`),
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
