import { eventOf, type LeaseFacts } from '../../lease/lease.facts.state.js';

export type LeaseStep = 'start' | 'announce' | 'end' | 'delete';

/** What is to be begun with a lease now, or gone on with; in the order start, before end, end. Undefined: nothing. */
export function stepDue(lease: LeaseFacts, now: number): LeaseStep | undefined {
  if (lease.status === 'DELETING') return 'delete';
  if (lease.status === 'STARTING') return 'start';
  if (lease.status === 'TERMINATING') return 'end';
  const before = eventOf(lease, 'before_end_lease');
  if (before?.status === 'IN_PROGRESS') return 'announce';
  const due = (type: 'start_lease' | 'before_end_lease' | 'end_lease'): boolean => {
    const event = eventOf(lease, type);
    return event?.status === 'UNDONE' && event.dueAt <= now;
  };
  if (lease.status === 'PENDING') return due('start_lease') ? 'start' : undefined;
  if (lease.status === 'ACTIVE' && due('before_end_lease')) return 'announce';
  if (lease.status === 'ACTIVE' || lease.status === 'ERROR') return due('end_lease') ? 'end' : undefined;
  return undefined;
}
