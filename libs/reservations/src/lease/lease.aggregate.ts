import type { AggregateDefinition } from '#kernel';
import type { LeaseCommand, LeaseRefusal } from './lease.commands.js';
import { decide } from './lease.decider.js';
import { leaseCatalog, type LeaseEvent } from './lease.events.js';
import { evolve, initialState, type LeaseState } from './lease.state.js';

export { decisionOf, lastDecision, leaseOf } from './lease.looks.js';

const prefix = 'lease-';

export function leaseStream(leaseId: string): string {
  return `${prefix}${leaseId}`;
}

/** Undefined: it is no lease's. */
export function leaseIdOf(stream: string): string | undefined {
  return stream.startsWith(prefix) ? stream.slice(prefix.length) : undefined;
}

export const lease: AggregateDefinition<LeaseState, LeaseCommand, LeaseEvent, LeaseRefusal> = {
  name: 'lease',
  decider: { initialState, decide, evolve },
  catalog: leaseCatalog,
};
