import type { RuntimeObserver } from '#runtime';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.js';

/** The runtime's own story, counted and logged. Texts of events never reach the log, only their places. */
export function observeRuntime(metrics: Metrics, logger: Logger): RuntimeObserver {
  return {
    appended: (aggregate, commands, events) => {
      metrics.commands.inc({ aggregate }, commands);
      metrics.events.inc({ aggregate }, events);
    },
    conflict: (aggregate) => {
      metrics.conflicts.inc({ aggregate });
    },
    frozen: (stream, reason) => {
      metrics.frozen.inc();
      logger.error({ stream, reason }, 'an append has no known outcome: the stream waits');
    },
    thawed: (stream, attempts) => {
      metrics.frozen.dec();
      logger.info({ stream, attempts }, 'the outcome of the append is known: the stream goes on');
    },
    streamParked: (stream, error) => {
      metrics.parkedStreams.inc();
      logger.error({ stream, err: error }, 'a stream holds an event that cannot be folded: nothing is decided on it');
    },
    snapshotFailed: (stream, error) => {
      logger.warn({ stream, err: error }, 'a snapshot could not be written: loading the stream stays slow');
    },
    projected: (projection, position) => {
      metrics.positions.set({ projection }, position);
    },
    projectionParked: (parked) => {
      metrics.parked.set({ name: parked.name }, 1);
      logger.error(parked, 'a read model stands still at an event');
    },
    resumed: (name) => {
      metrics.parked.set({ name }, 0);
      logger.info({ name }, 'what stood still goes on');
    },
    interrupted: (name, error) => {
      metrics.interruptions.inc({ name });
      logger.warn({ name, err: error }, 'a subscription ended and begins anew');
    },
    reactionFailed: (process, event, error, attempt, answer) => {
      metrics.processFailures.inc({ process, answer: answer.kind });
      logger.warn({ process, event, attempt, answer: answer.kind, err: error }, 'a reaction failed');
    },
    processParked: (parked) => {
      metrics.parked.set({ name: parked.name }, 1);
      logger.error(parked, 'a process stands still at an event');
    },
    startedTwice: (process, key, event) => {
      logger.warn({ process, key, event }, 'a second start of one instance was skipped');
    },
  };
}
