import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planUpdate } from './lease-update.policy.js';
import { isValidCombination, mayGo } from './lease-status.policy.js';
import { lease } from './lease.aggregate.js';
import type { LeaseCommand } from './lease.commands.js';
import type { LeaseEvent, Reservation } from './lease.events.js';
import type { LeaseFacts, LeaseStatus } from './lease.facts.state.js';
import {
  addressReservation,
  announcedAt,
  committing,
  endsAt,
  frozen,
  happened,
  hostOf,
  hostReservation,
  instanceReservation,
  minute,
  startsAt,
} from './lease.samples.contract.js';
import type { LeaseState } from './lease.state.js';

const kinds = [
  ...(['create', 'refuse', 'move', 'rename', 'grow', 'abandon-change', 'heal'] as const),
  ...(['begin-start', 'complete-start', 'fail-start'] as const),
  ...(['begin-announcement', 'complete-announcement', 'fail-announcement'] as const),
  ...(['begin-end', 'complete-end', 'fail-end'] as const),
  ...(['begin-deletion', 'complete-deletion', 'fail-deletion'] as const),
] as const;

/** A step of a random history. `version`: of how many events ago the state is on which a change was prepared. */
interface Step {
  readonly kind: (typeof kinds)[number];
  readonly attempt: string;
  readonly version: number;
  readonly at: number;
  readonly by: number;
}

const life = ['begin-start', 'complete-start', 'begin-announcement', 'complete-announcement'] as const;
const ends = ['begin-end', 'complete-end'] as const;
const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom<Step['kind']>(...kinds, ...life, ...life, ...life, ...ends, 'create', 'move', 'grow'),
    attempt: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    version: fc.constantFrom(0, 0, 0, 1),
    at: fc.constantFrom(startsAt - minute, startsAt, announcedAt, endsAt, endsAt + minute, endsAt + 60 * minute),
    by: fc.integer({ min: -70, max: 70 }),
  }),
  { minLength: 5, maxLength: 60, size: 'max' },
);
const reservations = fc.constantFrom<readonly Reservation[]>(
  [],
  [addressReservation],
  [hostReservation],
  [hostReservation, instanceReservation, addressReservation],
);

function commandOf({ kind, attempt, version: ago, at, by }: Step, state: LeaseState, of: readonly Reservation[]) {
  const [version, ids] = [state.version - ago, of.slice(0, 1).map(({ id }) => id)];
  const failed = { reservationIds: ids, reason: 'no answer', at };
  switch (kind) {
    case 'create':
      return committing('create', happened.created({ attempt, reservations: of, at }));
    case 'refuse':
      return committing('refuse', { ...happened.refused, data: { ...happened.refused.data, attempt } });
    case 'abandon-change':
      return committing('abandon-change', { ...happened.abandoned, data: { ...happened.abandoned.data, attempt } });
    case 'rename':
      return { type: 'update', version, ...happened.updated({ attempt, name: String(by), at }).data } as const;
    case 'move':
    case 'grow':
      return changed(state.facts, kind === 'move' ? { endsAt: endsAt + by * minute } : { reservations: ids }, {
        ...{ version, attempt, at },
      });
    case 'heal': {
      const replacementHostId = by > 0 ? '3' : null;
      const healed = happened.healed({
        attempt,
        replacementHostId,
        hosts: [hostOf('1')],
        resourcesChanged: by > 9,
        at,
      });
      return { type: 'heal', version, ...healed.data } as const;
    }
    case 'complete-start':
      return { type: kind, aggregates: [], at } as const;
    case 'complete-announcement':
      return { type: kind, images: [], at } as const;
    case 'fail-announcement':
      return { type: kind, reason: 'no answer', at } as const;
    case 'fail-start':
    case 'fail-end':
    case 'fail-deletion':
      return { type: kind, ...failed } as const;
    default:
      return { type: kind, at } as const;
  }
}

/** As planned; undefined: it is not allowed. */
function changed(
  facts: LeaseFacts | undefined,
  change: { readonly endsAt?: number; readonly reservations?: readonly string[] },
  rest: { readonly version: number; readonly attempt: string; readonly at: number },
): LeaseCommand | undefined {
  if (facts === undefined) return undefined;
  const wanted = change.reservations?.map((id) => ({ id, max: 5, amount: 5 }));
  const asked = change.endsAt === undefined ? { reservations: wanted ?? [] } : { endsAt: change.endsAt };
  const plan = planUpdate(facts, asked, rest.at, { eventId: 'fresh' });
  if (plan.kind === 'refused') return undefined;
  const { kind: _kind, ...planned } = plan;
  const made = plan.reservations.map(({ reservation: { id, resourceId, hosts, addresses, means }, terms }) => ({
    ...{ id, resourceId, hosts, addresses, means, terms },
  }));
  return { type: 'update', ...rest, leaseId: facts.id, heldIn: ['floatingIps'], ...planned, reservations: made };
}

/** In one event as in the two that it stands for. */
const shortcuts: Partial<Record<LeaseStatus, readonly LeaseStatus[]>> = {
  PENDING: ['ACTIVE'],
  ACTIVE: ['TERMINATED'],
};

function checkStep(before: LeaseFacts | undefined, after: LeaseFacts | undefined, event: LeaseEvent): void {
  if (after === undefined) return;
  expect(isValidCombination(after)).toBe(true);
  if (before === undefined) {
    expect(after.status).toBe('PENDING');
    return;
  }
  const [from, to] = [before.status, after.status];
  const isAllowed = from === to || mayGo(from, to) || shortcuts[from]?.includes(to);
  expect({ from, to, isAllowed }).toEqual({ from, to, isAllowed: true });
  for (const [index, { status, dueAt }] of before.events.entries()) {
    const now = after.events[index]?.status;
    if (status === 'UNDONE' && now !== 'UNDONE') expect(event.data.at).toBeGreaterThanOrEqual(dueAt);
  }
  expect(event.data.at === after.updatedAt || before.updatedAt === after.updatedAt).toBe(true);
}

describe('any history of a lease', () => {
  it('stays within the table of statuses; each attempt is decided once, each event carried out once', () => {
    fc.assert(
      fc.property(reservations, steps, (of, all) => {
        let state = lease.decider.initialState();
        const events: LeaseEvent[] = [];
        for (const step of all) {
          const command = commandOf(step, state, of);
          const decision = command === undefined ? undefined : lease.decider.decide(command, state);
          if (decision?.kind !== 'accepted') continue;
          expect(lease.decider.decide(command as LeaseCommand, state)).toEqual(decision);
          for (const event of decision.events) {
            const before = frozen(state.facts);
            state = lease.decider.evolve(state, frozen(event));
            checkStep(before, state.facts, event);
            events.push(event);
          }
        }
        const attempts = events.flatMap(({ data }) => ('attempt' in data ? [data.attempt] : []));
        expect(new Set(attempts).size).toBe(attempts.length);
        const once = ['LeaseCreated', 'LeaseStarting', 'LeaseStarted', 'LeaseEnding', 'LeaseEnded', 'LeaseDeleted'];
        for (const type of once) expect(events.filter((event) => event.type === type).length).toBeLessThan(2);
        const deletion = events.findIndex(({ type }) => type === 'LeaseDeleted');
        if (deletion >= 0) expect(lastOfLife(events)).toBe(deletion);
      }),
    );
  });

  it('gets everywhere', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(reservations, steps, (of, all) => {
        let state = lease.decider.initialState();
        for (const step of all) {
          const command = commandOf(step, state, of);
          const decision = command === undefined ? undefined : lease.decider.decide(command, state);
          if (decision?.kind !== 'accepted') continue;
          for (const event of decision.events) {
            seen.add(event.type);
            state = lease.decider.evolve(state, event);
          }
        }
      }),
      { seed: 7, numRuns: 1_000 },
    );
    expect([...seen].sort()).toEqual(Object.keys(lease.catalog.versions).sort());
  });
});

/** The last event that is more than the decision of an attempt that failed. */
function lastOfLife(events: readonly LeaseEvent[]): number {
  return events.findLastIndex(({ type }) => type !== 'LeaseRefused' && type !== 'LeaseChangeAbandoned');
}
